//! Compares the beginning of a downloaded file with its name. A login page or a proxy may respond with a text of its
//! own and status 200, which must not be saved as a picture.

use super::beginning::{Beginning, first_line};
use super::error::Error;

/// The number of bytes at the beginning of a file that [`check`] looks at.
pub(super) const HEAD_BYTES: usize = 512;

/// What the name of a file says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A format that is never text, such as PNG.
    Binary,
    /// A format that is binary or a text of its own, such as PLY.
    Own,
    Json,
    Svg,
    Xml,
    Html,
    /// A text that may look like any other, such as a note or a program.
    Text,
    /// The extension is not known, or there is none.
    Unknown,
    /// The name says nothing: it is the hash of an asset.
    Any,
}

/// Returns an error if a file of this name cannot begin with these bytes.
///
/// A ComfyUI server guesses the content type from the name, and never calls a file HTML. So the type decides only if it
/// is HTML, and where neither name nor bytes do.
pub(super) fn check(call: &str, name: &str, content_type: Option<&str>, head: &[u8]) -> Result<(), Error> {
    let expected = Expected::from_name(name);
    let media = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let beginning = Beginning::of(head);
    let says_html = matches!(media.as_str(), "text/html" | "application/xhtml+xml");
    if expected.fits(beginning, &media) && (expected == Expected::Html || !says_html) {
        return Ok(());
    }
    let found = if is_text_type(&media) { media } else { beginning.as_str().to_owned() };
    Err(Error::WrongContent { call: call.to_owned(), name: name.to_owned(), found, first_line: first_line(head) })
}

impl Expected {
    fn from_name(name: &str) -> Self {
        if name.starts_with("blake3:") {
            return Self::Any;
        }
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
        match extension.as_str() {
            // Pictures.
            "png" | "apng" | "jpg" | "jpeg" | "jpe" | "jfif" | "webp" | "gif" | "avif" | "bmp" | "tif" | "tiff" | "exr"
            | "jxl" | "jp2" | "j2k" | "jpx" | "heic" | "heif" | "ico" | "icns" | "psd" | "tga" | "dds" | "ktx" | "ktx2"
            | "dng" | "svgz"
            // Videos and sounds.
            | "mp4" | "m4v" | "webm" | "mkv" | "mka" | "mov" | "avi" | "wmv" | "wma" | "flv" | "f4v" | "mpg" | "mpeg"
            | "m2ts" | "3gp" | "ogv" | "flac" | "wav" | "mp3" | "opus" | "ogg" | "oga" | "m4a" | "m4b" | "aac" | "aif"
            | "aiff" | "weba" | "amr" | "ac3" | "mid" | "midi"
            // 3D models.
            | "glb" | "usdz" | "usdc" | "3mf" | "blend" | "vdb" | "ksplat" | "splat" | "spz"
            // Tensors, archives and others.
            | "safetensors" | "latent" | "sft" | "ckpt" | "pt" | "pth" | "bin" | "gguf" | "onnx" | "npy" | "npz" | "h5"
            | "hdf5" | "parquet" | "zip" | "gz" | "tgz" | "tar" | "xz" | "zst" | "bz2" | "7z" | "rar" | "docx" | "xlsx"
            | "pptx" | "ttf" | "otf" | "woff" | "woff2" => Self::Binary,
            "hdr" | "pic" | "ppm" | "pgm" | "pbm" | "pnm" | "pam" | "pfm" | "cube" | "ply" | "stl" | "obj" | "mtl"
            | "fbx" | "pcd" | "xyz" | "pts" | "off" | "usd" | "usda" | "wrl" | "bvh" | "dxf" | "step" | "stp" | "iges"
            | "igs" | "gcode" | "pdf" | "ps" | "eps" | "pkl" => Self::Own,
            "json" | "gltf" | "ipynb" | "geojson" | "jsonl" | "ndjson" => Self::Json,
            "svg" => Self::Svg,
            "xml" | "dae" | "x3d" | "xmp" | "kml" | "gpx" | "ttml" | "musicxml" | "mpd" => Self::Xml,
            "html" | "htm" | "xhtml" => Self::Html,
            "txt" | "text" | "md" | "markdown" | "rst" | "tex" | "csv" | "tsv" | "log" | "yaml" | "yml" | "toml" | "ini"
            | "cfg" | "conf" | "srt" | "vtt" | "ass" | "lrc" | "caption" | "prompt" | "css" | "js" | "mjs" | "py"
            | "sh" | "glsl" | "wgsl" => Self::Text,
            _ => Self::Unknown,
        }
    }

