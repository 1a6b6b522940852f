//! Compares the beginning of a downloaded file with its name. A login page or a proxy may respond with a text of its own
//! and status 200, which must not be saved as a picture.

use super::error::Error;

/// The number of bytes at the beginning of a file that [`check`] looks at.
pub(super) const HEAD_BYTES: usize = 512;

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A format that is never text, such as PNG.
    Binary,
    Json,
    Xml,
    Html,
    /// Any content: the format is text, or its name says nothing.
    Any,
}

/// What the beginning of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Empty,
    Html,
    Xml,
    Json,
    Text,
    Binary,
}

/// Returns an error if a file of this name cannot begin with these bytes. The content type counts only for a text,
/// because servers guess it from the name.
pub(super) fn check(call: &str, name: &str, content_type: Option<&str>, head: &[u8]) -> Result<(), Error> {
    let expected = Expected::from_name(name);
    let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let found = Found::from_bytes(head);
    let says_html = matches!(media.as_str(), "text/html" | "application/xhtml+xml");
    // A server that says that its text is a picture is believed, unless the text is one that pages and APIs send.
    let says_media = ["image/", "video/", "audio/", "model/"].iter().any(|kind| media.starts_with(kind));
    let fits = match (expected, found) {
        (Expected::Binary, Found::Text) => says_media,
        (Expected::Binary, found) => found == Found::Binary,
        (Expected::Json, Found::Html | Found::Xml) | (Expected::Xml, Found::Html | Found::Json) => false,
        // The content type of a text says nothing if the text is of the kind that the name promises.
        (Expected::Html, _)
        | (_, Found::Empty | Found::Binary)
        | (Expected::Json, Found::Json)
        | (Expected::Xml, Found::Xml) => true,
        (_, Found::Html | Found::Text | Found::Xml | Found::Json) => !says_html,
    };
    if fits {
        return Ok(());
    }
    let found = if media.is_empty() || !is_text_type(&media) { found.as_str().to_owned() } else { media };
    Err(Error::WrongContent { call: call.to_owned(), name: name.to_owned(), found, first_line: first_line(head) })
}

impl Expected {
    fn from_name(name: &str) -> Self {
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            "png" | "apng" | "jpg" | "jpeg" | "webp" | "gif" | "avif" | "bmp" | "tif" | "tiff" | "exr" | "jxl"
            | "heic" | "heif" | "ico" | "psd" | "mp4" | "webm" | "mkv" | "mov" | "avi" | "m4v" | "flac" | "wav"
            | "mp3" | "opus" | "ogg" | "oga" | "m4a" | "aac" | "glb" | "ksplat" | "splat" | "spz" | "safetensors"
            | "latent" | "sft" | "ckpt" | "pt" | "pth" | "bin" | "gguf" | "onnx" | "npy" | "npz" | "zip" | "gz"
            | "7z" | "pdf" => Self::Binary,
            "json" | "gltf" | "ipynb" | "geojson" => Self::Json,
            "svg" | "xml" => Self::Xml,
            "html" | "htm" | "xhtml" => Self::Html,
            _ => Self::Any,
        }
    }
}

impl Found {
    fn from_bytes(head: &[u8]) -> Self {
        if head.is_empty() {
            return Self::Empty;
        }
        let Some(text) = text(head) else { return Self::Binary };
        let start = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        match start.as_bytes().first() {
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') if is_html(&start) => Self::Html,
            Some(b'<') => Self::Xml,
            _ => Self::Text,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "an empty file",
            Self::Html => "HTML",
            Self::Xml => "XML",
            Self::Json => "JSON",
            Self::Text => "text",
            Self::Binary => "binary data",
        }
    }
}

