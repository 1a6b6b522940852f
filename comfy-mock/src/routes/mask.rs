//! The combination of an uploaded mask with an existing picture.

use comfy_schema::Value;

use crate::media::{self, Image};
use crate::storage::{Area, Storage, annotated, below};

/// Combines the colours of the picture that `original` refers to with the alpha channel of the uploaded one, and
/// returns a PNG file. Returns `None` if the original does not exist, which a real server does not report. The error is
/// the status of the response.
pub(super) fn combine(storage: &Storage, original: Option<&str>, uploaded: &[u8]) -> Result<Option<Vec<u8>>, u16> {
    let reference = original.and_then(|text| Value::parse(text.as_bytes()).ok()).ok_or(500_u16)?;
    let reference = reference.as_object().ok_or(500_u16)?;
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    let (area, name) = annotated(text("filename").ok_or(500_u16)?);
    if name.is_empty() || name.starts_with('/') || name.contains("..") {
        return Ok(None);
    }
    let Some(area) = area.or_else(|| Area::of(text("type").unwrap_or("output"))) else { return Ok(None) };
    let Ok(folder) = below(&storage.folder(area), text("subfolder").unwrap_or_default()) else { return Ok(None) };
    let name = name.rsplit('/').next().unwrap_or_default();
    let Some(path) = below(&folder, name).ok().filter(|path| path.is_file()) else { return Ok(None) };
    let bytes = std::fs::read(path).map_err(|_| 500_u16)?;
    let (original, mask) = (Image::decode(&bytes).map_err(|_| 500_u16)?, Image::decode(uploaded).map_err(|_| 500_u16)?);
    if (original.width, original.height) != (mask.width, mask.height) {
        return Err(500);
    }
    let texts = original.texts.clone();
    let alpha: Vec<u8> = mask.rgba.chunks_exact(4).filter_map(|pixel| pixel.last().copied()).collect();
    let masked = original.map(|at, [red, green, blue, _]| [red, green, blue, alpha.get(at).copied().unwrap_or(255)]);
    media::png(&masked, true, &texts).map(Some).map_err(|_| 500)
}
