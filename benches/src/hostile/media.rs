//! Pictures, videos and sounds.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// The name of a file and its content.
type Make = (&'static str, fn() -> Vec<u8>);

const MIB: usize = 1 << 20;

/// The files.
pub(super) const CASES: &[Make] = &[
    ("text-4-gib.png", || png(&[compressed("prompt", &zeros(4096, b'\0'))])),
    ("text-63-mib-of-numbers.png", || png(&[compressed("prompt", &inflated(b"0,", 31 * MIB))])),
    ("text-63-mib-of-arrays.png", || png(&[compressed("prompt", &inflated(b"[],", 21 * MIB))])),
    ("text-63-mib-of-nested-arrays.png", || png(&[compressed("workflow", &inflated(b"[[[[]]]],", 7 * MIB))])),
    ("text-63-mib-of-objects.png", || png(&[compressed("prompt", &inflated(b"{\"a\":0},", 7 * MIB))])),
    ("text-63-mib-of-slots.png", || png(&[compressed("workflow", &slots(20 * MIB))])),
    ("text-63-mib-latin-1.png", || png(&[compressed("prompt", &inflated(b"\"\xe9\",", 15 * MIB))])),
    ("text-63-mib-of-surrogates.png", || png(&[compressed("prompt", &inflated(br#""\ud800","#, 7 * MIB))])),
    ("comments-1000-compressed.png", || png(&vec![compressed("comment", &zeros(63, b' ')); 1000])),
    ("comments-200-of-numbers.png", || png(&vec![compressed("comment", &repeated(b"0,", 31 * MIB)); 200])),
    ("both-63-mib.png", || png(&[compressed("prompt", &zeros(63, b' ')), compressed("workflow", &zeros(63, b' '))])),
    ("international-4-gib.png", || {
        let data = [b"prompt\0\x01\0\0\0".as_slice(), &zeros(4096, b' ')].concat();
        png(&[chunk(*b"iTXt", &data)])
    }),
    ("nested-1000000.png", || png(&[chunk(*b"tEXt", &[b"prompt\0".as_slice(), &vec![b'['; 1_000_000]].concat())])),
    ("chunks-empty.png", || png(&vec![chunk(*b"tEXt", b""); 2_000_000])),
    ("chunk-too-long.png", || [PNG, &u32::MAX.to_be_bytes(), b"tEXtprompt\0{}"].concat()),
    ("zeros.png", || [PNG, &vec![0; 64 * MIB]].concat()),
    ("zeros.bin", || vec![0; 64 * MIB]),
    ("exif-chunks.webp", || [b"RIFF\0\0\0\0WEBP".as_slice(), &b"EXIF\0\0\0\0".repeat(8_000_000)].concat()),
    ("exif-shared-comment.webp", exif_shared_comment),
    ("segments-nested.webm", || {
        let segment = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
        [b"\x1A\x45\xDF\xA3\x80".as_slice(), &segment.repeat(4_000_000)].concat()
    }),
    ("boxes-in-boxes.mp4", || [MP4, &b"\0\0\0\x10moov\0\0\0\x08udta".repeat(4_000_000)].concat()),
    ("boxes-too-long.mp4", || [MP4, &b"\x7f\xff\xff\xffmoov".repeat(8_000_000)].concat()),
    ("boxes-to-the-end.mp4", || [MP4, &b"\0\0\0\0moov".repeat(8_000_000)].concat()),
    ("key-of-many-items.mp4", key_of_many_items),
    ("pages.opus", || {
        let page = [&[0; 22], b"\xff".as_slice(), &[0xff; 255], &[b'x'; 65_025], b"OggS"].concat();
        [b"OggS".as_slice(), &page.repeat(1_000)].concat()
    }),
    ("blocks-and-count.flac", || {
        [b"fLaC\x04\xff\xff\xff\0\0\0\0\xff\xff\xff\xff".as_slice(), &vec![0; 64 * MIB]].concat()
    }),
    ("frames.mp3", || {
        [b"ID3\x04\0\0\x7f\x7f\x7f\x7f".as_slice(), &b"TXXX\0\0\0\x01\0\0\x03".repeat(6_000_000)].concat()
    }),
];

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const MP4: &[u8] = b"\0\0\0\x08ftyp";

fn png(chunks: &[Vec<u8>]) -> Vec<u8> {
    [PNG.to_vec(), chunks.concat(), chunk(*b"IEND", b"")].concat()
}

/// Returns a chunk of a PNG file. Its checksum is not right, which no reader of texts minds.
fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), kind.as_slice(), data, &[0; 4]].concat()
}

fn compressed(key: &str, deflated: &[u8]) -> Vec<u8> {
    chunk(*b"zTXt", &[key.as_bytes(), b"\0\0", deflated].concat())
}

fn deflate(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    for part in parts {
        _ = encoder.write_all(&part);
    }
    encoder.finish().unwrap_or_default()
}

/// Returns compressed text that consists of one byte.
fn zeros(mebibytes: usize, byte: u8) -> Vec<u8> {
    deflate(std::iter::repeat_with(|| vec![byte; MIB]).take(mebibytes))
}

/// Returns a compressed array of many equal elements.
fn repeated(element: &[u8], count: usize) -> Vec<u8> {
    deflate([b"[".to_vec(), element.repeat(count), b"0]".to_vec()])
}

/// Returns a compressed prompt with an input that is an array of many equal elements.
fn inflated(element: &[u8], count: usize) -> Vec<u8> {
    let head = br#"{"1":{"class_type":"A","inputs":{"a":["#;
    deflate([head.to_vec(), element.repeat(count), b"0]}}}".to_vec()])
}

/// Returns a compressed workflow whose node has many inputs.
fn slots(count: usize) -> Vec<u8> {
    let head = br#"{"links":[],"nodes":[{"id":1,"type":"A","inputs":["#;
    deflate([head.to_vec(), b"{},".repeat(count), b"{}]}]}".to_vec()])
}

/// Many EXIF entries whose comment is the same long text.
fn exif_shared_comment() -> Vec<u8> {
    let count: u16 = 1_000;
    let text = [b"comment:[".as_slice(), &b"0,".repeat(8 * MIB), b"0]"].concat();
    let start = 10 + 12 * u32::from(count);
    let length = u32::try_from(text.len()).unwrap_or_default();
    let entry = [b"\x10\x01\x02\0".as_slice(), &length.to_le_bytes(), &start.to_le_bytes()].concat();
    let exif = [b"II*\0\x08\0\0\0".as_slice(), &count.to_le_bytes(), &entry.repeat(count.into()), &text].concat();
    let size = u32::try_from(exif.len()).unwrap_or_default();
    [b"RIFF\0\0\0\0WEBPEXIF".as_slice(), &size.to_le_bytes(), &exif].concat()
}

/// One long key that many items name.
fn key_of_many_items() -> Vec<u8> {
    let boxed = |kind: &[u8], data: &[u8]| {
        let length = u32::try_from(data.len() + 8).unwrap_or_default();
        [&length.to_be_bytes(), kind, data].concat()
    };
    let keys = boxed(b"keys", &[[0; 8].as_slice(), &boxed(b"mdta", &vec![b'k'; 16 * MIB])].concat());
    let item = boxed(&[0, 0, 0, 1], &boxed(b"data", b"\0\0\0\x01\0\0\0\0x"));
    let meta = boxed(b"meta", &[[0; 4].as_slice(), &keys, &boxed(b"ilst", &item.repeat(1_000_000))].concat());
    [MP4, &boxed(b"moov", &meta)].concat()
}
