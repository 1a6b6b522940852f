//! Ogg files with Opus or Vorbis: the second packet holds the comments, over as many pages as it needs.

use super::{Metadata, take, take_array, vorbis};

pub(super) fn read(bytes: &[u8]) -> Metadata<'_> {
    let mut metadata = Metadata::default();
    let Some(packet) = second_packet(bytes) else {
        metadata.damaged("it ends before the end of its comments");
        return metadata;
    };
    let comments = packet.strip_prefix(b"OpusTags").or_else(|| packet.strip_prefix(b"\x03vorbis"));
    if let Some(comments) = comments
        && vorbis::owned_comments(comments, &mut metadata).is_none()
    {
        metadata.damaged("its comments are malformed");
    }
    metadata
}

/// Returns the second packet, joined from its segments. It is never longer than the file.
fn second_packet(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut rest, mut packet, mut number) = (bytes, Vec::new(), 0);
    loop {
        if take(&mut rest, 4)? != b"OggS" {
            return None;
        }
        // Skips version, kind, position, stream, sequence and checksum.
        take(&mut rest, 22)?;
        let [count] = take_array(&mut rest)?;
        let lacing = take(&mut rest, usize::from(count))?;
        for &length in lacing {
            let segment = take(&mut rest, usize::from(length))?;
            if number == 1 {
                packet.extend_from_slice(segment);
            }
            // A segment of less than 255 bytes ends a packet.
            if length < 255 {
                number += 1;
                if number == 2 {
                    return Some(packet);
                }
            }
        }
    }
}
