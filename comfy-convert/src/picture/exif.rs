//! EXIF data: ComfyUI writes `prompt:{…}` into the tag Model, and `workflow:{…}` and other texts into the tag Make and
//! those with lower numbers.

use super::{Metadata, latin1};

/// The type of an entry that holds a text.
const ASCII: u16 = 2;
/// The size of an entry, in bytes.
const ENTRY: usize = 12;

/// Adds the texts of the first directory that have the form `key:text`.
pub(super) fn read<'f>(data: &'f [u8], metadata: &mut Metadata<'f>) {
    let tiff = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
    if directory(tiff, metadata).is_none() {
        metadata.damaged("its EXIF data is malformed");
    }
}

fn directory<'f>(tiff: &'f [u8], metadata: &mut Metadata<'f>) -> Option<()> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let reader = Reader { tiff, little };
    let start = reader.long(4)?;
    let count = usize::from(reader.short(start)?);
    let mut damaged = false;
    for entry in 0..count {
        let at = start.checked_add(2)?.checked_add(entry * ENTRY)?;
        let (tag, kind, length) = (reader.short(at)?, reader.short(at + 2)?, reader.long(at + 4)?);
        if kind != ASCII {
            continue;
        }
        // A text of at most four bytes is stored in the entry itself.
        let place = if length <= 4 { at + 8 } else { reader.long(at + 8)? };
        let text = place.checked_add(length).and_then(|end| tiff.get(place..end));
        match text.map(|text| text.strip_suffix(b"\0").unwrap_or(text)) {
            Some(text) => match split(text) {
                Some((key, text)) => metadata.add(key, text),
                None => metadata.add(format!("EXIF tag 0x{tag:04x}"), text),
            },
            None => damaged = true,
        }
    }
    (!damaged).then_some(())
}

/// Splits a text of the form `key:text`, where the key is a short word.
fn split(text: &[u8]) -> Option<(String, &[u8])> {
    let at = text.iter().take(64).position(|&byte| byte == b':')?;
    let key = &text[..at];
    let word = !key.is_empty() && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_- ".contains(byte));
    word.then(|| (latin1(key), &text[at + 1..]))
}

struct Reader<'f> {
    tiff: &'f [u8],
    little: bool,
}

impl Reader<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<usize> {
        let bytes = self.tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }).ok()
    }
}
