//! MP4 and MOV files: `moov/meta` or `moov/udta/meta` with the boxes `keys` and `ilst`, as `use_metadata_tags` writes
//! them.

use super::{Metadata, key_of, latin1, take, take_array, take_u32};

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    let mut has_index = false;
    for (kind, data) in Boxes(bytes) {
        if &kind == b"moov" {
            has_index = true;
            for (kind, data) in Boxes(data) {
                match &kind {
                    b"meta" => meta(data, &mut metadata),
                    b"udta" => {
                        for (_, data) in Boxes(data).filter(|(kind, _)| kind == b"meta") {
                            meta(data, &mut metadata);
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    if !has_index {
        metadata.damaged("it has no index (`moov`), perhaps because it was cut off");
    }
    metadata
}

/// The boxes of a container, one after another. A box that states a size beyond the end of the container ends with it.
struct Boxes<'f>(&'f [u8]);

impl<'f> Iterator for Boxes<'f> {
    type Item = ([u8; 4], &'f [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.0;
        let size = take_u32(&mut rest)?;
        let kind = take_array(&mut rest)?;
        let length = match size {
            0 => rest.len(),
            1 => usize::try_from(u64::from_be_bytes(take_array(&mut rest)?)).unwrap_or(usize::MAX).checked_sub(16)?,
            size => size.checked_sub(8)?,
        };
        let length = length.min(rest.len());
        let data = take(&mut rest, length)?;
        self.0 = rest;
        Some((kind, data))
    }
}

fn meta<'f>(data: &'f [u8], metadata: &mut Metadata<'f>) {
    // In MP4, a version and flags come first; in QuickTime, they are absent.
    let data = if data.get(4..8) == Some(b"hdlr") { data } else { data.get(4..).unwrap_or_default() };
    let mut keys: Vec<&[u8]> = Vec::new();
    for (kind, data) in Boxes(data) {
        match &kind {
            // Version and count come first; each key is a box of its own.
            b"keys" => keys = Boxes(data.get(8..).unwrap_or_default()).map(|(_, key)| key).collect(),
            b"ilst" => items(data, &keys, metadata),
            _ => {}
        }
    }
}

fn items<'f>(data: &'f [u8], keys: &[&[u8]], metadata: &mut Metadata<'f>) {
    for (index, data) in Boxes(data) {
        let number = usize::try_from(u32::from_be_bytes(index)).unwrap_or_default();
        let key = match number.checked_sub(1).and_then(|at| keys.get(at)) {
            Some(key) => key_of(key),
            // Without the box `keys`, the name of the box is the key.
            None if index == *b"\xA9cmt" => "comment".into(),
            None => latin1(&index),
        };
        for (kind, data) in Boxes(data) {
            // Type and locale come first.
            if &kind == b"data"
                && let Some(text) = data.get(8..)
            {
                metadata.add(key.clone(), text);
            }
        }
    }
}
