//! Decodes the bytes of a document.

use std::borrow::Cow;

use super::read::{JsonError, JsonErrorKind, position};

/// Decodes a document in UTF-8 or UTF-16. Without a byte order mark, a NUL byte among the first two indicates UTF-16,
/// since JSON begins with an ASCII character.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, JsonError> {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest).map(Cow::Borrowed),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes).map(Cow::Owned),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes).map(Cow::Owned),
        _ => utf8(bytes).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, JsonError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let (line, column) = position(bytes, at);
        // An incomplete character at the very end means that the file was cut off there.
        if error.error_len().is_none() {
            return JsonError {
                kind: JsonErrorKind::Truncated,
                reason: "the text ends inside a character".into(),
                line,
                column,
            };
        }
        let reason = format!("invalid UTF-8 byte 0x{:02x}", bytes.get(at).copied().unwrap_or_default());
        JsonError { kind: JsonErrorKind::Encoding, reason, line, column }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, JsonError> {
    // An odd last byte means that the file was cut off, which the JSON parser reports with a better message.
    let units = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair));
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        match decoded {
            Ok(character) => text.push(character),
            Err(error) => {
                let (line, column) = position(text.as_bytes(), text.len());
                let reason = format!("invalid UTF-16 unit 0x{:04x}", error.unpaired_surrogate());
                return Err(JsonError { kind: JsonErrorKind::Encoding, reason, line, column });
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf8_with_and_without_mark() {
        assert_eq!(decode("{\"ä\":1}".as_bytes()).unwrap(), "{\"ä\":1}");
        assert_eq!(decode("\u{feff}{}".as_bytes()).unwrap(), "{}");
    }

    #[test]
    fn utf16_with_and_without_mark() {
        for text in ["\u{feff}{\"ä😀\":1}", "{\"ä😀\":1}"] {
            assert_eq!(decode(&utf16_of(text, u16::to_le_bytes)).unwrap(), "{\"ä😀\":1}");
            assert_eq!(decode(&utf16_of(text, u16::to_be_bytes)).unwrap(), "{\"ä😀\":1}");
        }
    }

    #[test]
    fn latin1_is_refused_with_its_position() {
        let error = decode(b"{\n\"caf\xe9\":1}").unwrap_err();
        assert_eq!((error.kind, error.line, error.column), (JsonErrorKind::Encoding, 2, 5));
    }

    #[test]
    fn a_document_cut_inside_a_character_is_truncated() {
        assert_eq!(decode(b"{\"caf\xc3").unwrap_err().kind, JsonErrorKind::Truncated);
    }

    #[test]
    fn a_lone_utf16_surrogate_is_refused() {
        assert_eq!(decode(b"\xff\xfe{\0\x00\xd8\"\0").unwrap_err().kind, JsonErrorKind::Encoding);
    }
}
