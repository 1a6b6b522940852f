//! The encoding and decoding of PNG, JPEG and WebP files.

use std::io::Cursor;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Picture;

use crate::limits::{MAX_DECODED_BYTES, MAX_SIDE};

/// The reason why a picture could not be decoded or encoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MediaError {
    #[error("{0}")]
    Write(#[from] png::EncodingError),
    #[error("{0}")]
    Read(#[from] png::DecodingError),
    #[error("{0}")]
    WriteWebp(#[from] image_webp::EncodingError),
    #[error("{0}")]
    ReadWebp(#[from] image_webp::DecodingError),
    #[error("{0}")]
    Jpeg(String),
    #[error("picture too large")]
    TooLarge,
    #[error("expected a PNG, JPEG or WebP picture")]
    Unknown,
}

/// A decoded picture, with four bytes for each pixel.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgba: Vec<u8>,
    /// Whether the file had an alpha channel.
    pub(crate) has_alpha: bool,
    /// The text chunks of a PNG.
    pub(crate) texts: Vec<(String, String)>,
}

impl Image {
    /// Decodes a PNG, JPEG or WebP file.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, MediaError> {
        match kind(bytes) {
            Some(Kind::Png) => decode_png(bytes),
            Some(Kind::Jpeg) => decode_jpeg(bytes),
            Some(Kind::Webp) => decode_webp(bytes),
            None => Err(MediaError::Unknown),
        }
    }

    /// Returns the colours without alpha, with three bytes for each pixel.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        self.rgba.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3)).copied().collect()
    }

    /// Replaces each pixel, given its position and its value.
    pub(crate) fn map(mut self, change: impl Fn(usize, [u8; 4]) -> [u8; 4]) -> Self {
        for (at, pixel) in self.rgba.chunks_exact_mut(4).enumerate() {
            if let Ok(old) = <[u8; 4]>::try_from(&*pixel) {
                pixel.copy_from_slice(&change(at, old));
            }
        }
        self
    }
}

enum Kind {
    Png,
    Jpeg,
    Webp,
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::Webp),
        _ => None,
    }
}

/// Returns the width and height of a picture file without decoding it.
pub(crate) fn size_of(bytes: &[u8]) -> Result<(u32, u32), MediaError> {
    match kind(bytes) {
        Some(Kind::Png) => {
            let reader = png::Decoder::new(Cursor::new(bytes)).read_info()?;
            Ok(reader.info().size())
        }
        Some(Kind::Jpeg) => {
            let mut decoder = jpeg_decoder(bytes);
            decoder.decode_headers().map_err(|error| MediaError::Jpeg(error.to_string()))?;
            let info = decoder.info().ok_or(MediaError::Unknown)?;
            Ok((u32::from(info.width), u32::from(info.height)))
        }
        Some(Kind::Webp) => Ok(image_webp::WebPDecoder::new(Cursor::new(bytes))?.dimensions()),
        None => Err(MediaError::Unknown),
    }
}

fn decode_png(bytes: &[u8]) -> Result<Image, MediaError> {
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: MAX_DECODED_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().filter(|&size| size <= MAX_DECODED_BYTES).ok_or(MediaError::TooLarge)?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    // An error is ignored, because damaged chunks after the pixels do not affect the picture.
    _ = reader.finish();
    let info = reader.info();
    let plain = info.uncompressed_latin1_text.iter().map(|chunk| (chunk.keyword.clone(), chunk.text.clone()));
    let texts = plain.collect();
    let (rgba, has_alpha) = to_rgba(&pixels, frame.color_type)?;
    Ok(Image { width: frame.width, height: frame.height, rgba, has_alpha, texts })
}

fn to_rgba(pixels: &[u8], colours: png::ColorType) -> Result<(Vec<u8>, bool), MediaError> {
    let rgba = |samples: usize, pixel: fn(&[u8]) -> [u8; 4]| pixels.chunks_exact(samples).flat_map(pixel).collect();
    Ok(match colours {
        png::ColorType::Grayscale => (rgba(1, |p| [p[0], p[0], p[0], 255]), false),
        png::ColorType::GrayscaleAlpha => (rgba(2, |p| [p[0], p[0], p[0], p[1]]), true),
        png::ColorType::Rgb => (rgba(3, |p| [p[0], p[1], p[2], 255]), false),
        png::ColorType::Rgba => (pixels.to_vec(), true),
        // The decoder expands palettes.
        png::ColorType::Indexed => return Err(MediaError::Unknown),
    })
}

