//! Helpers to write container formats.

/// Concatenates parts.
pub(super) fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Converts a length to 32 bits, which suffice for the small files here.
pub(super) fn u32_of(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Returns a CRC, most significant bit first and with an initial value of 0, as FLAC and Ogg use it. `bits` is its
/// width.
pub(super) fn crc(bytes: &[u8], polynomial: u32, bits: u32) -> u32 {
    let top = 1_u32 << (bits - 1);
    let mask = top | (top - 1);
    bytes.iter().fold(0, |crc, &byte| {
        let start = crc ^ (u32::from(byte) << (bits - 8));
        (0..8).fold(start, |crc, _| {
            let shifted = (crc << 1) & mask;
            if crc & top == 0 { shifted } else { shifted ^ polynomial }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::crc;

    #[test]
    fn checksums_match_published_values() {
        assert_eq!(crc(b"123456789", 0x07, 8), 0xf4);
        assert_eq!(crc(b"123456789", 0x8005, 16), 0xfee8);
        // CRC-32 without reflection and inversion.
        assert_eq!(crc(b"123456789", 0x04c1_1db7, 32), 0x89a1_897f);
    }
}
