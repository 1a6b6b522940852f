//! Tests with files of every format, built as ComfyUI writes them.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::document::{Format, read};
use crate::error::DocumentError;
use comfy_schema::causes::in_full;

const PROMPT: &str = r#"{"1": {"class_type": "A", "inputs": {"x": NaN}, "is_changed": ["h"]}}"#;
const WORKFLOW: &str = r#"{"version": 0.4, "nodes": [{"id": 1, "type": "A"}], "links": []}"#;

fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks.iter().chain([(b"IEND", Vec::new())].iter()) {
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        file.extend(*kind);
        file.extend(data);
        file.extend([0; 4]);
    }
    file
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Asserts that the workflow and the prompt are found, that `NaN` is kept and that `is_changed` is left out.
#[track_caller]
fn has_both(file: &[u8], format: &'static str) {
    let document = read(file).unwrap();
    assert_eq!(document.format(), Format::Picture(format));
    assert_eq!(document.ui().unwrap().node_count(), 1);
    assert_eq!(document.api().unwrap().to_string(), r#"{"1":{"class_type":"A","inputs":{"x":NaN}}}"#);
    assert_eq!(
        document.warnings()[0].to_string(),
        "node 1 (A): `is_changed` is left out: it belongs to the run that saved the file"
    );
}

#[test]
fn png_texts() {
    let file = png(&[
        (b"tEXt", joined(&[b"prompt\0", PROMPT.as_bytes()])),
        (b"tEXt", joined(&[b"workflow\0", WORKFLOW.as_bytes()])),
        (b"IDAT", vec![1, 2, 3]),
    ]);
    has_both(&file, "PNG");
}

#[test]
fn png_compressed_and_international_texts() {
    let file = png(&[
        (b"zTXt", joined(&[b"prompt\0\0", &deflated(PROMPT.as_bytes())])),
        (b"iTXt", joined(&[b"workflow\0\x01\0en\0\0", &deflated(WORKFLOW.as_bytes())])),
    ]);
    has_both(&file, "PNG");
    let file = png(&[
        (b"iTXt", joined(&[b"prompt\0\0\0\0\0", PROMPT.as_bytes()])),
        (b"comf", joined(&[b"workflow\0", WORKFLOW.as_bytes()])),
    ]);
    has_both(&file, "PNG");
}

#[test]
fn png_without_a_workflow_names_what_it_has() {
    let error = read(&png(&[(b"tEXt", b"parameters\0a cat".to_vec())])).unwrap_err();
    assert_eq!(error, DocumentError::NoWorkflow { format: "PNG", found: vec!["`parameters`".into()] });
    assert!(error.to_string().starts_with("this PNG file holds no workflow, only `parameters`"), "{error}");
    let error = read(&png(&[])).unwrap_err();
    assert!(error.to_string().contains("no metadata at all"), "{error}");
}

#[test]
fn png_that_is_cut_is_damaged_unless_the_workflow_came_before() {
    let file = png(&[(b"IDAT", vec![0; 50]), (b"tEXt", joined(&[b"workflow\0", WORKFLOW.as_bytes()]))]);
    for length in 8..file.len() - 16 {
        assert!(matches!(read(&file[..length]), Err(DocumentError::Damaged { .. })), "{length}");
    }
    assert!(read(&file[..file.len() - 12]).is_ok());
}

#[test]
fn png_decompression_bomb_is_rejected() {
    let bomb = deflated(&vec![b' '; 80 * 1024 * 1024]);
    let error = read(&png(&[(b"zTXt", joined(&[b"workflow\0\0", &bomb]))])).unwrap_err();
    assert!(in_full(&error).contains("more than 64 MiB"), "{error:?}");
}

#[test]
fn png_chunk_of_an_impossible_length_is_damage() {
    let mut file = png(&[]);
    file.splice(8..8, [0xFF, 0xFF, 0xFF, 0xFF, b't', b'E', b'X', b't', b'a']);
    assert!(matches!(read(&file), Err(DocumentError::Damaged { .. })));
}

#[test]
fn unreadable_workflow_beside_a_prompt_is_a_warning() {
    let file =
        png(&[(b"tEXt", joined(&[b"prompt\0", PROMPT.as_bytes()])), (b"tEXt", b"workflow\0{\"nodes\": ".to_vec())]);
    let document = read(&file).unwrap();
    assert!(document.ui().is_none() && document.api().is_some());
    assert!(document.warnings().iter().any(|warning| warning.to_string().contains("metadata `workflow` of this PNG")));
    let error = read(&png(&[(b"tEXt", b"workflow\0[]".to_vec())])).unwrap_err();
    assert!(in_full(&error).contains("found an array"), "{error:?}");
}

fn tiff(little: bool, texts: &[(u16, String)]) -> Vec<u8> {
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: usize| {
        let value = u32::try_from(value).unwrap();
        if little { value.to_le_bytes() } else { value.to_be_bytes() }
    };
    let mut tiff = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    tiff.extend(long(8));
    tiff.extend(short(u16::try_from(texts.len()).unwrap()));
    let mut place = 8 + 2 + texts.len() * 12 + 4;
    for (tag, text) in texts {
        tiff.extend(short(*tag));
        tiff.extend(short(2));
        tiff.extend(long(text.len() + 1));
        tiff.extend(long(place));
        place += text.len() + 1;
    }
    tiff.extend(long(0));
    for (_, text) in texts {
        tiff.extend(text.as_bytes());
        tiff.push(0);
    }
    tiff
}

#[test]
fn webp_exif() {
    let texts = [(0x010F, format!("workflow:{WORKFLOW}")), (0x0110, format!("prompt:{PROMPT}"))];
    for (little, prefix) in [(true, &b""[..]), (false, b"Exif\0\0")] {
        let exif = joined(&[prefix, &tiff(little, &texts)]);
        let mut file = b"RIFF\0\0\0\0WEBPVP8 \x03\0\0\0abc\0EXIF".to_vec();
        file.extend(u32::try_from(exif.len()).unwrap().to_le_bytes());
        file.extend(&exif);
        has_both(&file, "WebP");
        for length in 12..file.len() {
            assert!(read(&file[..length]).is_err());
        }
    }
}

fn comments() -> Vec<u8> {
    let texts = [format!("prompt={PROMPT}"), format!("WORKFLOW={WORKFLOW}")];
    let long = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let mut data = joined(&[&long(4), b"Lavf", &long(texts.len())]);
    for text in texts {
        data.extend(long(text.len()));
        data.extend(text.as_bytes());
    }
    data
}

#[test]
fn flac_comments() {
    let comments = comments();
    let length = u32::try_from(comments.len()).unwrap().to_be_bytes();
    let file = joined(&[b"fLaC\0\0\0\x02ab\x84", &length[1..], &comments]);
    has_both(&file, "FLAC");
    for length in 4..file.len() {
        assert!(read(&file[..length]).is_err());
    }
}

#[test]
fn opus_comments_over_pages() {
    // Padding behind the comments makes the packet longer than a segment.
    let packet = joined(&[b"OpusTags", &comments(), &[0; 200]]);
    let page =
        |lacing: &[u8], data: &[u8]| joined(&[b"OggS", &[0; 22], &[u8::try_from(lacing.len()).unwrap()], lacing, data]);
    // A packet that ends a page with a full segment continues on the next page.
    let (first, rest) = packet.split_at(255);
    let rest_length = u8::try_from(rest.len()).unwrap();
    let file = joined(&[&page(&[4], b"Opus"), &page(&[255], first), &page(&[rest_length], rest)]);
    has_both(&file, "Ogg");
}

#[test]
fn mp3_user_texts() {
    let frame = |key: &str, text: &str| {
        let utf16: Vec<u8> =
            format!("\u{feff}{key}\0\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let data = joined(&[&[1], &utf16]);
        joined(&[b"TXXX", &u32::try_from(data.len()).unwrap().to_be_bytes(), &[0; 2], &data])
    };
    let frames = joined(&[&frame("prompt", PROMPT), &frame("workflow", WORKFLOW), &[0; 20]]);
    let length = frames.len();
    let byte = |shift: usize| u8::try_from(length >> shift & 0x7F).unwrap();
    let file = joined(&[b"ID3\x03\0\0", &[byte(21), byte(14), byte(7), byte(0)], &frames]);
    has_both(&file, "MP3");
}

fn mp4_box(kind: &[u8], data: &[u8]) -> Vec<u8> {
    joined(&[&u32::try_from(data.len() + 8).unwrap().to_be_bytes(), kind, data])
}

#[test]
fn mp4_keys() {
    let keys = joined(&[&[0, 0, 0, 0, 0, 0, 0, 2], &mp4_box(b"mdta", b"prompt"), &mp4_box(b"mdta", b"workflow")]);
    let item = |index: u8, text: &str| {
        mp4_box(&[0, 0, 0, index], &mp4_box(b"data", &joined(&[&[0, 0, 0, 1, 0, 0, 0, 0], text.as_bytes()])))
    };
    let list = joined(&[&item(1, PROMPT), &item(2, WORKFLOW)]);
    let meta = joined(&[&mp4_box(b"hdlr", &[0; 24]), &mp4_box(b"keys", &keys), &mp4_box(b"ilst", &list)]);
    let full = joined(&[&[0; 4], &meta]);
    for moov in [mp4_box(b"udta", &mp4_box(b"meta", &full)), mp4_box(b"meta", &meta)] {
        let file = joined(&[&mp4_box(b"ftyp", b"isom"), &mp4_box(b"mdat", &[7; 9]), &mp4_box(b"moov", &moov)]);
        has_both(&file, "MP4");
    }
    assert!(matches!(read(&mp4_box(b"ftyp", b"isom")), Err(DocumentError::Damaged { .. })));
}

fn element(id: &[u8], data: &[u8]) -> Vec<u8> {
    joined(&[id, &(0x0100_0000_0000_0000_u64 | data.len() as u64).to_be_bytes(), data])
}

#[test]
fn webm_tags() {
    let tag = |name: &str, text: &str| {
        let name = element(&[0x45, 0xA3], name.as_bytes());
        element(&[0x67, 0xC8], &joined(&[&name, &element(&[0x44, 0x87], text.as_bytes())]))
    };
    let tags = joined(&[&tag("ENCODER", "x"), &tag("PROMPT", PROMPT), &tag("WORKFLOW", WORKFLOW)]);
    let tags = element(&[0x12, 0x54, 0xC3, 0x67], &element(&[0x73, 0x73], &tags));
    let head = element(&[0x1A, 0x45, 0xDF, 0xA3], b"x");
    has_both(&joined(&[&head, &element(&[0x18, 0x53, 0x80, 0x67], &tags)]), "WebM");
    // A segment of unknown size.
    has_both(&joined(&[&head, &[0x18, 0x53, 0x80, 0x67, 0xFF], &tags]), "WebM");
}

#[test]
fn a_comment_can_hold_both_prompt_and_workflow() {
    let quoted = |text: &str| comfy_schema::Value::from(text).to_string();
    let comment = format!("{{\"prompt\": {}, \"workflow\": {WORKFLOW}}}", quoted(PROMPT));
    has_both(&png(&[(b"tEXt", joined(&[b"Comment\0", comment.as_bytes()]))]), "PNG");
}

#[test]
fn errors_name_the_kind_of_file_that_holds_no_workflow() {
    for (bytes, word) in [
        (&b"\xFF\xD8\xFF\xE0"[..], "JPEG"),
        (b"GIF89a", "GIF"),
        (b"PK\x03\x04", "ZIP"),
        (b"<!DOCTYPE html>", "web page"),
        (b"<svg xmlns=", "SVG"),
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "not JSON"),
        (b"[1]", "an array"),
        (b"{}", "an empty object"),
        (br#"{"A": {"input": {}, "output": []}}"#, "/object_info"),
    ] {
        let error = read(bytes).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

/// Returns a compressed text chunk whose text has this many mebibytes of blanks before it.
fn padded(key: &str, mebibytes: usize, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    let text = [vec![b' '; mebibytes << 20], text.as_bytes().to_vec()].concat();
    (b"zTXt", joined(&[key.as_bytes(), b"\0\0", &deflated(&text)]))
}

#[test]
fn all_texts_of_a_file_share_one_budget() {
    let document = read(&png(&[padded("workflow", 40, WORKFLOW), padded("prompt", 40, PROMPT)])).unwrap();
    assert!(document.ui().is_some() && document.api().is_none());
    let warning = document.warnings()[0].to_string();
    assert!(warning.contains("more than 64 MiB of text"), "{warning}");

    let error = read(&png(&vec![padded("comment", 40, ""); 3])).unwrap_err();
    assert_eq!(error, DocumentError::TooMuchText { format: "PNG", max: 64 << 20 });
    assert_eq!(error.to_string(), "the PNG file unpacks to more than 64 MiB of text; use the file that ComfyUI saved");
}

#[test]
fn a_small_text_cannot_become_large_json() {
    let text = format!("{{\"1\": {{\"class_type\": \"A\", \"inputs\": {{\"x\": [{}0]}}}}}}", "[],".repeat(4 << 20));
    let file = png(&[(b"zTXt", joined(&[b"prompt\0\0", &deflated(text.as_bytes())]))]);
    let error = in_full(&read(&file).unwrap_err());
    assert!(error.contains("the JSON in the PNG file takes more than 64 MiB of memory"), "{error}");
}

#[test]
fn a_key_that_many_texts_use_is_cut() {
    let boxed = |kind: &[u8], data: &[u8]| joined(&[&u32::try_from(data.len() + 8).unwrap().to_be_bytes(), kind, data]);
    let keys = boxed(b"keys", &joined(&[&[0; 8], &boxed(b"mdta", &vec![b'k'; 1 << 20])]));
    let item = boxed(&[0, 0, 0, 1], &boxed(b"data", b"\0\0\0\x01\0\0\0\0x"));
    let items = boxed(b"ilst", &item.repeat(10_000));
    let meta = boxed(b"meta", &joined(&[&[0; 4], &keys, &items]));
    let file = joined(&[b"\0\0\0\x08ftyp", &boxed(b"moov", &meta)]);
    let metadata = super::mp4::read(&file);
    assert_eq!(metadata.entries.len(), crate::limits::MAX_METADATA_TEXTS);
    assert_eq!(metadata.entries[0].0.len(), crate::limits::MAX_METADATA_KEY_LEN);
}

#[test]
fn only_the_first_comments_are_searched() {
    let comment = |text: &str| (b"tEXt", joined(&[b"Comment\0", text.as_bytes()]));
    let good = format!("{{\"workflow\": {WORKFLOW}}}");
    let mut chunks: Vec<(&[u8; 4], Vec<u8>)> = (0..3).map(|_| comment("[]")).collect();
    chunks.push(comment(&good));
    assert!(read(&png(&chunks)).is_ok());
    chunks.insert(0, comment("[]"));
    assert!(read(&png(&chunks)).is_err());
}
