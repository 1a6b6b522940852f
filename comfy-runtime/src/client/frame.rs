//! One frame of the WebSocket.

use std::fmt;

use bytes::Bytes;
use comfy_schema::Value;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::json;

/// What a frame holds; the kinds that come often are read without a copy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame<'f> {
    /// `progress_state`. It repeats what other events say; whose it is, is all that is needed.
    State { prompt_id: &'f str },
    /// `progress`
    Progress(Brief<'f>),
    /// `executing`
    Executing(Brief<'f>),
    /// A text frame: `type` and `data`.
    Event { kind: String, data: Value },
    /// A picture: format, what is known of it, bytes.
    Picture { format: PreviewFormat, about: About, bytes: Bytes },
    /// A text that a node reports while it runs.
    Text { node: String, text: String },
    /// Of no known form.
    Unknown(Bytes),
}

/// What `progress` and `executing` say; what is absent or `null` is `None` or 0.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Brief<'f> {
    pub(crate) prompt_id: Option<&'f str>,
    pub(crate) node: Option<&'f str>,
    pub(crate) display_node: Option<&'f str>,
    pub(crate) value: f64,
    pub(crate) max: f64,
}

impl<'de> Deserialize<'de> for Brief<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Brief<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data of an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Brief<'de>, A::Error> {
        let mut brief = Brief::default();
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "prompt_id" => brief.prompt_id = map.next_value()?,
                "node" => brief.node = map.next_value()?,
                "display_node" => brief.display_node = map.next_value()?,
                "value" => brief.value = map.next_value()?,
                "max" => brief.max = map.next_value()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(brief)
    }
}

/// Whose picture it is; nothing is known in the old form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) prompt_id: Option<String>,
    pub(crate) node: Option<String>,
}

/// How a preview is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreviewFormat {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// Another one; look at the bytes.
    Other,
}

impl PreviewFormat {
    /// The usual file extension, without a dot; `bin` if the format is not known.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Other => "bin",
        }
    }
}

/// How a server begins the frames that come often.
const STATE: &str = r#"{"type": "progress_state", "data": {"prompt_id": ""#;
const PROGRESS: &str = r#"{"type": "progress", "data": "#;
const EXECUTING: &str = r#"{"type": "executing", "data": "#;

/// Reads a text frame. One of a frequent kind that is written in another way than servers do is an `Event` too.
pub(crate) fn text(text: &str) -> Option<Frame<'_>> {
    frequent(text).or_else(|| event(text))
}

fn frequent(text: &str) -> Option<Frame<'_>> {
    if let Some(rest) = text.strip_prefix(STATE) {
        let (prompt_id, _) = rest.split_once('"')?;
        return (!prompt_id.contains('\\')).then_some(Frame::State { prompt_id });
    }
    if let Some(rest) = text.strip_prefix(PROGRESS) {
        return data(rest).map(Frame::Progress);
    }
    data(text.strip_prefix(EXECUTING)?).map(Frame::Executing)
}

/// The data of an event, before its last brace. Texts with escapes cannot be borrowed; then it is read as any other.
fn data(rest: &str) -> Option<Brief<'_>> {
    serde_json::from_str(rest.strip_suffix('}')?).ok()
}

fn event(text: &str) -> Option<Frame<'static>> {
    let value = Value::parse(text.as_bytes()).ok()?;
    let kind = json::string(&value, "type")?;
    let Value::Object(mut map) = value else { return None };
    Some(Frame::Event { kind, data: map.remove("data").unwrap_or(Value::Null) })
}

/// Reads a binary frame. The bytes of pictures are not copied.
pub(crate) fn binary(bytes: &Bytes) -> Frame<'static> {
    known(bytes).unwrap_or_else(|| Frame::Unknown(bytes.clone()))
}

fn known(bytes: &Bytes) -> Option<Frame<'static>> {
    let (kind, rest) = number(bytes)?;
    match kind {
        1 => {
            let (format, picture) = number(&rest)?;
            let format = match format {
                1 => PreviewFormat::Jpeg,
                2 => PreviewFormat::Png,
                _ => PreviewFormat::Other,
            };
            Some(Frame::Picture { format, about: About::default(), bytes: picture })
        }
        3 => {
            let (node, text) = counted(&rest)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            Some(Frame::Text { node: String::from_utf8_lossy(&node).into_owned(), text })
        }
        4 => {
            let (about, picture) = counted(&rest)?;
            let about = Value::parse(&about).ok()?;
            let format = match json::text(&about, "image_type") {
                Some("image/jpeg") => PreviewFormat::Jpeg,
                Some("image/png") => PreviewFormat::Png,
                _ => PreviewFormat::Other,
            };
            let about = About { prompt_id: json::string(&about, "prompt_id"), node: json::string(&about, "node_id") };
            Some(Frame::Picture { format, about, bytes: picture })
        }
        _ => None,
    }
}

