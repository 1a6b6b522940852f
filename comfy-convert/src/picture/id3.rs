//! ID3 tags of MP3 files: frames `TXXX` with a key and a text.

use super::{Metadata, latin1, take, take_array};

/// The id of a frame that holds a user-defined key and its text.
const USER_TEXT: &[u8; 4] = b"TXXX";

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    if frames(bytes, &mut metadata).is_none() {
        metadata.damaged("it ends inside its tag");
    }
    metadata
}

fn frames(bytes: &[u8], metadata: &mut Metadata<'_>) -> Option<()> {
    let mut rest = bytes.get(3..)?;
    let [version, _revision, flags] = take_array(&mut rest)?;
    let length = synchsafe(take_array(&mut rest)?);
    let mut tag = rest.get(..length)?;
    if flags & 0x40 != 0 {
        let size: [u8; 4] = take_array(&mut tag)?;
        // In version 4, the length includes itself.
        let size = if version >= 4 { synchsafe(size).saturating_sub(4) } else { plain(size) };
        take(&mut tag, size)?;
    }
    // The padding after the frames is zeros.
    while tag.len() >= 10 && tag[0] != 0 {
        let id: [u8; 4] = take_array(&mut tag)?;
        let size: [u8; 4] = take_array(&mut tag)?;
        take(&mut tag, 2)?;
        let data = take(&mut tag, if version >= 4 { synchsafe(size) } else { plain(size) })?;
        if &id == USER_TEXT
            && !metadata.is_full()
            && let Some((key, text)) = user_text(data)
        {
            metadata.add(key, text.into_bytes());
        }
    }
    Some(())
}

/// Returns the key and the text of a `TXXX` frame, which holds an encoding, the key, a zero and the text.
fn user_text(data: &[u8]) -> Option<(String, String)> {
    let (&encoding, rest) = data.split_first()?;
    let text = match encoding {
        0 => latin1(rest),
        1 | 2 => utf16(rest, encoding == 2),
        _ => String::from_utf8_lossy(rest).into_owned(),
    };
    let (key, text) = text.split_once('\0')?;
    let text = text.trim_end_matches('\0').trim_start_matches('\u{feff}');
    Some((key.trim_start_matches('\u{feff}').to_owned(), text.to_owned()))
}

/// Decodes UTF-16 by its byte order mark, or else in the given order.
fn utf16(bytes: &[u8], big: bool) -> String {
    let big = if bytes.starts_with(&[0xFE, 0xFF]) { true } else { big && !bytes.starts_with(&[0xFF, 0xFE]) };
    let unit = |pair: &[u8; 2]| if big { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units = bytes.as_chunks::<2>().0.iter().map(unit);
    char::decode_utf16(units).map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Decodes a number with seven bits per byte.
fn synchsafe(bytes: [u8; 4]) -> usize {
    bytes.iter().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7F))
}

fn plain(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX)
}
