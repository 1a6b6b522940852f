//! WebP files: the chunk `EXIF` of the RIFF file.

use super::{Metadata, exif, take, take_array};

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    let mut rest = bytes.get(12..).unwrap_or_default();
    while !rest.is_empty() {
        let (Some(kind), Some(length)) = (take_array::<4>(&mut rest), take_array(&mut rest).map(u32::from_le_bytes))
        else {
            metadata.damaged("it ends inside a chunk's head");
            return metadata;
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(data) = take(&mut rest, length) else {
            metadata.damaged("it ends inside a chunk");
            return metadata;
        };
        // Chunks begin at even offsets.
        take(&mut rest, length % 2);
        if &kind == b"EXIF" {
            exif::read(data, &mut metadata);
        }
    }
    metadata
}
