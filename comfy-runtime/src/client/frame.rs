//! Parses one frame of the WebSocket.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use comfy_schema::Value;
use comfy_schema::server::redaction::Redaction;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::halves::Halves;
use super::json;
use super::response;

/// A parsed frame. The frequent events are parsed without a copy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Frame<'f> {
    /// A `progress_state` event. It repeats what other events report, so only its run matters.
    State { prompt_id: &'f str },
    /// A `progress` event.
    Progress(NodeData<'f>),
    /// An `executing` event.
    Executing(NodeData<'f>),
    /// Any other event: `type` and `data`, and the half characters in the output of a node.
    Event { kind: String, data: Value, halves: Halves },
    /// An image.
    Image { format: PreviewFormat, source: ImageSource, bytes: Bytes },
    /// A text that a node reports while it runs.
    Text { node: String, text: String },
    /// A binary frame of an unknown form.
    Unknown(Bytes),
}

impl Frame<'_> {
    /// Replaces the secrets in messages. Results of nodes stay as they are.
    pub(crate) fn redacted(self, redaction: &Redaction) -> Self {
        match self {
            Self::Event { kind, data, halves } if kind != "executed" => {
                Self::Event { kind, data: redaction.value(data), halves }
            }
            Self::Text { node, text } => Self::Text { node, text: redaction.string(text) },
            frame => frame,
        }
    }
}

/// The data of a `progress` or `executing` event. A member that is absent or `null` is `None` or 0.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct NodeData<'f> {
    pub(crate) prompt_id: Option<&'f str>,
    pub(crate) node: Option<&'f str>,
    pub(crate) display_node: Option<&'f str>,
    pub(crate) value: f64,
    pub(crate) max: f64,
}

impl<'de> Deserialize<'de> for NodeData<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = NodeData<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the data of an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NodeData<'de>, A::Error> {
        let mut data = NodeData::default();
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "prompt_id" => data.prompt_id = map.next_value()?,
                "node" => data.node = map.next_value()?,
                "display_node" => data.display_node = map.next_value()?,
                "value" => data.value = map.next_value()?,
                "max" => data.max = map.next_value()?,
                _ => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(data)
    }
}

/// The run and the node that sent an image; unknown in a frame without metadata (binary type 1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ImageSource {
    pub(crate) prompt_id: Option<String>,
    pub(crate) node: Option<String>,
}

/// The image format of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PreviewFormat {
    /// The JPEG format.
    Jpeg,
    /// The PNG format.
    Png,
    /// The WebP format.
    Webp,
    /// The AVIF format.
    Avif,
    /// The GIF format.
    Gif,
    /// Another format.
    Other,
}

impl PreviewFormat {
    /// Returns the usual file extension, without a dot; `bin` for an unknown format.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Other => "bin",
        }
    }

    /// Returns the format of an image: that of its first bytes, or else the declared one.
    fn of(image: &[u8], declared: Self) -> Self {
        match image {
            [0xff, 0xd8, 0xff, ..] => Self::Jpeg,
            [0x89, b'P', b'N', b'G', ..] => Self::Png,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Self::Webp,
            // The brand of a single picture and that of a sequence.
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Self::Avif,
            [b'G', b'I', b'F', b'8', ..] => Self::Gif,
            _ => declared,
        }
    }

    fn of_mime(mime: Option<&str>) -> Self {
        match mime {
            Some("image/jpeg") => Self::Jpeg,
            Some("image/png") => Self::Png,
            Some("image/webp") => Self::Webp,
            Some("image/avif") => Self::Avif,
            Some("image/gif") => Self::Gif,
            _ => Self::Other,
        }
    }
}

/// The beginning of a `progress_state` frame. Servers write this and the following beginnings exactly like this.
const STATE: &str = r#"{"type": "progress_state", "data": {"prompt_id": ""#;
const PROGRESS: &str = r#"{"type": "progress", "data": "#;
const EXECUTING: &str = r#"{"type": "executing", "data": "#;

/// Parses a text frame. A frequent event that is not written exactly as servers write it becomes a [`Frame::Event`].
pub(crate) fn text(text: &str) -> Option<Frame<'_>> {
    frequent(text).or_else(|| event(text))
}