fn jpeg_decoder(bytes: &[u8]) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .set_max_width(MAX_SIDE)
        .set_max_height(MAX_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

fn decode_jpeg(bytes: &[u8]) -> Result<Image, MediaError> {
    let (width, height) = size_of(bytes)?;
    if width as usize * height as usize * 4 > MAX_DECODED_BYTES {
        return Err(MediaError::TooLarge);
    }
    let pixels = jpeg_decoder(bytes).decode().map_err(|error| MediaError::Jpeg(error.to_string()))?;
    let (rgba, has_alpha) = to_rgba(&pixels, png::ColorType::Rgb)?;
    Ok(Image { width, height, rgba, has_alpha, texts: Vec::new() })
}

fn decode_webp(bytes: &[u8]) -> Result<Image, MediaError> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes))?;
    decoder.set_memory_limit(MAX_DECODED_BYTES);
    let (width, height) = decoder.dimensions();
    let size = decoder.output_buffer_size().filter(|&size| size <= MAX_DECODED_BYTES).ok_or(MediaError::TooLarge)?;
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels)?;
    let colours = if decoder.has_alpha() { png::ColorType::Rgba } else { png::ColorType::Rgb };
    let (rgba, has_alpha) = to_rgba(&pixels, colours)?;
    Ok(Image { width, height, rgba, has_alpha, texts: Vec::new() })
}

/// Encodes a picture as a PNG file with these text chunks. Texts whose key is not valid in PNG are omitted.
pub(crate) fn png_of(picture: Picture, texts: &[(String, String)]) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let mut writer = png_writer(&mut bytes, (picture.width, picture.height), png::ColorType::Rgb, texts)?;
    let mut stream = writer.stream_writer()?;
    for row in picture.rows() {
        std::io::Write::write_all(&mut stream, &row).map_err(png::EncodingError::from)?;
    }
    stream.finish()?;
    drop(writer);
    Ok(bytes)
}

/// Encodes an image as a PNG file.
pub(crate) fn png(image: &Image, alpha: bool, texts: &[(String, String)]) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let colours = if alpha { png::ColorType::Rgba } else { png::ColorType::Rgb };
    let mut writer = png_writer(&mut bytes, (image.width, image.height), colours, texts)?;
    if alpha {
        writer.write_image_data(&image.rgba)?;
    } else {
        writer.write_image_data(&image.rgb())?;
    }
    writer.finish()?;
    Ok(bytes)
}

fn png_writer<'b>(
    bytes: &'b mut Vec<u8>,
    size: (u32, u32),
    colours: png::ColorType,
    texts: &[(String, String)],
) -> Result<png::Writer<&'b mut Vec<u8>>, MediaError> {
    let mut encoder = png::Encoder::new(bytes, size.0, size.1);
    encoder.set_color(colours);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    for (key, text) in texts.iter().filter(|(key, _)| is_keyword(key)) {
        encoder.add_text_chunk(key.clone(), text.clone())?;
    }
    Ok(encoder.write_header()?)
}

/// Returns whether a key is a valid PNG keyword: 1 to 79 characters of Latin-1.
fn is_keyword(key: &str) -> bool {
    (1..80).contains(&key.chars().count()) && key.chars().all(|c| u32::from(c) < 256 && !c.is_control())
}

/// Encodes pixels of three bytes each as a JPEG file.
pub(crate) fn jpeg(pixels: &[u8], width: u32, height: u32, quality: u8) -> Result<Vec<u8>, MediaError> {
    let side = |side: u32| u16::try_from(side).map_err(|_| MediaError::TooLarge);
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, quality.clamp(1, 100))
        .encode(pixels, side(width)?, side(height)?, jpeg_encoder::ColorType::Rgb)
        .map_err(|error| MediaError::Jpeg(error.to_string()))?;
    Ok(bytes)
}

