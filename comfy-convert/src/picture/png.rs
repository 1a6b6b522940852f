//! PNG files: the chunks `tEXt`, `zTXt`, `iTXt`, and `comf`, in which ComfyUI puts the texts of animations.

use super::{Metadata, key_of, latin1, take, take_array, take_u32};

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    let mut rest = bytes.get(8..).unwrap_or_default();
    loop {
        let (Some(length), Some(kind)) = (take_u32(&mut rest), take_array::<4>(&mut rest)) else {
            metadata.damaged("it ends before its last chunk");
            return metadata;
        };
        if &kind == b"IEND" {
            return metadata;
        }
        let Some(data) = take(&mut rest, length) else {
            metadata.damaged(format!("it ends inside a chunk `{}`", latin1(&kind).escape_default()));
            return metadata;
        };
        // The checksum is ignored, because most damage to the text shows when its JSON is parsed.
        take(&mut rest, 4);
        if text(kind, data, &mut metadata).is_none() {
            metadata.damaged(format!("a chunk `{}` is malformed", latin1(&kind).escape_default()));
        }
    }
}

/// Adds the text of a chunk, which holds a keyword, a zero, fields that depend on the kind of chunk, and the text.
fn text<'f>(kind: [u8; 4], data: &'f [u8], metadata: &mut Metadata<'f>) -> Option<()> {
    if !matches!(&kind, b"tEXt" | b"zTXt" | b"iTXt" | b"comf") {
        return Some(());
    }
    let (key, mut rest) = until_zero(data)?;
    let key = key_of(key);
    match &kind {
        b"zTXt" => {
            take(&mut rest, 1)?;
            metadata.add_deflated(key, rest);
        }
        b"iTXt" => {
            let [compressed, _method] = take_array(&mut rest)?;
            let (_language, rest) = until_zero(rest)?;
            let (_translated, rest) = until_zero(rest)?;
            if compressed == 0 { metadata.add(key, rest) } else { metadata.add_deflated(key, rest) }
        }
        _ => metadata.add(key, rest),
    }
    Some(())
}

fn until_zero(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|&byte| byte == 0)?;
    Some((&data[..at], &data[at + 1..]))
}
