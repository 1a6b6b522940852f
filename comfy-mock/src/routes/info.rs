//! The routes of node definitions, models, and properties of the server.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use comfy_schema::{Map, Text, Value};
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::reply;
use super::request::Query;
use crate::json::{map, object};
use crate::limits::DEFAULT_UPLOAD_LIMIT;
use crate::state::Shared;

/// The model folders of ComfyUI 0.26.0.
const FOLDERS: [&str; 26] = [
    "checkpoints",
    "configs",
    "loras",
    "vae",
    "text_encoders",
    "diffusion_models",
    "clip_vision",
    "style_models",
    "embeddings",
    "diffusers",
    "vae_approx",
    "controlnet",
    "gligen",
    "upscale_models",
    "latent_upscale_models",
    "custom_nodes",
    "hypernetworks",
    "photomaker",
    "classifiers",
    "model_patches",
    "audio_encoders",
    "background_removal",
    "frame_interpolation",
    "geometry_estimation",
    "optical_flow",
    "detection",
];

/// The total memory that the server reports, in bytes.
const MEMORY: u64 = 16 << 30;

/// Handles `GET /object_info`.
pub(crate) async fn definitions(State(shared): State<Arc<Shared>>) -> Response {
    reply::json_text(200, shared.definitions.document())
}

/// Handles `GET /object_info/{class}`.
pub(crate) async fn definition(State(shared): State<Arc<Shared>>, Path(class): Path<String>) -> Response {
    reply::json_text(200, shared.definitions.of_class(&class))
}

/// Handles `GET /features`.
pub(crate) async fn features(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&feature_flags(&shared))
}

/// Returns the features of the server, as the route and the socket report them.
#[expect(clippy::cast_precision_loss, reason = "a limit that was set is shown as a float, as on a real server")]
pub(crate) fn feature_flags(shared: &Shared) -> Value {
    let limit = match shared.settings.upload_limit {
        Some(limit) => Value::Float(limit as f64),
        None => Value::from(DEFAULT_UPLOAD_LIMIT),
    };
    object([
        ("supports_preview_metadata", Value::Bool(true)),
        ("max_upload_size", limit),
        ("extension", object([("manager", object([("supports_v4", Value::Bool(true))]))])),
        ("node_replacements", Value::Bool(true)),
        ("assets", Value::Bool(false)),
    ])
}

/// Handles `GET /system_stats`.
pub(crate) async fn system_stats(State(shared): State<Arc<Shared>>) -> Response {
    let version = shared.settings.version.as_str();
    let package = |name: &str, version: &str| {
        object([("name", Value::from(name)), ("installed", Value::from(version)), ("required", Value::from(version))])
    };
    let system = object([
        ("os", Value::from("linux")),
        ("ram_total", Value::from(MEMORY)),
        ("ram_free", Value::from(MEMORY / 2)),
        ("comfyui_version", Value::from(version)),
        ("required_frontend_version", Value::from("1.45.19")),
        ("installed_templates_version", Value::from("0.10.3")),
        ("required_templates_version", Value::from("0.10.3")),
        ("comfy_package_versions", Value::Array(vec![package("comfyui-frontend-package", "1.45.19")])),
        ("python_version", Value::from("3.12.3 (comfy-mock)")),
        ("pytorch_version", Value::from("2.11.0+cpu")),
        ("embedded_python", Value::Bool(false)),
        ("deploy_environment", Value::from("local-git")),
        ("argv", Value::Array(vec![Value::from("main.py"), Value::from("--cpu")])),
    ]);
    let device = object([
        ("name", Value::from("cpu")),
        ("type", Value::from("cpu")),
        ("index", Value::Null),
        ("vram_total", Value::from(MEMORY)),
        ("vram_free", Value::from(MEMORY / 2)),
        ("torch_vram_total", Value::from(MEMORY)),
        ("torch_vram_free", Value::from(MEMORY / 2)),
    ]);
    reply::json(&object([("system", system), ("devices", Value::Array(vec![device]))]))
}

/// Returns the files of a model folder; `None` if there is no such folder.
fn files(shared: &Shared, folder: &str) -> Option<Vec<Text>> {
    match shared.settings.models.get(folder) {
        Some(files) => Some(files.iter().map(Text::new).collect()),
        None => FOLDERS.contains(&folder).then(|| shared.definitions.models(folder)),
    }
}

fn folders(shared: &Shared) -> Vec<&str> {
    let added = shared.settings.models.keys().map(String::as_str).filter(|folder| !FOLDERS.contains(folder));
    FOLDERS.into_iter().chain(added).collect()
}