/// Encodes an image as a lossless WebP file.
pub(crate) fn webp(image: &Image, alpha: bool) -> Result<Vec<u8>, MediaError> {
    let mut bytes = Vec::new();
    let encoder = image_webp::WebPEncoder::new(&mut bytes);
    if alpha {
        encoder.encode(&image.rgba, image.width, image.height, image_webp::ColorType::Rgba8)?;
    } else {
        encoder.encode(&image.rgb(), image.width, image.height, image_webp::ColorType::Rgb8)?;
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::Picture;
    use super::{Image, MediaError, jpeg, png, png_of, size_of, webp};

    #[test]
    fn a_png_file_contains_the_picture_and_the_texts() {
        let texts = [("prompt".to_owned(), "{\"1\": {}}".to_owned()), ("ключ".to_owned(), String::new())];
        let picture = Picture::new((20, 10), 1, 1_000);
        let image = Image::decode(&png_of(picture, &texts).unwrap()).unwrap();
        assert_eq!((image.width, image.height, image.has_alpha), (20, 10, false));
        assert_eq!(image.rgb(), picture.pixels());
        assert_eq!(image.texts, &texts[..1]);
    }

    #[test]
    fn every_format_can_be_decoded_again() {
        let picture = Picture::new((24, 16), 1, 1_000);
        let image = Image::decode(&png_of(picture, &[]).unwrap()).unwrap();
        let files = [
            png(&image, true, &[]).unwrap(),
            webp(&image, false).unwrap(),
            webp(&image, true).unwrap(),
            jpeg(&picture.pixels(), 24, 16, 95).unwrap(),
        ];
        for file in files {
            let again = Image::decode(&file).unwrap();
            assert_eq!((again.width, again.height), (24, 16));
            assert_eq!(size_of(&file).unwrap(), (24, 16));
            assert!(again.rgb().iter().zip(picture.pixels()).all(|(a, b)| a.abs_diff(b) < 24));
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(300))]

        /// Arbitrary bytes and damaged pictures cause errors, and no panics.
        #[test]
        fn damaged_pictures_do_not_panic(kind in 0_usize..4, at: usize, with: [u8; 4], cut: u16) {
            let picture = Picture::new((24, 16), 1, 1_000);
            let image = Image::decode(&png_of(picture, &[]).unwrap()).unwrap();
            let mut file = match kind {
                0 => png(&image, true, &[]).unwrap(),
                1 => webp(&image, true).unwrap(),
                2 => jpeg(&picture.pixels(), 24, 16, 95).unwrap(),
                _ => with.repeat(20),
            };
            let at = at % (file.len() - 4);
            file[at..at + 4].copy_from_slice(&with);
            file.truncate(file.len().saturating_sub(usize::from(cut % 64)));
            let _ = (Image::decode(&file), size_of(&file));
        }
    }

    #[test]
    fn small_files_with_large_pictures_are_refused() {
        let image = Image::decode(&png_of(Picture::new((24, 16), 1, 1_000), &[]).unwrap()).unwrap();
        // A PNG file whose head claims a picture of 4 GB.
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 40_000, 40_000);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_chunk(png::chunk::IDAT, &[0; 8]).unwrap();
        let error = Image::decode(&file).unwrap_err();
        assert!(matches!(error, MediaError::TooLarge), "{error}");
        // A JPEG file that claims the largest side that is decoded, and a larger one.
        let file = jpeg(&image.rgb(), 24, 16, 95).unwrap();
        let at = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap() + 5;
        let with_width = |width: u16| {
            let mut file = file.clone();
            file[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
            file
        };
        assert_eq!(size_of(&with_width(16_384)).unwrap().0, 16_384);
        assert!(size_of(&with_width(16_385)).is_err());
    }

    #[test]
    fn other_bytes_are_refused() {
        for bytes in [&b"broken"[..], b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"] {
            assert!(Image::decode(bytes).is_err() && size_of(bytes).is_err());
        }
        assert!(matches!(Image::decode(b"x"), Err(MediaError::Unknown)));
    }
}