    /// Returns whether a file may begin so, given the content type.
    fn fits(self, beginning: Beginning, media: &str) -> bool {
        match (self, beginning) {
            // A server that says that its text is a picture is believed, unless it is one that pages and APIs send.
            (Self::Binary, Beginning::Text | Beginning::JsonOrText) => {
                ["image/", "video/", "audio/", "model/"].iter().any(|kind| media.starts_with(kind))
            }
            (Self::Binary, beginning) => beginning == Beginning::Binary,
            (Self::Own, beginning) => {
                matches!(beginning, Beginning::Text | Beginning::JsonOrText | Beginning::Binary)
            }
            (Self::Json, beginning) => matches!(beginning, Beginning::Json | Beginning::JsonOrText),
            (Self::Svg, beginning) => beginning == Beginning::Svg,
            (Self::Xml, beginning) => matches!(beginning, Beginning::Svg | Beginning::Xml),
            (Self::Html, beginning) => !matches!(beginning, Beginning::Empty | Beginning::Json),
            (Self::Unknown, Beginning::Page) => false,
            // Only an API knows that a file of such a name is JSON.
            (Self::Unknown, Beginning::Json) => media == "application/octet-stream",
            (Self::Text | Self::Unknown | Self::Any, _) => true,
        }
    }
}

