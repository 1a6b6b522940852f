//! Feeds bytes to the reader of pictures and other files with metadata. Reading never panics, and never takes much memory
//! or time.
//!
//! The first byte of an input chooses the beginning of a file format, which is put before the other bytes.

/// The beginnings of files. The last is empty, so that the input is used as it is.
const HEADS: &[&[u8]] = &[
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\0\0\0\0WEBP",
    b"fLaC",
    b"OggS",
    b"ID3\x04\0\0",
    b"\0\0\0\x08ftyp",
    b"\x1A\x45\xDF\xA3",
    b"",
];

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let head = HEADS[usize::from(*first) % HEADS.len()];
    let _ = comfy_convert::read(&[head, rest].concat());
}
