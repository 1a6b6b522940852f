//! MP4 files whose frames are JPEG pictures.

use super::boxes::{joined, u32_of};

/// Returns a video of frames that are JPEG files of this size, at 8 frames per second.
pub(crate) fn mp4(frames: &[Vec<u8>], width: u16, height: u16) -> Vec<u8> {
    let file_type = atom(*b"ftyp", &[b"isom", &512_u32.to_be_bytes(), b"isommp41"]);
    let data = frames.concat();
    let media = atom(*b"mdat", &[&data]);
    let start = u32_of(file_type.len() + 8);
    joined(&[&file_type, &media, &movie(frames, width, height, start)])
}

fn atom(kind: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = joined(parts);
    joined(&[&u32_of(body.len() + 8).to_be_bytes(), &kind, &body])
}

/// Returns an atom that begins with a version and flags.
fn full(kind: [u8; 4], flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    atom(kind, &[&flags.to_be_bytes(), &joined(parts)])
}

/// The number of time units in a second.
const SCALE: u32 = 8_000;

/// The duration of a frame, in time units.
const FRAME: u32 = 1_000;

fn movie(frames: &[Vec<u8>], width: u16, height: u16, start: u32) -> Vec<u8> {
    let duration = (u32_of(frames.len()) * FRAME).to_be_bytes();
    let matrix = matrix();
    let header = full(
        *b"mvhd",
        0,
        &[
            &[0; 8],
            &SCALE.to_be_bytes(),
            &duration,
            &0x1_0000_u32.to_be_bytes(),
            &0x100_u16.to_be_bytes(),
            &[0; 10],
            &matrix,
            &[0; 24],
            &2_u32.to_be_bytes(),
        ],
    );
    let track_header = full(
        *b"tkhd",
        7,
        &[
            &[0; 8],
            &1_u32.to_be_bytes(),
            &[0; 4],
            &duration,
            &[0; 16],
            &matrix,
            &(u32::from(width) << 16).to_be_bytes(),
            &(u32::from(height) << 16).to_be_bytes(),
        ],
    );
    let media_header = full(*b"mdhd", 0, &[&[0; 8], &SCALE.to_be_bytes(), &duration, &[0x55, 0xc4, 0, 0]]);
    let handler = full(*b"hdlr", 0, &[&[0; 4], b"vide", &[0; 12], b"comfy-mock\0"]);
    let information = atom(
        *b"minf",
        &[
            &full(*b"vmhd", 1, &[&[0; 8]]),
            &atom(*b"dinf", &[&full(*b"dref", 0, &[&1_u32.to_be_bytes(), &full(*b"url ", 1, &[])])]),
            &samples(frames, width, height, start),
        ],
    );
    let media = atom(*b"mdia", &[&media_header, &handler, &information]);
    atom(*b"moov", &[&header, &atom(*b"trak", &[&track_header, &media])])
}

/// Returns the table that describes the frames and their offsets in the file.
fn samples(frames: &[Vec<u8>], width: u16, height: u16, start: u32) -> Vec<u8> {
    let count = u32_of(frames.len()).to_be_bytes();
    let one = 1_u32.to_be_bytes();
    // MPEG-4 descriptors: elementary stream 1, whose object type is "Visual ISO/IEC 10918-1", which is JPEG.
    let decoder = [0x04, 13, 0x6c, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let stream = joined(&[&[0x03, 21, 0, 1, 0], &decoder, &[0x06, 1, 2]]);
    let description = atom(
        *b"mp4v",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 16],
            &width.to_be_bytes(),
            &height.to_be_bytes(),
            &0x0048_0000_u32.to_be_bytes(),
            &0x0048_0000_u32.to_be_bytes(),
            &[0; 4],
            &1_u16.to_be_bytes(),
            &[0; 32],
            &24_u16.to_be_bytes(),
            &[0xff, 0xff],
            &full(*b"esds", 0, &[&stream]),
        ],
    );
    let sizes: Vec<u8> = frames.iter().flat_map(|frame| u32_of(frame.len()).to_be_bytes()).collect();
    atom(
        *b"stbl",
        &[
            &full(*b"stsd", 0, &[&one, &description]),
            &full(*b"stts", 0, &[&one, &count, &FRAME.to_be_bytes()]),
            &full(*b"stsc", 0, &[&one, &one, &count, &one]),
            &full(*b"stsz", 0, &[&[0; 4], &count, &sizes]),
            &full(*b"stco", 0, &[&one, &start.to_be_bytes()]),
        ],
    )
}

/// Returns the identity matrix: no rotation, no scaling.
fn matrix() -> Vec<u8> {
    [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000_u32].iter().flat_map(|entry| entry.to_be_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::mp4;

    #[test]
    fn boxes_fill_the_file() {
        let file = mp4(&[b"one".to_vec(), b"three".to_vec()], 16, 16);
        let mut at = 0;
        let mut kinds = Vec::new();
        while at < file.len() {
            let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
            kinds.push(String::from_utf8(file[at + 4..at + 8].to_vec()).unwrap());
            at += length;
        }
        assert_eq!((at, kinds), (file.len(), vec!["ftyp".to_owned(), "mdat".to_owned(), "moov".to_owned()]));
    }
}