fn is_text_type(media: &str) -> bool {
    media.starts_with("text/") || media.ends_with("json") || media.ends_with("xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: &str = "\n<!DOCTYPE html>\n<title>Log in</title>";
    const API: &str = r#"{"detail": "Not authenticated"}"#;
    const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0";

    fn fits(name: &str, content_type: &str, head: impl AsRef<[u8]>) -> bool {
        let content_type = Some(content_type).filter(|kind| !kind.is_empty());
        check("GET /view", name, content_type, head.as_ref()).is_ok()
    }

    #[test]
    fn a_text_is_no_picture_whatever_the_server_calls_it() {
        for kind in ["text/html; charset=utf-8", "image/png", "application/octet-stream", ""] {
            assert!(!fits("a.png", kind, LOGIN), "{kind}");
            assert!(!fits("a.PNG", kind, API), "{kind}");
            assert!(!fits("a.mp4", kind, "\u{feff}[]"), "{kind}");
            assert!(!fits("a.latent", kind, "<?xml version='1.0'?><Error/>"), "{kind}");
        }
        assert!(!fits("a.png", "text/plain", "Unauthorized") && !fits("a.png", "", "Unauthorized"));
        assert!(!fits("a.png", "text/plain", b"Acc\xe8s refus\xe9"), "in another encoding");
        assert!(!fits("a.png", "image/png", ""), "an empty picture");
    }

    #[test]
    fn no_media_and_no_model_is_the_answer_of_a_page_or_an_api() {
        let names = "fbx usdz hdr tga wmv flv ply stl obj jp2 aiff m4b weba jfif vdb glb webm flac npz odd";
        for name in names.split(' ').map(|extension| format!("x.{extension}")).chain(["x".to_owned()]) {
            assert!(!fits(&name, "application/json", API) && !fits(&name, "", LOGIN), "{name}");
            assert!(!fits(&name, "text/plain", "<h2>Please log in</h2>"), "{name}");
            assert!(fits(&name, "application/octet-stream", PICTURE), "{name}");
        }
    }

    #[test]
    fn binary_content_is_accepted_whatever_the_server_calls_it() {
        for kind in ["image/png", "image/webp", "text/plain", "application/json", ""] {
            assert!(fits("a.png", kind, PICTURE), "{kind}");
            // The length in front of the header of a safetensors file may look like a brace.
            assert!(fits("a.latent", kind, b"{\x02\0\0\0\0\0\0{\"a\""), "{kind}");
        }
        assert!(fits("a.png", "image/png", "odd, but the server says that it is a picture"));
    }

    #[test]
    fn what_is_called_html_is_no_other_file() {
        for name in ["a.png", "a.json", "a.svg", "a.txt", "a.obj", "a.odd", "a", "blake3:00"] {
            for head in [LOGIN.as_bytes(), b"sign in", b"{}", b"<svg/>", PICTURE, b""] {
                assert!(!fits(name, "text/html; charset=iso-8859-1", head), "{name} {head:?}");
            }
        }
        assert!(fits("x.html", "text/html", LOGIN) && fits("x.HTM", "text/html", "<h2>a</h2>"));
        assert!(fits("x.html", "application/octet-stream", LOGIN) && !fits("x.html", "application/json", API));
    }

    #[test]
    fn a_text_is_accepted_where_the_name_promises_one() {
        assert!(fits("x.json", "application/json", "{}") && fits("x.json", "", " [1]") && fits("x.json", "", "NaN"));
        assert!(fits("x.txt", "text/plain", LOGIN) && fits("x.txt", "", "{}") && fits("x.txt", "", ""));
        assert!(fits("x.svg", "image/svg+xml", "<?xml version='1.0'?><!-- by --><svg/>"));
        assert!(fits("x.svg", "application/octet-stream", "<svg xmlns='http://www.w3.org/2000/svg'/>"));
        assert!(fits("x.xml", "application/xml", "<a:b/>") && fits("x.dae", "", "<?xml version='1.0'?><COLLADA>"));
        assert!(fits("x", "", "anything") && fits("x", "application/octet-stream", "{}"));
        assert!(fits("blake3:00", "application/json", "{}"));
    }

    #[test]
    fn models_and_pictures_of_ascii_text_are_accepted() {
        let heads = [
            ("obj", "v 0 0 0"),
            ("obj", "# Blender\no Cube"),
            ("ply", "ply\nformat ascii 1.0"),
            ("stl", "solid cube\n facet normal 0 0 1"),
            ("fbx", "; FBX 7.3.0 project file"),
            ("hdr", "#?RADIANCE\nFORMAT=32-bit_rle_rgbe"),
            ("ppm", "P3\n2 2\n255"),
            ("xyz", "0.5 1.0 -2"),
            ("usda", "#usda 1.0"),
            ("pdf", "%PDF-1.4"),
        ];
        for (extension, head) in heads {
            assert!(fits(&format!("x.{extension}"), "application/octet-stream", head), "{extension}");
            assert!(fits(&format!("x.{extension}"), "text/plain", head), "{extension}");
        }
    }

    #[test]
    fn a_login_page_is_no_other_text() {
        for (name, head) in [
            ("x.json", LOGIN),
            ("x.json", "Please log in"),
            ("x.json", ""),
            ("x.gltf", "Please log in"),
            ("x.svg", LOGIN),
            ("x.svg", API),
            ("x.svg", "Please log in"),
            ("x.svg", "<h2>Please log in</h2>"),
            ("x.svg", "<?xml version='1.0'?> <html/>"),
            ("x.svg", ""),
            ("x.xml", "<h2>Please log in</h2>"),
            ("x.xml", "<?xml version='1.0'?><Error><Code>AccessDenied</Code>"),
        ] {
            for kind in ["text/plain", "image/svg+xml", ""] {
                assert!(!fits(name, kind, head), "{name} {head} {kind}");
            }
        }
    }

    #[test]
    fn the_error_quotes_the_first_line_of_the_text() {
        let error = |head: &[u8]| check("GET /view", "a.png", Some("text/html"), head).unwrap_err().to_string();
        assert_eq!(
            error(b"\n <b>\x1b[31mlog in</b>\nmore"),
            "GET /view: expected the content of `a.png`, found text/html: `<b>\\u{1b}[31mlog in</b>`; is a login page or a proxy in front of the server?"
        );
        assert!(error(b"<html>Acc\xe8s refus\xe9\nmore").contains("`<html>Acc\u{e8}s refus\u{e9}`"));
        assert!(error(b"<html>\0\xffa\nmore").contains("`<html>\\u{0}\u{fffd}a`"));
    }
}
