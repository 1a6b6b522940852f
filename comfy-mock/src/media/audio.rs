//! Audio files: a tone as WAV, and silence in the formats that would need an encoder.

use super::boxes::{crc, joined, u32_of};

/// The sample rate of all files, in hertz.
const RATE: u32 = 44_100;

/// Returns half a second of a quiet tone that depends on the seed: mono, 16 bits, 44.1 kHz.
pub(crate) fn wav(seed: u64) -> Vec<u8> {
    let frequency = 220 + u32::try_from(seed % 440).unwrap_or(0);
    let data: Vec<u8> = (0..RATE / 2).flat_map(|at| triangle(at * frequency % RATE).to_le_bytes()).collect();
    joined(&[
        b"RIFF",
        &(36 + u32_of(data.len())).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * 2).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &u32_of(data.len()).to_le_bytes(),
        &data,
    ])
}

/// Returns the sample of a triangle wave at `phase`, from 0 to [`RATE`].
fn triangle(phase: u32) -> i16 {
    let half = RATE / 2;
    let up = if phase < half { phase } else { RATE - phase };
    let level = i64::from(up) * 8_000 / i64::from(half) - 4_000;
    i16::try_from(level).unwrap_or(0)
}

/// Returns 0.1 seconds of silence: mono, 16 bits, one frame with a constant subframe.
pub(crate) fn flac() -> Vec<u8> {
    const BLOCK: u16 = 4_410;
    // Sample rate (20 bits), channels - 1 (3), bits per sample - 1 (5), number of samples (36).
    let stream = (u64::from(RATE) << 44) | (15 << 36) | u64::from(BLOCK);
    let info = joined(&[&BLOCK.to_be_bytes(), &BLOCK.to_be_bytes(), &[0; 6], &stream.to_be_bytes(), &[0; 16]]);
    // The block size is in the last 16 bits of the header; sample rate and sample size are those of the stream.
    let mut frame = joined(&[&[0xff, 0xf8, 0x70, 0x00, 0x00], &(BLOCK - 1).to_be_bytes()]);
    frame.push(crc(&frame, 0x07, 8).to_le_bytes()[0]);
    frame.extend([0, 0, 0]);
    let check = crc(&frame, 0x8005, 16).to_be_bytes();
    frame.extend_from_slice(&check[2..]);
    joined(&[b"fLaC", &[0x80, 0, 0, 34], &info, &frame])
}

/// Returns ten frames of silence: MPEG-1 layer III, 128 kbit/s, mono.
pub(crate) fn mp3() -> Vec<u8> {
    let mut frame = vec![0; 417];
    frame[..4].copy_from_slice(&[0xff, 0xfb, 0x90, 0xc4]);
    frame.repeat(10)
}

/// Returns 20 milliseconds of silence: Opus in Ogg.
pub(crate) fn opus() -> Vec<u8> {
    let head = joined(&[b"OpusHead", &[1, 1], &0_u16.to_le_bytes(), &48_000_u32.to_le_bytes(), &[0, 0, 0]]);
    let vendor = b"comfy-mock";
    let tags = joined(&[b"OpusTags", &u32_of(vendor.len()).to_le_bytes(), vendor, &0_u32.to_le_bytes()]);
    let silence = [0xf8, 0xff, 0xfe];
    joined(&[&page(2, 0, 0, &head), &page(0, 0, 1, &tags), &page(4, 960, 2, &silence)])
}

/// Returns an Ogg page with one packet.
fn page(kind: u8, position: u64, number: u32, packet: &[u8]) -> Vec<u8> {
    let length = u8::try_from(packet.len()).unwrap_or(u8::MAX);
    let start = joined(&[b"OggS\0", &[kind], &position.to_le_bytes(), &1_u32.to_le_bytes(), &number.to_le_bytes()]);
    let end = joined(&[&[1, length], packet]);
    let check = crc(&joined(&[&start, &[0; 4], &end]), 0x04c1_1db7, 32);
    joined(&[&start, &check.to_le_bytes(), &end])
}

#[cfg(test)]
mod tests {
    use super::{flac, mp3, opus, wav};

    #[test]
    fn a_wav_file_states_its_length() {
        let wav = wav(3);
        assert_eq!(&wav[..4], b"RIFF");
        assert_eq!(u32::from_le_bytes(wav[4..8].try_into().unwrap()) as usize + 8, wav.len());
        assert_eq!(u32::from_le_bytes(wav[40..44].try_into().unwrap()) as usize + 44, wav.len());
    }

    #[test]
    fn files_start_with_the_signature_of_their_format() {
        assert_eq!((&flac()[..4], flac().len()), (&b"fLaC"[..], 4 + 4 + 34 + 13));
        assert_eq!(&opus()[..4], b"OggS");
        assert_eq!(mp3().len(), 4170);
    }
}
