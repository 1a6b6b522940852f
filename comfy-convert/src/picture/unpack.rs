//! Unpacks and parses the texts of one file, within limits that all its texts share.

use std::borrow::Cow;
use std::io::Read;

use comfy_schema::{JsonErrorKind, Value};
use flate2::read::ZlibDecoder;

use super::{Payload, latin1};
use crate::error::DocumentError;
use crate::limits::{MAX_METADATA_MEMORY, MAX_UNPACKED_BYTES};

/// The reader of the texts of one file.
pub(super) struct Unpacker {
    format: &'static str,
    /// The number of bytes that the file's texts may still unpack to.
    left: usize,
}

impl Unpacker {
    pub(super) const fn new(format: &'static str) -> Self {
        Self { format, left: MAX_UNPACKED_BYTES }
    }

    /// Parses the JSON of a text.
    pub(super) fn value(&mut self, payload: &Payload<'_>) -> Result<Value, DocumentError> {
        let text: Cow<'_, [u8]> = match payload {
            Payload::Plain(text) => Cow::Borrowed(text),
            Payload::Deflated(deflated) => Cow::Owned(self.inflate(deflated)?),
        };
        let text = text.strip_suffix(b"\0").unwrap_or(&text);
        if text.iter().all(u8::is_ascii_whitespace) {
            return Err(DocumentError::Empty);
        }
        // The texts of a PNG are Latin-1 by its standard, though ComfyUI writes ASCII and others UTF-8.
        if std::str::from_utf8(text).is_err()
            && let Ok(value) = self.parse(latin1(text).as_bytes())
        {
            return Ok(value);
        }
        self.parse(text)
    }

    /// Parses JSON within the limit on memory.
    pub(super) fn parse(&self, json: &[u8]) -> Result<Value, DocumentError> {
        Value::parse_within(json, MAX_METADATA_MEMORY).map_err(|source| match source.kind {
            JsonErrorKind::TooLarge => DocumentError::TooMuchJson { format: self.format, max: MAX_METADATA_MEMORY },
            _ => DocumentError::Json { source },
        })
    }

    fn inflate(&mut self, deflated: &[u8]) -> Result<Vec<u8>, DocumentError> {
        let mut text = Vec::new();
        let limit = u64::try_from(self.left).unwrap_or(u64::MAX).saturating_add(1);
        let result = ZlibDecoder::new(deflated).take(limit).read_to_end(&mut text);
        let Some(left) = self.left.checked_sub(text.len()) else {
            self.left = 0;
            return Err(DocumentError::TooMuchText { format: self.format, max: MAX_UNPACKED_BYTES });
        };
        self.left = left;
        match result {
            Ok(_) => Ok(text),
            Err(error) => {
                let reason = format!("a compressed text cannot be inflated ({error})");
                Err(DocumentError::Damaged { format: "zlib", reason })
            }
        }
    }
}
