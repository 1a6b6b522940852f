//! One frame of the WebSocket.

use bytes::Bytes;
use comfy_schema::Value;

use super::json;

/// What a frame holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame {
    /// A text frame: `type` and `data`.
    Event { kind: String, data: Value },
    /// A picture: format, what is known of it, bytes.
    Picture { format: PreviewFormat, about: About, bytes: Bytes },
    /// A text that a node reports while it runs.
    Text { node: String, text: String },
    /// Of no known form.
    Unknown(Bytes),
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

/// How a server begins the frame that comes most often, and is the longest. It repeats what other events say; whose it
/// is, is all that is needed.
const STATE: &str = r#"{"type": "progress_state", "data": {"prompt_id": ""#;

/// Reads a text frame. Of `progress_state` the data hold only the prompt's id.
pub(crate) fn text(text: &str) -> Option<Frame> {
    if let Some((id, _)) = text.strip_prefix(STATE).and_then(|rest| rest.split_once('"'))
        && !id.contains('\\')
    {
        let data = json::object([("prompt_id", Value::from(id))]);
        return Some(Frame::Event { kind: "progress_state".to_owned(), data });
    }
    let value = Value::parse(text.as_bytes()).ok()?;
    let kind = json::string(&value, "type")?;
    let Value::Object(mut map) = value else { return None };
    Some(Frame::Event { kind, data: map.remove("data").unwrap_or(Value::Null) })
}

/// Reads a binary frame. The bytes of pictures are not copied.
pub(crate) fn binary(bytes: &Bytes) -> Frame {
    known(bytes).unwrap_or_else(|| Frame::Unknown(bytes.clone()))
}

fn known(bytes: &Bytes) -> Option<Frame> {
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

    fn frame(bytes: &[u8]) -> Frame {
        binary(&Bytes::copy_from_slice(bytes))
    }

    #[test]
    fn of_progress_state_the_prompt_is_read_however_it_is_written() {
        let expected =
            Frame::Event { kind: "progress_state".to_owned(), data: json::object([("prompt_id", Value::from("a-1"))]) };
        assert_eq!(
            text(r#"{"type": "progress_state", "data": {"prompt_id": "a-1", "nodes": {"1": {}}}}"#),
            Some(expected)
        );
        let Some(Frame::Event { data, .. }) =
            text(r#"{"data":{"nodes":{},"prompt_id":"a-1"},"type":"progress_state"}"#)
        else {
            panic!("it is an event")
        };
        assert_eq!(json::text(&data, "prompt_id"), Some("a-1"));
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
