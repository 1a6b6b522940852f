//! Video files in `WebM`, with grey VP8 frames.
//!
//! VP8 decodes the bits of a key frame arithmetically. Bytes of zero decode to zero bits: no segments, no filter, no
//! coefficients. The picture is then the medium grey that prediction begins with.

use super::boxes::joined;

/// Returns a video of this number of key frames, at 8 frames per second.
pub(crate) fn webm(frames: u8, width: u16, height: u16) -> Vec<u8> {
    let (width, height) = (width.clamp(1, 0x3fff), height.clamp(1, 0x3fff));
    let header = element(
        &[0x1a, 0x45, 0xdf, 0xa3],
        &[
            &unsigned(&[0x42, 0x86], 1),
            &unsigned(&[0x42, 0xf7], 1),
            &unsigned(&[0x42, 0xf2], 4),
            &unsigned(&[0x42, 0xf3], 8),
            &element(&[0x42, 0x82], &[b"webm"]),
            &unsigned(&[0x42, 0x87], 2),
            &unsigned(&[0x42, 0x85], 2),
        ],
    );
    let duration = f64::from(frames) * 125.0;
    let information = element(
        &[0x15, 0x49, 0xa9, 0x66],
        &[
            &unsigned(&[0x2a, 0xd7, 0xb1], 1_000_000),
            &element(&[0x44, 0x89], &[&duration.to_be_bytes()]),
            &element(&[0x4d, 0x80], &[b"comfy-mock"]),
            &element(&[0x57, 0x41], &[b"comfy-mock"]),
        ],
    );
    let track = element(
        &[0xae],
        &[
            &unsigned(&[0xd7], 1),
            &unsigned(&[0x73, 0xc5], 1),
            &unsigned(&[0x83], 1),
            &element(&[0x86], &[b"V_VP8"]),
            &element(&[0xe0], &[&unsigned(&[0xb0], width.into()), &unsigned(&[0xba], height.into())]),
        ],
    );
    let picture = key_frame(width, height);
    let blocks: Vec<u8> = (0..frames)
        .flat_map(|at| {
            let time = (u16::from(at) * 125).to_be_bytes();
            element(&[0xa3], &[&[0x81], &time, &[0x80], &picture])
        })
        .collect();
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], &[&unsigned(&[0xe7], 0), &blocks]);
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &[&track]);
    joined(&[&header, &element(&[0x18, 0x53, 0x80, 0x67], &[&information, &tracks, &cluster])])
}

/// Returns an element: its id, its length in 8 bytes, and its body.
fn element(id: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let body = joined(parts);
    let length = body.len() as u64 | 1 << 56;
    joined(&[id, &length.to_be_bytes(), &body])
}

fn unsigned(id: &[u8], value: u32) -> Vec<u8> {
    element(id, &[&value.to_be_bytes()])
}

/// Returns a grey key frame.
fn key_frame(width: u16, height: u16) -> Vec<u8> {
    let blocks = usize::from(width.div_ceil(16)) * usize::from(height.div_ceil(16));
    // The modes take a few bits for each macroblock, and the header takes some hundred bytes.
    let modes = vec![0; (300 + 4 * blocks).min(0x7_ffff)];
    let tokens = vec![0; 16 + 8 * blocks];
    // Key frame, version 0, shown; then the length of the first partition.
    let tag = (u32::try_from(modes.len()).unwrap_or(0) << 5 | 0x10).to_le_bytes();
    joined(&[&tag[..3], &[0x9d, 0x01, 0x2a], &width.to_le_bytes(), &height.to_le_bytes(), &modes, &tokens])
}

#[cfg(test)]
mod tests {
    use super::webm;

    #[test]
    fn the_file_starts_with_the_signature_of_matroska() {
        let file = webm(2, 64, 48);
        assert_eq!(&file[..4], &[0x1a, 0x45, 0xdf, 0xa3]);
        assert!(file.windows(5).any(|bytes| bytes == b"V_VP8"));
    }
}