/// A number of four bytes, the most significant first, and what follows.
fn number(bytes: &Bytes) -> Option<(u32, Bytes)> {
    let head: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    Some((u32::from_be_bytes(head), bytes.slice(4..)))
}

/// As many bytes as the number in front of them says, and what follows.
fn counted(bytes: &Bytes) -> Option<(Bytes, Bytes)> {
    let (count, rest) = number(bytes)?;
    let count = usize::try_from(count).ok()?;
    (count <= rest.len()).then(|| (rest.slice(..count), rest.slice(count..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: &[u8]) -> Frame<'static> {
        binary(&Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn of_progress_state_the_prompt_is_read_however_it_is_written() {
        assert_eq!(
            text(r#"{"type": "progress_state", "data": {"prompt_id": "a-1", "nodes": {"1": {}}}}"#),
            Some(Frame::State { prompt_id: "a-1" })
        );
        let Some(Frame::Event { data, .. }) =
            text(r#"{"data":{"nodes":{},"prompt_id":"a-1"},"type":"progress_state"}"#)
        else {
            panic!("it is an event")
        };
        assert_eq!(json::text(&data, "prompt_id"), Some("a-1"));
    }

    #[test]
    fn frequent_events_are_read_without_a_copy_and_else_as_any_other() {
        let progress = r#"{"type": "progress", "data": {"value": 3, "max": 20.0, "prompt_id": "p", "node": "7"}}"#;
        let brief = Brief { prompt_id: Some("p"), node: Some("7"), display_node: None, value: 3.0, max: 20.0 };
        assert_eq!(text(progress), Some(Frame::Progress(brief)));
        let over = r#"{"type": "executing", "data": {"node": null, "prompt_id": "p", "more": [{}]}}"#;
        let brief = Brief { prompt_id: Some("p"), ..Brief::default() };
        assert_eq!(text(over), Some(Frame::Executing(brief)));
        for other in [
            r#"{"type": "executing", "data": {"node": "a\"b", "prompt_id": "p"}}"#,
            r#"{"type": "progress", "data": {"value": NaN, "max": 1, "prompt_id": "p"}}"#,
            r#"{"type": "progress", "data": {"value": 1}, "more": 0}"#,
            r#"{"data": {"node": "1"}, "type": "executing"}"#,
        ] {
            assert!(matches!(text(other), Some(Frame::Event { .. })), "{other}");
        }
        assert_eq!(text(r#"{"type": "progress", "data": {"value": 1}"#), None, "it is cut off");
    }

    #[test]
    fn a_preview_of_the_old_form() {
        let expected = Frame::Picture {
            format: PreviewFormat::Jpeg,
            about: About::default(),
            bytes: Bytes::from_static(b"\xff\xd8"),
        };
        assert_eq!(frame(b"\0\0\0\x01\0\0\0\x01\xff\xd8"), expected);
    }

    #[test]
    fn a_preview_with_metadata() {
        let about = br#"{"node_id": "3", "prompt_id": "p", "image_type": "image/png"}"#;
        let count = u32::try_from(about.len()).unwrap().to_be_bytes();
        let bytes = [b"\0\0\0\x04".as_slice(), &count, about, b"\x89PNG"].concat();
        let about = About { prompt_id: Some("p".into()), node: Some("3".into()) };
        let expected = Frame::Picture { format: PreviewFormat::Png, about, bytes: Bytes::from_static(b"\x89PNG") };
        assert_eq!(frame(&bytes), expected);
    }

    #[test]
    fn a_text_of_a_node() {
        assert_eq!(frame(b"\0\0\0\x03\0\0\0\x017ok"), Frame::Text { node: "7".into(), text: "ok".into() });
    }

    #[test]
    fn what_is_too_short_or_of_another_kind_is_kept_as_it_is() {
        for bytes in [b"".as_slice(), b"\0\0\0", b"\0\0\0\x01\0\0", b"\0\0\0\x03\xff\xff\xff\xff7", b"\0\0\0\x09x"] {
            assert_eq!(frame(bytes), Frame::Unknown(Bytes::copy_from_slice(bytes)));
        }
    }

    #[test]
    fn an_event_is_its_type_and_its_data() {
        let expected = Frame::Event { kind: "x".into(), data: Value::Float(f64::NAN) };
        assert_eq!(text(r#"{"type": "x", "data": NaN}"#), Some(expected));
        for wrong in ["", "[]", "{}", r#"{"type": 5}"#] {
            assert_eq!(text(wrong), None);
        }
    }
}
