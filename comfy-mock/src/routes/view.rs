//! The route that serves files: `/view`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::Response;

use super::request::Query;
use super::{range, reply};
use crate::media::{self, Image, MediaError};
use crate::state::Shared;
use crate::storage::{Area, OutsideRoot, annotated, below, content_type};

/// Handles `GET /view`.
pub(crate) async fn view(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let query = Query::of(query.as_deref());
    let (path, name) = match find(&shared, &query) {
        Ok(found) => found,
        Err(status) => return reply::empty(status),
    };
    if !path.is_file() {
        return reply::empty(404);
    }
    let channel = query.get("channel").unwrap_or_else(|| "rgba".to_owned());
    let encoded = match query.get("preview") {
        Some(wanted) => Some(preview(&path, &wanted, &channel)),
        None if channel == "rgb" || channel == "a" => Some(single(&path, &channel)),
        None => None,
    };
    let mut response = match encoded {
        Some(Ok((content_type, bytes))) => reply::with(200, content_type, bytes),
        Some(Err(_)) => return reply::internal_error(),
        None => range::file(&path, &headers, content_type(&name)),
    };
    if response.status().is_success() {
        range::set(&mut response, CONTENT_DISPOSITION, &format!("filename=\"{name}\""));
    }
    response
}

/// Returns the path of the file, and its name for the `Content-Disposition` header. The error is the status of the
/// response.
fn find(shared: &Shared, query: &Query) -> Result<(PathBuf, String), u16> {
    let wanted = query.get("filename").ok_or(404_u16)?;
    if wanted.starts_with("blake3:") {
        // Assets are disabled, so that no file can be found by its hash.
        return Err(404);
    }
    let (area, name) = annotated(&wanted);
    if name.is_empty() || name.starts_with('/') || name.contains("..") {
        return Err(400);
    }
    let area = match area {
        Some(area) => area,
        None => Area::of(&query.get("type").unwrap_or_else(|| "output".to_owned())).ok_or(400_u16)?,
    };
    let subfolder = query.get("subfolder").unwrap_or_default();
    let folder = below(&shared.storage.folder(area), &subfolder).map_err(|OutsideRoot| 403_u16)?;
    let name = name.rsplit('/').next().unwrap_or_default();
    let path = below(&folder, name).map_err(|OutsideRoot| 400_u16)?;
    // Control characters and quotation marks would break the header.
    let shown = name.chars().filter(|c| !c.is_control() && *c != '"').collect();
    Ok((path, shown))
}

type Encoded = Result<(&'static str, Vec<u8>), MediaError>;

fn read(path: &PathBuf) -> Result<Image, MediaError> {
    Image::decode(&std::fs::read(path).map_err(|_| MediaError::Unknown)?)
}

/// Encodes a picture in the format that the query asks for (`format;quality`): as JPEG or as WebP.
fn preview(path: &PathBuf, wanted: &str, channel: &str) -> Encoded {
    let (format, quality) = wanted.split_once(';').unwrap_or((wanted, "90"));
    let quality = quality.parse().unwrap_or(90);
    let image = read(path)?;
    if format == "jpeg" && !channel.contains('a') {
        return Ok(("image/jpeg", media::jpeg(&image.rgb(), image.width, image.height, quality)?));
    }
    let alpha = image.has_alpha && channel != "rgb";
    Ok(("image/webp", media::webp(&image, alpha)?))
}

/// Encodes only the colours or the alpha channel of a picture, as PNG.
fn single(path: &PathBuf, channel: &str) -> Encoded {
    let image = read(path)?;
    let bytes = if channel == "rgb" {
        media::png(&image, false, &[])?
    } else {
        media::png(&image.map(|_, [_, _, _, alpha]| [0, 0, 0, alpha]), true, &[])?
    };
    Ok(("image/png", bytes))
}
