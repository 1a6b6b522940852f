//! Tells by the first bytes of a file whether it is a page, another text, or binary data.

use std::borrow::Cow;

/// What the beginning of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beginning {
    Empty,
    /// HTML, or the XML in which storage services report an error.
    Page,
    /// SVG, or XML whose first element is too far away to be seen.
    Svg,
    Xml,
    /// An object or an array.
    Json,
    /// Another JSON value: a string, a number, a word. It may also be the beginning of a text.
    JsonOrText,
    Text,
    Binary,
}

/// Elements that a page begins with, even after an XML declaration.
const PAGES: [&str; 12] =
    ["html", "head", "body", "title", "meta", "script", "style", "link", "center", "h1", "div", "error"];

/// Elements that a fragment of a page begins with. After an XML declaration they belong to another language.
const FRAGMENTS: [&str; 31] = [
    "a", "article", "b", "base", "big", "br", "button", "font", "footer", "form", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "i", "iframe", "img", "main", "nav", "noscript", "p", "pre", "section", "small", "span", "strong",
    "table", "ul",
];

/// The number of bytes whose alternation with zeros shows text in UTF-16 without a byte order mark.
const UTF16_SAMPLE_BYTES: usize = 16;

impl Beginning {
    pub(super) fn of(head: &[u8]) -> Self {
        if head.is_empty() {
            return Self::Empty;
        }
        // A page is one whatever follows its first tag, such as bytes of another encoding.
        if begins_page(head) {
            return Self::Page;
        }
        let Some(text) = text(head) else { return Self::Binary };
        let start = text.trim_start().to_ascii_lowercase();
        match start.as_bytes().first() {
            Some(b'<') => markup(&start),
            Some(b'{' | b'[') if is_json(&start) => Self::Json,
            Some(_) if is_scalar(&start) => Self::JsonOrText,
            _ => Self::Text,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "an empty file",
            Self::Page => "HTML",
            Self::Svg | Self::Xml => "XML",
            Self::Json => "JSON",
            Self::JsonOrText | Self::Text => "text",
            Self::Binary => "binary data",
        }
    }
}

/// Returns the first line of a text that is not blank, with other characters where it is not text.
pub(super) fn first_line(head: &[u8]) -> String {
    let text = text(head).or_else(|| begins_page(head).then(|| String::from_utf8_lossy(head)));
    let text = text.unwrap_or_default();
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

fn begins_page(head: &[u8]) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let ascii: String = start.iter().take_while(|byte| byte.is_ascii()).map(|byte| char::from(*byte)).collect();
    let ascii = ascii.to_ascii_lowercase();
    ascii.starts_with("<!doctype html") || element(&ascii).is_some_and(|(name, _)| PAGES.contains(&name))
}

/// Returns what a text is that begins with `<`, in lower case. XML declarations, comments and document types may
/// precede the first element.
fn markup(text: &str) -> Beginning {
    let mut rest = text;
    loop {
        let end = match rest {
            _ if rest.starts_with("<!doctype html") => return Beginning::Page,
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!") && rest.find('[') < rest.find('>') && rest.contains('[') => "]>",
            _ if rest.starts_with("<!") => ">",
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else { return Beginning::Svg };
        rest = after.trim_start();
    }
    let is_declared = text.starts_with("<?xml");
    match element(rest) {
        // The rest may be cut off.
        None if rest.is_empty() => Beginning::Svg,
        None => Beginning::Text,
        Some((name, _)) if PAGES.contains(&name) => Beginning::Page,
        Some((name, _)) if FRAGMENTS.contains(&name) && !is_declared => Beginning::Page,
        Some((name, is_whole)) if !is_whole || name.rsplit(':').next() == Some("svg") => Beginning::Svg,
        Some(_) => Beginning::Xml,
    }
}

/// Returns the name of the element with which a text begins, and whether the text has all of the name.
fn element(text: &str) -> Option<(&str, bool)> {
    let rest = text.strip_prefix('<')?;
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let name = &rest[..end.unwrap_or(rest.len())];
    name.starts_with(|c: char| c.is_alphabetic() || c == '_').then_some((name, end.is_some()))
}

/// Returns whether a text that begins with a bracket, in lower case, is JSON and not, for example, the section of a
/// configuration file.
fn is_json(text: &str) -> bool {
    let (bracket, rest) = text.split_at(1);
    let rest = rest.trim_start();
    match rest.as_bytes().first() {
        None | Some(b'"') => true,
        Some(b'}') => bracket == "{",
        Some(b'{' | b'[' | b']') => bracket == "[",
        Some(_) => bracket == "[" && is_scalar(rest),
    }
}