/// Returns whether a text that begins with `<`, in lower case, is HTML. An XML declaration and comments may precede it.
fn is_html(text: &str) -> bool {
    let mut rest = text;
    loop {
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    let tags =
        ["<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<script", "<center", "<h1", "<p>", "<div"];
    tags.iter().any(|tag| rest.starts_with(tag))
}

/// Returns the bytes as text, if they are UTF-8 without control characters that no text has. The last character may be
/// cut off.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    let is_binary = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    (!text.is_empty() && !text.contains(is_binary)).then_some(text)
}

fn is_text_type(media: &str) -> bool {
    media.starts_with("text/") || media.ends_with("json") || media.ends_with("xml")
}

/// Returns the first line of a text that is not blank.
fn first_line(head: &[u8]) -> String {
    let text = text(head).unwrap_or_default();
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "\n<!DOCTYPE html>\n<title>Log in</title>";

    fn fits(name: &str, content_type: &str, head: impl AsRef<[u8]>) -> bool {
        let content_type = Some(content_type).filter(|kind| !kind.is_empty());
        check("GET /view", name, content_type, head.as_ref()).is_ok()
    }

    #[test]
    fn a_text_is_no_picture_whatever_the_server_calls_it() {
        for kind in ["text/html; charset=utf-8", "image/png", "application/octet-stream", ""] {
            assert!(!fits("a.png", kind, LOGIN), "{kind}");
            assert!(!fits("a.PNG", kind, r#"{"error": "unauthorized"}"#), "{kind}");
            assert!(!fits("a.mp4", kind, "\u{feff}[]"), "{kind}");
            assert!(!fits("a.latent", kind, "<?xml version='1.0'?><Error/>"), "{kind}");
        }
        assert!(!fits("a.png", "text/plain", "Unauthorized") && !fits("a.png", "", "Unauthorized"));
        assert!(!fits("a.png", "image/png", ""), "an empty picture");
    }

    #[test]
    fn binary_content_is_accepted_whatever_the_server_calls_it() {
        let picture = b"\x89PNG\r\n\x1a\n\0\0";
        for kind in ["image/png", "image/webp", "text/plain", "application/json", ""] {
            assert!(fits("a.png", kind, picture), "{kind}");
            // The length in front of the header of a safetensors file may look like a brace.
            assert!(fits("a.latent", kind, b"{\x02\0\0\0\0\0\0{\"a\""), "{kind}");
        }
        assert!(fits("a.png", "image/png", "odd, but the server says that it is a picture"));
    }

    #[test]
    fn a_text_is_accepted_where_the_name_promises_one() {
        assert!(fits("x.json", "application/json", "{}") && fits("x.json", "text/html", " [1]"));
        assert!(fits("x.txt", "text/plain", LOGIN) && fits("x.txt", "", "{}") && fits("x.txt", "", ""));
        assert!(fits("x.html", "text/html", LOGIN) && fits("x.html", "application/octet-stream", LOGIN));
        assert!(fits("x.svg", "image/svg+xml", "<?xml version='1.0'?><!-- by --><svg/>"));
        assert!(fits("x.svg", "application/octet-stream", "<svg xmlns='http://www.w3.org/2000/svg'/>"));
        assert!(fits("x.obj", "application/octet-stream", "v 0 0 0") && fits("x", "", "anything"));
    }

    #[test]
    fn a_login_page_is_no_other_text() {
        assert!(!fits("x.json", "application/json", LOGIN) && !fits("x.svg", "", LOGIN));
        assert!(!fits("x.svg", "", "{}") && !fits("x.svg", "image/svg+xml", "<?xml version='1.0'?> <html/>"));
        assert!(!fits("x.txt", "text/html", LOGIN) && !fits("x", "text/html", "sign in"));
    }

    #[test]
    fn the_error_quotes_the_first_line_of_the_text() {
        let error = check("GET /view", "a.png", Some("text/html"), b"\n <b>\x1b[31mlog in</b>\nmore").unwrap_err();
        assert_eq!(
            error.to_string(),
            "GET /view: expected the content of `a.png`, found text/html: `<b>\\u{1b}[31mlog in</b>`; is a login page or a proxy in front of the server?"
        );
    }
}