fn frequent(text: &str) -> Option<Frame<'_>> {
    if let Some(rest) = text.strip_prefix(STATE) {
        let (prompt_id, _) = rest.split_once('"')?;
        return (!prompt_id.contains('\\')).then_some(Frame::State { prompt_id });
    }
    if let Some(rest) = text.strip_prefix(PROGRESS) {
        return node_data(rest).map(Frame::Progress);
    }
    node_data(text.strip_prefix(EXECUTING)?).map(Frame::Executing)
}

/// Parses the data of an event and the closing brace after it. Returns `None` for strings with escapes, which cannot be
/// borrowed; the frame is then parsed like any other event.
fn node_data(rest: &str) -> Option<NodeData<'_>> {
    serde_json::from_str(rest.strip_suffix('}')?).ok()
}

fn event(text: &str) -> Option<Frame<'static>> {
    let (value, halves) = response::parse_event(text.as_bytes()).ok()?;
    let kind = json::string(&value, "type")?;
    let Value::Object(mut map) = value else { return None };
    Some(Frame::Event { kind, data: map.remove("data").unwrap_or(Value::Null), halves })
}

/// Parses a binary frame. The bytes of images are not copied.
pub(crate) fn binary(bytes: &Bytes) -> Frame<'static> {
    known(bytes).unwrap_or_else(|| Frame::Unknown(bytes.clone()))
}

fn known(bytes: &Bytes) -> Option<Frame<'static>> {
    let (kind, rest) = split_u32(bytes)?;
    match kind {
        1 => {
            let (format, image) = split_u32(&rest)?;
            let format = match format {
                1 => PreviewFormat::Jpeg,
                2 => PreviewFormat::Png,
                _ => PreviewFormat::Other,
            };
            let format = PreviewFormat::of(&image, format);
            Some(Frame::Image { format, source: ImageSource::default(), bytes: image })
        }
        3 => {
            let (node, text) = split_field(&rest)?;
            let text = String::from_utf8_lossy(&text).into_owned();
            Some(Frame::Text { node: String::from_utf8_lossy(&node).into_owned(), text })
        }
        4 => {
            let (metadata, image) = split_field(&rest)?;
            let metadata = response::parse_message("WebSocket", &metadata).ok()?;
            let format = PreviewFormat::of(&image, PreviewFormat::of_mime(json::text(&metadata, "image_type")));
            let prompt_id = json::prompt_id(&metadata).map(Cow::into_owned);
            let node = json::string(&metadata, "node_id");
            Some(Frame::Image { format, source: ImageSource { prompt_id, node }, bytes: image })
        }
        _ => None,
    }
}

/// Splits a big-endian `u32` from the rest.
fn split_u32(bytes: &Bytes) -> Option<(u32, Bytes)> {
    let head: [u8; 4] = bytes.get(..4)?.try_into().ok()?;
    Some((u32::from_be_bytes(head), bytes.slice(4..)))
}

