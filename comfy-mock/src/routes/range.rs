//! Responses with a file: the whole file, a range of it, or status 304 if the client already has it.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use axum::http::header::{
    ACCEPT_RANGES, CONTENT_RANGE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

use super::reply;

/// Creates the response with the file at this path, or with the range that the request asks for. The status is 404 if
/// there is no such file.
pub(crate) fn file(path: &Path, headers: &HeaderMap, content_type: &'static str) -> Response {
    let Ok(metadata) = path.metadata() else { return reply::empty(404) };
    if !metadata.is_file() {
        return reply::empty(404);
    }
    let (tag, time) = (tag(&metadata), modified(&metadata));
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if is_known(text(IF_NONE_MATCH), text(IF_MODIFIED_SINCE), &tag, &time) {
        return with_headers(reply::empty(304), &tag, &time);
    }
    let whole_again = text(IF_RANGE).is_some_and(|condition| condition != tag && condition != time);
    let range = text(RANGE).filter(|_| !whole_again).map(|range| part(range, metadata.len()));
    let (start, length) = match range {
        None => (0, metadata.len()),
        Some(Some(part)) => part,
        Some(None) => {
            let mut response = reply::text(416, "416: Range Not Satisfiable");
            set(&mut response, CONTENT_RANGE, &format!("bytes */{}", metadata.len()));
            return response;
        }
    };
    let Ok(bytes) = read(path, start, length) else { return reply::internal_error() };
    let mut response = reply::with(if range.is_some() { 206 } else { 200 }, content_type, bytes);
    if range.is_some() {
        let end = (start + length).saturating_sub(1);
        set(&mut response, CONTENT_RANGE, &format!("bytes {start}-{end}/{}", metadata.len()));
    }
    with_headers(response, &tag, &time)
}

fn read(path: &Path, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn is_known(none_match: Option<&str>, since: Option<&str>, tag: &str, time: &str) -> bool {
    match none_match {
        Some(tags) => tags.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag),
        None => since.and_then(|since| httpdate::parse_http_date(since).ok()) >= httpdate::parse_http_date(time).ok(),
    }
}

/// Parses a `Range` header, and returns the start and the length of the range; `None` if the file does not contain it.
/// Only one range is supported.
fn part(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        let length = last.parse::<u64>().ok()?.min(size);
        return (length > 0).then_some((size - length, length));
    }
    let first: u64 = first.parse().ok()?;
    let last: u64 = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
    let end = last.saturating_add(1).min(size);
    (first < end).then(|| (first, end - first))
}

fn tag(metadata: &Metadata) -> String {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    format!("\"{:x}-{:x}\"", time.as_nanos(), metadata.len())
}

fn modified(metadata: &Metadata) -> String {
    httpdate::fmt_http_date(metadata.modified().unwrap_or(UNIX_EPOCH))
}

fn with_headers(mut response: Response, tag: &str, time: &str) -> Response {
    set(&mut response, ETAG, tag);
    set(&mut response, LAST_MODIFIED, time);
    set(&mut response, ACCEPT_RANGES, "bytes");
    response
}

pub(super) fn set(response: &mut Response, name: HeaderName, value: &str) {
    // Unlike `from_str`, `from_bytes` accepts non-ASCII characters.
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::{is_known, part};

    #[test]
    fn ranges_end_with_the_file() {
        assert_eq!(part("bytes=0-3", 10), Some((0, 4)));
        assert_eq!(part("bytes=8-", 10), Some((8, 2)));
        assert_eq!(part("bytes=-4", 10), Some((6, 4)));
        assert_eq!(part("bytes=-40", 10), Some((0, 10)));
        assert_eq!(part("bytes=5-999", 10), Some((5, 5)));
    }

    #[test]
    fn ranges_outside_the_file_are_refused() {
        for range in ["bytes=10-", "bytes=5-4", "bytes=-0", "bytes=x-", "lines=0-1", "bytes=", "bytes=0-1,3-4"] {
            assert_eq!(part(range, 10), None, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }

    proptest::proptest! {
        #[test]
        fn a_range_is_inside_the_file(range in "bytes=[0-9]{0,20}-[0-9]{0,20}", size: u64) {
            if let Some((start, length)) = part(&range, size) {
                proptest::prop_assert!(length > 0 && start.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let time = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert!(is_known(Some("\"a\", \"b\""), None, "\"b\"", time));
        assert!(!is_known(Some("\"a\""), Some(time), "\"b\"", time));
        assert!(is_known(None, Some(time), "\"b\"", time));
        assert!(!is_known(None, Some("Sun, 06 Nov 1994 08:49:36 GMT"), "\"b\"", time));
        assert!(!is_known(None, None, "\"b\"", time));
    }
}
