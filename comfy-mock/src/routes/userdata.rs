//! The routes of the user's files: `/userdata`.

use std::fs::{self, Metadata};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use comfy_schema::Value;

use super::request::{Body, Query};
use super::{range, reply};
use crate::json::object;
use crate::limits::MAX_FILES;
use crate::state::Shared;
use crate::storage::{below, content_type, relative};

/// Handles `GET /userdata?dir=…`.
pub(crate) async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = Query::of(query.as_deref());
    let Some(dir) = query.get("dir").filter(|dir| !dir.is_empty()) else {
        return reply::text(400, "Directory not provided");
    };
    let Ok(folder) = below(&shared.storage.user(), &dir) else { return reply::text(403, "Invalid directory") };
    if !folder.is_dir() {
        return reply::text(404, "Directory not found");
    }
    let files = files(&folder, query.is_true("recurse"));
    let show = |(name, path): (String, PathBuf)| {
        if query.is_true("full_info") {
            return file_info(&name, &path);
        }
        if query.is_true("split") {
            let parts = name.split('/').map(Value::from);
            return std::iter::once(Value::from(name.as_str())).chain(parts).collect();
        }
        Value::from(name)
    };
    reply::json(&files.into_iter().map(show).collect())
}

/// Handles `GET /v2/userdata?path=…`.
pub(crate) async fn list_v2(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let root = shared.storage.user();
    let wanted = Query::of(query.as_deref()).get("path").unwrap_or_default();
    let Ok(folder) = below(&root, &wanted) else { return reply::error(400, "Invalid path") };
    if !folder.exists() {
        return reply::error(404, "Path not found");
    }
    if !folder.is_dir() {
        return reply::error(400, "Path is not a directory");
    }
    let mut entries = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten().take(MAX_FILES) {
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                folders.push(entry.path());
            }
            if let Some(path) = relative(&root, &entry.path()) {
                entries.push((metadata.is_file(), path, metadata));
            }
        }
    }
    entries.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    reply::json(&entries.iter().map(|(_, path, metadata)| entry(path, metadata)).collect())
}

fn entry(path: &str, metadata: &Metadata) -> Value {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (name, path) = (("name", Value::from(name)), ("path", Value::from(path)));
    if metadata.is_dir() {
        return object([name, path, ("type", Value::from("directory"))]);
    }
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    object([
        name,
        path,
        ("type", Value::from("file")),
        ("size", Value::from(metadata.len())),
        ("modified", Value::Float(modified.as_secs_f64())),
    ])
}

/// Handles `GET /userdata/{file}`.
pub(crate) async fn read(State(shared): State<Arc<Shared>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    match inside(&shared, &file) {
        Ok(path) => range::file(&path, &headers, content_type(&file)),
        Err(response) => response,
    }
}

/// Handles `POST /userdata/{file}`.
pub(crate) async fn write(
    State(shared): State<Arc<Shared>>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Response {
    let query = Query::of(query.as_deref());
    let path = match inside(&shared, &file) {
        Ok(path) => path,
        Err(response) => return response,
    };
    if forbids_overwrite(&query) && path.exists() {
        return reply::text(409, "File already exists");
    }
    match create_parent(&path).and_then(|()| fs::write(&path, &body.0)) {
        Ok(()) => written(&shared, &path, &query),
        Err(_) => reply::text(400, "Invalid filename"),
    }
}

/// Handles `DELETE /userdata/{file}`.
pub(crate) async fn delete(State(shared): State<Arc<Shared>>, Path(file): Path<String>) -> Response {
    match inside(&shared, &file) {
        Err(response) => response,
        Ok(path) if !path.exists() => reply::empty(404),
        Ok(path) => match fs::remove_file(path) {
            Ok(()) => reply::empty(204),
            Err(_) => reply::internal_error(),
        },
    }
}

/// Handles `POST /userdata/{file}/move/{dest}`.
pub(crate) async fn rename(
    State(shared): State<Arc<Shared>>,
    Path((file, dest)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Query::of(query.as_deref());
    let (from, to) = match (inside(&shared, &file), inside(&shared, &dest)) {
        (Ok(from), Ok(to)) => (from, to),
        (Err(response), _) | (_, Err(response)) => return response,
    };
    if !from.exists() {
        return reply::empty(404);
    }
    if forbids_overwrite(&query) && to.exists() {
        return reply::text(409, "File already exists");
    }
    match create_parent(&to).and_then(|()| fs::rename(&from, &to)) {
        Ok(()) => written(&shared, &to, &query),
        Err(_) => reply::internal_error(),
    }
}

#[expect(clippy::result_large_err, reason = "the error is the response")]
fn inside(shared: &Shared, file: &str) -> Result<PathBuf, Response> {
    let root = shared.storage.user();
    below(&root, file).ok().filter(|path| *path != root).ok_or_else(|| reply::empty(403))
}

/// Returns whether the query forbids overwriting an existing file.
fn forbids_overwrite(query: &Query) -> bool {
    query.get("overwrite").as_deref() == Some("false")
}

fn create_parent(path: &FilePath) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn written(shared: &Shared, path: &FilePath, query: &Query) -> Response {
    let name = relative(&shared.storage.user(), path).unwrap_or_default();
    reply::json(&if query.is_true("full_info") { file_info(&name, path) } else { Value::from(name) })
}

fn file_info(name: &str, path: &FilePath) -> Value {
    let metadata = path.metadata().ok();
    let millis = |time: Option<SystemTime>| {
        let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        Value::from(u64::try_from(time.as_millis()).unwrap_or(0))
    };
    object([
        ("path", Value::from(name)),
        ("size", Value::from(metadata.as_ref().map_or(0, Metadata::len))),
        ("modified", millis(metadata.as_ref().and_then(|metadata| metadata.modified().ok()))),
        ("created", millis(metadata.as_ref().and_then(|metadata| metadata.created().ok()))),
    ])
}

/// Returns the files of a folder, each with its path relative to the folder and its full path.
fn files(folder: &FilePath, recurse: bool) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && recurse {
                folders.push(entry.path());
            } else if kind.is_file()
                && files.len() < MAX_FILES
                && let Some(name) = relative(folder, &entry.path())
            {
                files.push((name, entry.path()));
            }
        }
    }
    files.sort_unstable();
    files
}