/// Splits a length-prefixed field from the rest.
fn split_field(bytes: &Bytes) -> Option<(Bytes, Bytes)> {
    let (count, rest) = split_u32(bytes)?;
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
    fn a_progress_state_has_its_prompt_id_however_it_is_written() {
        assert_eq!(
            text(r#"{"type": "progress_state", "data": {"prompt_id": "a-1", "nodes": {"1": {}}}}"#),
            Some(Frame::State { prompt_id: "a-1" })
        );
        let Some(Frame::Event { data, .. }) =
            text(r#"{"data":{"nodes":{},"prompt_id":"a-1"},"type":"progress_state"}"#)
        else {
            panic!("expected an event")
        };
        assert_eq!(json::text(&data, "prompt_id"), Some("a-1"));
    }

    #[test]
    fn frequent_events_in_another_form_are_parsed_as_any_other() {
        let progress = r#"{"type": "progress", "data": {"value": 3, "max": 20.0, "prompt_id": "p", "node": "7"}}"#;
        let data = NodeData { prompt_id: Some("p"), node: Some("7"), display_node: None, value: 3.0, max: 20.0 };
        assert_eq!(text(progress), Some(Frame::Progress(data)));
        let end = r#"{"type": "executing", "data": {"node": null, "prompt_id": "p", "more": [{}]}}"#;
        let data = NodeData { prompt_id: Some("p"), ..NodeData::default() };
        assert_eq!(text(end), Some(Frame::Executing(data)));
        for other in [
            r#"{"type": "executing", "data": {"node": "a\"b", "prompt_id": "p"}}"#,
            r#"{"type": "progress", "data": {"value": NaN, "max": 1, "prompt_id": "p"}}"#,
            r#"{"type": "progress", "data": {"value": 1}, "more": 0}"#,
            r#"{"data": {"node": "1"}, "type": "executing"}"#,
        ] {
            assert!(matches!(text(other), Some(Frame::Event { .. })), "{other}");
        }
        assert_eq!(text(r#"{"type": "progress", "data": {"value": 1}"#), None, "truncated");
    }

    #[test]
    fn a_preview_without_metadata() {
        let expected = Frame::Image {
            format: PreviewFormat::Jpeg,
            source: ImageSource::default(),
            bytes: Bytes::from_static(b"\xff\xd8"),
        };
        assert_eq!(frame(b"\0\0\0\x01\0\0\0\x01\xff\xd8"), expected);
    }

    #[test]
    fn a_preview_with_metadata() {
        let metadata = br#"{"node_id": "3", "prompt_id": "p", "image_type": "image/png"}"#;
        let count = u32::try_from(metadata.len()).unwrap().to_be_bytes();
        let bytes = [b"\0\0\0\x04".as_slice(), &count, metadata, b"\x89PNG"].concat();
        let source = ImageSource { prompt_id: Some("p".into()), node: Some("3".into()) };
        let expected = Frame::Image { format: PreviewFormat::Png, source, bytes: Bytes::from_static(b"\x89PNG") };
        assert_eq!(frame(&bytes), expected);
    }

    #[test]
    fn the_format_of_a_preview_is_that_of_its_first_bytes() {
        let jpeg = b"\xff\xd8\xff\xe0\0\x10JFIF";
        for (image, declared, format) in [
            (b"RIFF\x1a\0\0\0WEBPVP8L".as_slice(), "image/webp", PreviewFormat::Webp),
            (b"RIFF\x1a\0\0\0WEBPVP8L", "", PreviewFormat::Webp),
            (b"\0\0\0\x1cftypavif", "image/avif", PreviewFormat::Avif),
            (b"\0\0\0\x1cftypavis", "", PreviewFormat::Avif),
            (jpeg, "", PreviewFormat::Jpeg),
            (jpeg, "image/png", PreviewFormat::Jpeg),
            (b"GIF89a", "", PreviewFormat::Gif),
            (b"unknown", "image/webp", PreviewFormat::Webp),
            (b"unknown", "image/x-other", PreviewFormat::Other),
            (b"", "", PreviewFormat::Other),
        ] {
            assert_eq!(PreviewFormat::of(image, PreviewFormat::of_mime(Some(declared))), format, "{image:?}");
        }
        let Frame::Image { format, .. } = frame(b"\0\0\0\x01\0\0\0\x03RIFF\x1a\0\0\0WEBP") else {
            panic!("expected an image")
        };
        assert_eq!((format, format.extension()), (PreviewFormat::Webp, "webp"));
    }

    #[test]
    fn a_text_of_a_node() {
        assert_eq!(frame(b"\0\0\0\x03\0\0\0\x017ok"), Frame::Text { node: "7".into(), text: "ok".into() });
    }

    #[test]
    fn a_truncated_frame_or_one_of_another_type_is_unknown() {
        for bytes in [b"".as_slice(), b"\0\0\0", b"\0\0\0\x01\0\0", b"\0\0\0\x03\xff\xff\xff\xff7", b"\0\0\0\x09x"] {
            assert_eq!(frame(bytes), Frame::Unknown(Bytes::copy_from_slice(bytes)));
        }
    }

    #[test]
    fn an_event_of_too_many_values_or_bytes_is_none() {
        // The object, its two members and the values of the list.
        let event = |values: usize| format!(r#"{{"type": "x", "data": [{}0]}}"#, "0,".repeat(values - 4));
        assert!(text(&event(1 << 20)).is_some());
        assert_eq!(text(&event((1 << 20) + 1)), None);
        assert_eq!(text(&format!(r#"{{"type": "x", "data": "{}"}}"#, "a".repeat(64 << 20))), None);
    }

    #[test]
    fn an_event_has_a_type_and_data() {
        let (data, halves) = (Value::Float(f64::NAN), Halves::default());
        let expected = Frame::Event { kind: "x".into(), data, halves };
        assert_eq!(text(r#"{"type": "x", "data": NaN}"#), Some(expected));
        for wrong in ["", "[]", "{}", r#"{"type": 5}"#] {
            assert_eq!(text(wrong), None);
        }
    }
}
