//! Vorbis comments (`KEY=text`), which FLAC and Opus files hold.

use std::borrow::Cow;

use super::{Metadata, latin1, take, take_array, take_u32};

/// The kind of block that holds the comments.
const COMMENTS: u8 = 4;

/// Reads the metadata blocks of a FLAC file, which come before the sound.
pub(super) fn read_flac(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    let mut rest = bytes.get(4..).unwrap_or_default();
    loop {
        let Some(head) = take_u32(&mut rest) else {
            metadata.damaged("it ends before the sound begins");
            return metadata;
        };
        let (kind, length) = ((head >> 24) & 0x7F, head & 0xFF_FFFF);
        let Some(data) = take(&mut rest, length) else {
            metadata.damaged("it ends inside a metadata block");
            return metadata;
        };
        if kind == usize::from(COMMENTS) && comments(data, &mut metadata).is_none() {
            metadata.damaged("its comments are malformed");
        }
        if head >> 31 == 1 {
            return metadata;
        }
    }
}

/// Adds the comments of a block, which holds the name of the writer, a count, and that many texts. Each length precedes
/// its text.
pub(super) fn comments<'f>(data: &'f [u8], metadata: &mut Metadata<'f>) -> Option<()> {
    let mut rest = data;
    let writer = length(&mut rest)?;
    take(&mut rest, writer)?;
    let count = length(&mut rest)?;
    for _ in 0..count {
        let long = length(&mut rest)?;
        let comment = take(&mut rest, long)?;
        if let Some(at) = comment.iter().take(256).position(|&byte| byte == b'=') {
            metadata.add(latin1(&comment[..at]), Cow::Borrowed(&comment[at + 1..]));
        }
    }
    Some(())
}

/// Adds copies of the comments of a block that is not a slice of the file.
pub(super) fn owned_comments(data: &[u8], metadata: &mut Metadata<'_>) -> Option<()> {
    let mut borrowed = Metadata::default();
    let result = comments(data, &mut borrowed);
    for (key, payload) in borrowed.entries {
        if let super::Payload::Plain(text) = payload {
            metadata.add(key, text.into_owned());
        }
    }
    result
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(take_array(rest)?)).ok()
}