/// Returns whether a text in lower case begins with a string, a number or a word of JSON, or one that Python writes.
fn is_scalar(text: &str) -> bool {
    let number = text.strip_prefix('-').unwrap_or(text);
    text.starts_with('"')
        || number.starts_with(|c: char| c.is_ascii_digit())
        || number.starts_with("infinity")
        || ["true", "false", "null", "nan"].iter().any(|word| text.starts_with(word))
}

/// Returns the bytes as text without a byte order mark, if they have no control characters that no text has. Text that
/// is neither UTF-8 nor UTF-16 is read as ISO 8859-1. The last character may be cut off.
fn text(head: &[u8]) -> Option<Cow<'_, str>> {
    let text = match head {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ if alternates(head, 1) => utf16(head, u16::from_le_bytes),
        _ if alternates(head, 0) => utf16(head, u16::from_be_bytes),
        _ => bytes_as_text(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)),
    };
    let is_binary = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    (!text.contains(is_binary)).then_some(text)
}

fn bytes_as_text(head: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(head) {
        Ok(text) => text.into(),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&head[..error.valid_up_to()]),
        Err(_) => head.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Returns whether every second byte, from this one on, is zero and the others are printable ASCII characters.
fn alternates(head: &[u8], first_zero: usize) -> bool {
    head.len() >= UTF16_SAMPLE_BYTES
        && head[..UTF16_SAMPLE_BYTES].iter().enumerate().all(|(at, byte)| {
            if at % 2 == first_zero { *byte == 0 } else { byte.is_ascii_graphic() || byte.is_ascii_whitespace() }
        })
}

/// Decodes UTF-16, without half a unit at the end.
fn utf16(head: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, str> {
    let units = head.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::Beginning::{Binary, Json, JsonOrText, Page, Svg, Text, Xml};
    use super::*;

    fn utf16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    fn assert_all(expected: Beginning, texts: &[&str]) {
        for text in texts {
            assert_eq!(Beginning::of(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_page_is_recognized_by_its_first_element() {
        assert_all(
            Page,
            &[
                "<!DOCTYPE html>",
                "\u{feff}\n <HTML lang=en>",
                "<html",
                "<?xml version='1.0'?><!-- x --><html>",
                "<!-- a --><div>",
                "<h2>Please log in</h2>",
                "<br/>Denied",
                "<?xml version='1.0'?>\n<Error><Code>AccessDenied</Code>",
            ],
        );
    }

    #[test]
    fn a_page_is_recognized_in_every_encoding() {
        let page = "<html><title>Acc\u{e8}s refus\u{e9}</title>";
        let latin: Vec<u8> = page.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let with_mark = format!("\u{feff}{page}");
        let pages = [
            latin,
            utf16_of(page, u16::to_le_bytes),
            utf16_of(page, u16::to_be_bytes),
            utf16_of(&with_mark, u16::to_le_bytes),
            utf16_of(&with_mark, u16::to_be_bytes),
        ];
        for head in pages {
            assert_eq!(Beginning::of(&head), Page, "{head:?}");
            assert_eq!(first_line(&head), page, "{head:?}");
        }
        assert_eq!(Beginning::of(b"<html>\0\x01\xff"), Page, "whatever follows");
        assert_eq!(Beginning::of(b"\xe9t\xe9 {}"), Text);
    }

    #[test]
    fn markup_is_told_apart() {
        let declared = "<?xml version='1.0'?><!DOCTYPE svg [ <!ENTITY a 'b>c'> ]>\n<svg:svg>";
        assert_all(Svg, &["<svg/>", "<!DOCTYPE svg PUBLIC 'x'><svg>", declared, "<!-- a comment without end", "<sv"]);
        assert_all(Xml, &["<COLLADA version='1'>", "<?xml version='1.0'?><form/>", "<header-file>"]);
        assert_all(Text, &["< 5", "<", "<<"]);
    }

    #[test]
    fn json_is_told_from_other_texts() {
        assert_all(Json, &["{}", " { \"a\"", "[", "[ 1", "[[", "{", "[true", "[\"a\""]);
        assert_all(JsonOrText, &["1", "-1.5", "\"a\"", "null", "NaN", "-Infinity"]);
        assert_all(Text, &["[section]", "{name}", "Please log in", "v 0 0 0", "ply\nformat ascii 1.0", "  "]);
    }

    #[test]
    fn binary_data_is_no_text() {
        for head in [&b"\x89PNG\r\n\x1a\n\0"[..], b"{\x02\0\0\0\0\0\0{\"a\"", b"\0\0\0\x20ftyp", b"ID3\x03\0"] {
            assert_eq!(Beginning::of(head), Binary, "{head:?}");
            assert_eq!(first_line(head), "");
        }
    }
}
