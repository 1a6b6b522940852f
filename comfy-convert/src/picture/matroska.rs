//! WebM and Matroska files: `Segment/Tags/Tag/SimpleTag` with a name and a text.

use super::{Metadata, key_of, take, take_array};

const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const TAGS: u32 = 0x1254_C367;
const TAG: u32 = 0x7373;
const SIMPLE_TAG: u32 = 0x67C8;
const TAG_NAME: u32 = 0x45A3;
const TAG_STRING: u32 = 0x4487;
/// The size of an element that does not state one. No element that fits into memory has this size.
const UNKNOWN: usize = usize::MAX;

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    if walk(bytes, &mut metadata).is_none() {
        metadata.damaged("it ends inside an element");
    }
    metadata
}

/// Walks the elements and enters those that contain tags. No recursion is needed, because an element's id alone tells
/// what it holds.
fn walk<'f>(bytes: &'f [u8], metadata: &mut Metadata<'f>) -> Option<()> {
    let mut rest = bytes;
    let mut name: Option<String> = None;
    while !rest.is_empty() {
        let id = id(&mut rest)?;
        let size = size(&mut rest)?;
        match id {
            SEGMENT | TAGS | TAG | SIMPLE_TAG => {}
            // The clusters of a live recording do not state their size, so the walk goes on with the elements inside
            // them.
            CLUSTER if size == UNKNOWN => {}
            _ => {
                let data = take(&mut rest, size)?;
                match id {
                    TAG_NAME => name = Some(key_of(data)),
                    TAG_STRING => metadata.add(name.take().unwrap_or_default(), data),
                    _ => {}
                }
            }
        }
    }
    Some(())
}

/// Takes an element's id, whose length follows from its first byte.
fn id(rest: &mut &[u8]) -> Option<u32> {
    let length = usize::try_from(rest.first()?.leading_zeros()).ok()? + 1;
    let bytes = take(rest, length).filter(|bytes| bytes.len() <= 4)?;
    Some(bytes.iter().fold(0, |id, &byte| id << 8 | u32::from(byte)))
}

/// Takes a size, which may be [`UNKNOWN`].
fn size(rest: &mut &[u8]) -> Option<usize> {
    let length = rest.first()?.leading_zeros();
    let [first] = take_array(rest)?;
    let bytes = take(rest, usize::try_from(length).ok().filter(|length| *length < 8)?)?;
    let mask = 0xFF_u64 >> (length + 1);
    let value = bytes.iter().fold(u64::from(first) & mask, |size, &byte| size << 8 | u64::from(byte));
    let unknown = value == (1 << (7 * (length + 1))) - 1;
    if unknown { Some(UNKNOWN) } else { usize::try_from(value).ok() }
}
