//! What the headers of a download say about the version of the file, so that no bytes of two versions are joined.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{
    CONTENT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED,
};

/// A version of a file on the server.
#[derive(Debug, Clone)]
pub(super) struct Version {
    /// The size of the whole file in bytes, if the server reports it.
    pub(super) length: Option<u64>,
    pub(super) content_type: Option<HeaderValue>,
    etag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    /// Whether the file had its time of change for so long that a later change would give it another one.
    is_settled: bool,
}

/// The range in the header `Content-Range`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: u64,
    /// The size of the whole file.
    pub(super) total: u64,
}

impl Version {
    /// Reads the headers of a response with a whole file.
    pub(super) fn of(response: &Response) -> Self {
        Self::read(response.headers(), response.content_length())
    }

    /// Reads the headers of a response with a part of a file of this size.
    pub(super) fn of_part(response: &Response, total: u64) -> Self {
        Self::read(response.headers(), Some(total))
    }

    fn read(headers: &HeaderMap, length: Option<u64>) -> Self {
        let date = |name: HeaderName| httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok();
        let age = date(DATE).zip(date(LAST_MODIFIED)).and_then(|(now, then)| now.duration_since(then).ok());
        Self {
            length,
            content_type: headers.get(CONTENT_TYPE).cloned(),
            etag: headers.get(ETAG).cloned(),
            modified: headers.get(LAST_MODIFIED).cloned(),
            // The times have a resolution of one second.
            is_settled: age.is_some_and(|age| age >= Duration::from_secs(1)),
        }
    }

    /// Returns the text for the header `If-Range`: the strong tag, or else a time that counts as one. Without it, no
    /// part of the file can be requested safely.
    pub(super) fn validator(&self) -> Option<&str> {
        match &self.etag {
            Some(_) => self.strong_tag(),
            None => self.modified.as_ref().filter(|_| self.is_settled)?.to_str().ok(),
        }
    }

    /// Returns whether equal headers mean equal bytes.
    pub(super) fn is_exact(&self) -> bool {
        self.strong_tag().is_some()
    }

    fn strong_tag(&self) -> Option<&str> {
        let tag = self.etag.as_ref()?.to_str().ok()?;
        tag.strip_prefix('"')?.strip_suffix('"')?;
        Some(tag)
    }

    /// Returns whether a later response with the whole file may be of this version.
    pub(super) fn may_be(&self, later: &Self) -> bool {
        self.may_be_part(later) && self.modified == later.modified
    }

    /// Returns whether a later response with a part of the file may be of this version. It needs no time of change,
    /// because it was requested for this version only.
    pub(super) fn may_be_part(&self, later: &Self) -> bool {
        fn agree<T: PartialEq>(first: Option<&T>, later: Option<&T>) -> bool {
            first.is_none() || later.is_none() || first == later
        }
        (self.etag.is_none() || self.etag == later.etag)
            && agree(self.modified.as_ref(), later.modified.as_ref())
            && agree(self.length.as_ref(), later.length.as_ref())
            && agree(self.content_type.as_ref(), later.content_type.as_ref())
    }
}

impl Range {
    /// Reads the header `Content-Range` of a response; `None` unless it has a valid range of a file of known size.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let (range, total) = headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split_once('/')?;
        let (start, end) = range.split_once('-')?;
        let (start, end, total) = (start.trim().parse().ok()?, end.trim().parse().ok()?, total.trim().parse().ok()?);
        (start <= end && end < total).then_some(Self { start, total })
    }
}

/// Returns the first encoding of a response that changes its bytes. An empty header, as some proxies leave it, and
/// `identity` change nothing.
pub(super) fn encoding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter().map(|value| value.to_str().unwrap_or("unreadable"));
    let mut encodings = values.flat_map(|value| value.split(',')).map(str::trim);
    encodings.find(|one| !one.is_empty() && !one.eq_ignore_ascii_case("identity")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn version(lines: &[(&'static str, &'static str)], length: u64) -> Version {
        Version::read(&headers(lines), Some(length))
    }

    #[test]
    fn a_part_is_requested_only_for_a_version_that_the_server_names_exactly() {
        let monday = "Mon, 23 Nov 2026 10:00:00 GMT";
        let later = "Mon, 23 Nov 2026 10:00:01 GMT";
        let cases: [(&[_], _); 8] = [
            (&[], None),
            (&[("etag", "\"a\"")], Some("\"a\"")),
            (&[("etag", "W/\"a\"")], None),
            (&[("etag", "a")], None),
            (&[("last-modified", monday)], None),
            (&[("last-modified", monday), ("date", monday)], None),
            (&[("last-modified", monday), ("date", later)], Some(monday)),
            (&[("etag", "W/\"a\""), ("last-modified", monday), ("date", later)], None),
        ];
        for (lines, expected) in cases {
            assert_eq!(version(lines, 1).validator(), expected, "{lines:?}");
        }
    }

    #[test]
    fn another_tag_time_size_or_type_is_another_version() {
        let first = [("etag", "\"a\""), ("last-modified", "x"), ("content-type", "image/png")];
        let version_of = |lines: &[_]| version(lines, 9);
        let original = version_of(&first);
        assert!(original.may_be(&original.clone()) && original.may_be_part(&original.clone()));
        assert!(!original.may_be(&version(&first, 8)) && !original.may_be_part(&version(&first, 8)));
        for (at, line) in [("etag", "\"b\""), ("last-modified", "y"), ("content-type", "text/html")].iter().enumerate()
        {
            let mut lines = first;
            lines[at] = *line;
            assert!(!original.may_be(&version_of(&lines)) && !original.may_be_part(&version_of(&lines)), "{line:?}");
        }
        assert!(!original.may_be_part(&version_of(&first[1..])), "the tag is missing");
        assert!(!original.may_be(&version_of(&first[..1])) && original.may_be_part(&version_of(&first[..1])));
    }

    #[test]
    fn a_range_has_a_start_and_the_size_of_the_file() {
        let range = |text| Range::of(&headers(&[("content-range", text)]));
        assert_eq!(range("bytes 10-39/67"), Some(Range { start: 10, total: 67 }));
        for invalid in ["bytes 10-39/*", "bytes */67", "bytes 10-9/67", "bytes 10-67/67", "10-39/67", "bytes x-9/67"] {
            assert_eq!(range(invalid), None, "{invalid}");
        }
    }

    #[test]
    fn an_empty_encoding_is_none() {
        let encoding = |lines: &[_]| encoding(&headers(lines));
        assert_eq!(encoding(&[]), None);
        for none in ["", " ", "identity", "Identity", "identity, ,"] {
            assert_eq!(encoding(&[("content-encoding", none)]), None, "{none:?}");
        }
        assert_eq!(encoding(&[("content-encoding", "identity, gzip")]).as_deref(), Some("gzip"));
    }
}
