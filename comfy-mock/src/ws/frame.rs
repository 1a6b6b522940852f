//! The frames that are sent over a socket.

use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes};
use comfy_schema::Value;

use crate::json::{dumps, object};

/// The image format of a preview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ImageFormat {
    Jpeg,
    Png,
}

impl ImageFormat {
    const fn number(self) -> u32 {
        match self {
            Self::Jpeg => 1,
            Self::Png => 2,
        }
    }

    /// Returns the content type.
    pub(crate) const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A message to a client.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) message: Message,
    /// The type of the JSON event, or `binary`.
    pub(crate) kind: &'static str,
    /// Whether this is the `executing` event without a node, which ends a run.
    pub(crate) is_end: bool,
}

impl Frame {
    /// Creates a JSON event.
    pub(crate) fn event(kind: &'static str, data: Value) -> Self {
        let is_end =
            kind == "executing" && data.as_object().is_some_and(|data| data.get("node").is_some_and(Value::is_null));
        let text = dumps(&object([("type", Value::from(kind)), ("data", data)]));
        Self { message: Message::Text(Utf8Bytes::from(text)), kind, is_end }
    }

    /// Creates a frame with a preview without metadata: binary type 1.
    pub(crate) fn preview(format: ImageFormat, image: &[u8]) -> Self {
        Self::binary(1, &[&format.number().to_be_bytes(), image])
    }

    /// Creates a frame with a text of a node: binary type 3.
    pub(crate) fn text(node: &str, text: &str) -> Self {
        Self::binary(3, &[&length(node.as_bytes()), node.as_bytes(), text.as_bytes()])
    }

    /// Creates a frame with a preview with metadata: binary type 4.
    pub(crate) fn preview_with(metadata: &Value, image: &[u8]) -> Self {
        let metadata = dumps(metadata);
        Self::binary(4, &[&length(metadata.as_bytes()), metadata.as_bytes(), image])
    }

    fn binary(id: u32, parts: &[&[u8]]) -> Self {
        let mut bytes = id.to_be_bytes().to_vec();
        for part in parts {
            bytes.extend_from_slice(part);
        }
        Self { message: Message::Binary(Bytes::from(bytes)), kind: "binary", is_end: false }
    }

    /// Returns the size of the message, in bytes.
    pub(crate) fn size(&self) -> usize {
        match &self.message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) => bytes.len(),
            _ => 0,
        }
    }
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use axum::extract::ws::Message;
    use comfy_schema::Value;

    use super::{Frame, ImageFormat};

    fn bytes(frame: Frame) -> Vec<u8> {
        match frame.message {
            Message::Binary(bytes) => bytes.to_vec(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_preview_is_its_type_its_format_and_the_image() {
        assert_eq!(bytes(Frame::preview(ImageFormat::Png, b"PNG")), b"\0\0\0\x01\0\0\0\x02PNG");
    }

    #[test]
    fn a_text_is_its_type_the_node_and_the_text() {
        assert_eq!(bytes(Frame::text("7", "ok")), b"\0\0\0\x03\0\0\0\x017ok");
    }

    #[test]
    fn metadata_precedes_the_image() {
        let metadata = Value::parse(br#"{"node_id":"5"}"#).unwrap();
        assert_eq!(bytes(Frame::preview_with(&metadata, b"J")), b"\0\0\0\x04\0\0\0\x10{\"node_id\": \"5\"}J");
    }
}
