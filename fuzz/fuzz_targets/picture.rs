//! Any bytes behind the first bytes of each kind of picture: reading never panics nor takes much memory.
//!
//! ```text
//! cargo +nightly fuzz run picture -- -max_len=8192 -max_total_time=120
//! ```

#![no_main]

use libfuzzer_sys::fuzz_target;

/// The first byte of the input chooses; behind the last, the input stands as it is.
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