/// Handles `GET /embeddings`.
pub(crate) async fn embeddings(State(shared): State<Arc<Shared>>) -> Response {
    let without_extension = |name: Text| match name.rsplit_once('.') {
        Some((stem, _)) => Text::new(stem),
        None => name,
    };
    let names: Value = files(&shared, "embeddings").unwrap_or_default().into_iter().map(without_extension).collect();
    reply::json(&names)
}

/// Handles `GET /models`.
pub(crate) async fn model_folders(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&folders(&shared).into_iter().collect())
}

/// Handles `GET /models/{folder}`.
pub(crate) async fn models(State(shared): State<Arc<Shared>>, Path(folder): Path<String>) -> Response {
    files(&shared, &folder).map_or_else(|| reply::empty(404), |files| reply::json(&files.into_iter().collect()))
}

/// Handles `GET /view_metadata/{folder}?filename=`.
pub(crate) async fn metadata(
    State(shared): State<Arc<Shared>>,
    Path(folder): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let file = Query::of(query.as_deref()).get("filename").filter(|file| file.ends_with(".safetensors"));
    let metadata = file.and_then(|file| {
        shared.settings.metadata.iter().find(|(of, name, _)| *of == folder && *name == file).map(|(_, _, map)| map)
    });
    metadata.map_or_else(|| reply::empty(404), |metadata| reply::json(&Value::Object(metadata.clone())))
}

/// Handles `GET /extensions`.
pub(crate) async fn extensions() -> Response {
    reply::json(&["/extensions/core/groupNode.js", "/extensions/core/widgetInputs.js"].into_iter().collect())
}

/// Handles `GET /node_replacements`.
pub(crate) async fn replacements(State(shared): State<Arc<Shared>>) -> Response {
    reply::json(&shared.definitions.replacements_shown)
}

/// Handles the routes that list contributions of custom nodes; there are none.
pub(crate) async fn nothing() -> Response {
    reply::json(&Value::Object(Map::new()))
}

/// Returns the id of a subgraph blueprint: 64 hexadecimal digits. On a real server they are a SHA-256 hash, but clients
/// do not depend on that.
fn subgraph_id(name: &str) -> String {
    let half = |seed| xxh3_128_with_seed(name.as_bytes(), seed);
    format!("{:032x}{:032x}", half(0), half(1))
}

fn subgraph_entry(name: &str) -> Map {
    map([
        ("source", Value::from("templates")),
        ("name", Value::from(name)),
        ("info", object([("node_pack", Value::from("comfyui"))])),
    ])
}

/// Handles `GET /global_subgraphs`.
pub(crate) async fn subgraphs(State(shared): State<Arc<Shared>>) -> Response {
    let all = shared.settings.subgraphs.iter().map(|(name, _)| (subgraph_id(name), subgraph_entry(name)));
    reply::json(&all.collect::<Map>().into())
}

/// Handles `GET /global_subgraphs/{id}`.
pub(crate) async fn subgraph(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let found = shared.settings.subgraphs.iter().find(|(name, _)| subgraph_id(name) == id);
    let value = found.map(|(name, workflow)| {
        let mut entry = subgraph_entry(name);
        entry.insert("data", workflow.as_str());
        entry
    });
    reply::json(&value.into())
}

/// Handles `GET /experiment/models`.
pub(crate) async fn experiment_folders(State(shared): State<Arc<Shared>>) -> Response {
    let shown = folders(&shared).into_iter().filter(|name| !["configs", "custom_nodes"].contains(name));
    let root = shared.storage.models();
    let entry = |name: &str| {
        let path = root.join(name).display().to_string();
        object([("name", Value::from(name)), ("folders", Value::Array(vec![Value::from(path)]))])
    };
    reply::json(&shown.map(entry).collect())
}

/// Handles `GET /experiment/models/{folder}`.
pub(crate) async fn experiment_models(State(shared): State<Arc<Shared>>, Path(folder): Path<String>) -> Response {
    let Some(files) = files(&shared, &folder) else { return reply::empty(404) };
    let time = UNIX_EPOCH.elapsed().map_or(0.0, |time| time.as_secs_f64().floor());
    let entry = |name: Text| {
        object([
            ("name", Value::from(name)),
            ("pathIndex", Value::from(0)),
            ("modified", Value::Float(time)),
            ("created", Value::Float(time)),
            ("size", Value::from(0)),
        ])
    };
    reply::json(&files.into_iter().map(entry).collect())
}

/// Handles `GET /experiment/models/preview/{folder}/{index}/{file}`. No model has a preview.
pub(crate) async fn experiment_preview(
    State(shared): State<Arc<Shared>>,
    Path((folder, index, _)): Path<(String, String, String)>,
) -> Response {
    match (files(&shared, &folder), index.parse()) {
        (Some(_), Ok(1_usize..) | Err(_)) => reply::internal_error(),
        _ => reply::empty(404),
    }
}
