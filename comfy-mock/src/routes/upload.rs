//! The routes of uploads: `/upload/image` and `/upload/mask`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::response::Response;
use comfy_schema::Value;

use super::{mask, reply};
use crate::json::object;
use crate::state::Shared;
use crate::storage::{Area, below};

/// The fields of an upload form.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The file's name and content.
    image: Option<(String, Bytes)>,
    area: Option<String>,
    subfolder: String,
    overwrite: bool,
    /// The reference to the picture that a mask is for, as JSON.
    pub(super) original: Option<String>,
}

/// The file that an upload is stored in.
#[derive(Debug)]
struct Target {
    path: PathBuf,
    name: String,
    /// Whether the file exists already, with the same content.
    same: bool,
}

/// Handles `POST /upload/image`.
pub(crate) async fn image(State(shared): State<Arc<Shared>>, form: Result<Multipart, MultipartRejection>) -> Response {
    stored(&shared, form, |_, bytes| Ok(Some(bytes.to_vec()))).await
}

/// Handles `POST /upload/mask`.
pub(crate) async fn mask(State(shared): State<Arc<Shared>>, form: Result<Multipart, MultipartRejection>) -> Response {
    let storage = Arc::clone(&shared);
    stored(&shared, form, move |form, bytes| mask::combine(&storage.storage, form.original.as_deref(), bytes)).await
}

/// Stores the file that `make` returns for the uploaded bytes. If it returns `None`, nothing is written; its error is
/// the status of the response.
async fn stored(
    shared: &Shared,
    form: Result<Multipart, MultipartRejection>,
    make: impl Fn(&Form, &Bytes) -> Result<Option<Vec<u8>>, u16>,
) -> Response {
    let Ok(form) = form else { return reply::text(400, "400: Bad Request") };
    let form = match read(form).await {
        Ok(form) => form,
        Err(status) => return failed(status),
    };
    match store(shared, &form, make) {
        Ok(response) => reply::json(&response),
        Err(status) => failed(status),
    }
}

fn failed(status: u16) -> Response {
    match status {
        413 => reply::text(413, "413: Request Entity Too Large"),
        500 => reply::internal_error(),
        status => reply::empty(status),
    }
}

async fn read(mut form: Multipart) -> Result<Form, u16> {
    let mut read = Form::default();
    while let Some(field) = form.next_field().await.map_err(|error| error.status().as_u16())? {
        let (name, file) = (field.name().unwrap_or_default().to_owned(), field.file_name().map(str::to_owned));
        let bytes = field.bytes().await.map_err(|error| error.status().as_u16())?;
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        match name.as_str() {
            "image" => read.image = file.map(|file| (file, bytes)),
            "type" => read.area = Some(text()),
            "subfolder" => read.subfolder = text(),
            "overwrite" => read.overwrite = ["true", "1"].contains(&text().as_str()),
            "original_ref" => read.original = Some(text()),
            _ => {}
        }
    }
    Ok(read)
}

fn store(
    shared: &Shared,
    form: &Form,
    make: impl Fn(&Form, &Bytes) -> Result<Option<Vec<u8>>, u16>,
) -> Result<Value, u16> {
    let (file, bytes) = form.image.as_ref().filter(|(file, _)| !file.is_empty()).ok_or(400_u16)?;
    let area = form.area.as_deref().map_or(Some(Area::Input), Area::of).ok_or(500_u16)?;
    let root = shared.storage.folder(area);
    let folder = below(&root, &form.subfolder).map_err(|_| 400_u16)?;
    let target = target(&root, &folder, file, bytes, form.overwrite)?;
    if !target.same
        && let Some(content) = make(form, bytes)?
    {
        fs::create_dir_all(&folder).map_err(|_| 500_u16)?;
        fs::write(&target.path, content).map_err(|_| 500_u16)?;
    }
    Ok(object([
        ("name", Value::from(target.name)),
        ("subfolder", Value::from(form.subfolder.as_str())),
        ("type", Value::from(area.name())),
    ]))
}

/// Returns the file to write: `name` if `overwrite` is set, or else the first of `name`, `name (1)`, … that does not
/// exist or has the same content.
fn target(root: &Path, folder: &Path, file: &str, bytes: &[u8], overwrite: bool) -> Result<Target, u16> {
    let (stem, extension) = match file.rfind('.') {
        Some(at) if at > 0 => file.split_at(at),
        _ => (file, ""),
    };
    for number in 0_u32.. {
        let name = if number == 0 { file.to_owned() } else { format!("{stem} ({number}){extension}") };
        let path = below(folder, &name).map_err(|_| 400_u16)?;
        if path == *folder || path == *root || path.is_dir() {
            return Err(400);
        }
        let same = !overwrite && is_same(&path, bytes);
        if overwrite || same || !path.exists() {
            return Ok(Target { path, name, same });
        }
    }
    Err(500)
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let length = path.metadata().map(|metadata| metadata.len()).ok();
    length == u64::try_from(bytes.len()).ok() && fs::read(path).is_ok_and(|there| there == bytes)
}
