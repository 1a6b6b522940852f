//! Feeds bytes to the reader of pictures, after the first bytes of each file format. Reading never panics and never takes much
//! memory.
//!
//! ```text
//! cargo +nightly fuzz run picture -- -max_len=8192 -max_total_time=120
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The beginnings of files; the first byte of the input chooses one. The last is empty, so that the input is used as it is.
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

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let head = HEADS[usize::from(*first) % HEADS.len()];
    let _ = comfy_convert::read(&[head, rest].concat());
});
