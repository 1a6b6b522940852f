//! Which combos are open, and which lists of options get an enum.

use comfy_schema::{Combo, Input, Value};

use crate::names;

/// Endings of files that a list of options may hold: models, media, text and configuration.
///
/// Every ending that the real dumps under `COMFY_DATA` show, and the documented model and media formats of the core
/// server. A dot alone says nothing: `gpt-5.5` and `stable-audio-2.5` are no files.
pub(super) const FILE_ENDINGS: [&str; 62] = [
    "7z",
    "avi",
    "bin",
    "bmp",
    "ckpt",
    "csv",
    "cube",
    "engine",
    "exr",
    "fbx",
    "flac",
    "gguf",
    "gif",
    "glb",
    "gltf",
    "hdr",
    "html",
    "jpeg",
    "jpg",
    "json",
    "jsonl",
    "ksplat",
    "latent",
    "m4a",
    "md",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "npy",
    "npz",
    "obj",
    "ogg",
    "onnx",
    "opus",
    "otf",
    "patch",
    "pickle",
    "pkl",
    "ply",
    "png",
    "pt",
    "pt2",
    "pth",
    "py",
    "safetensors",
    "sft",
    "splat",
    "spz",
    "srt",
    "stl",
    "svg",
    "tiff",
    "toml",
    "torchscript",
    "ttf",
    "txt",
    "usdz",
    "wav",
    "webm",
    "webp",
    "yaml",
];

/// Input names that list files of the server, digits at their end left out.
///
/// They matter where the server whose schema this is had no such file: then only a fixed option is left
/// (`VAELoader.vae_name` of a fresh server is `["pixel_space"]`).
const FILE_INPUTS: [&str; 23] = [
    "checkpoint_name",
    "ckpt_name",
    "clip_name",
    "clip_vision_name",
    "control_net_name",
    "controlnet_name",
    "directory",
    "embedding_name",
    "existing_lora",
    "folder",
    "gguf_name",
    "gligen_name",
    "hypernetwork_name",
    "ipadapter_file",
    "lora",
    "lora_name",
    "model_path",
    "motion_model_name",
    "style_model_name",
    "unet_name",
    "upscale_model_name",
    "vae_name",
    "vae_path",
];

/// What a list says when it found no file.
const NOTHING_FOUND: [&str; 5] = ["", "none", "[none]", "no history", "undefined"];

/// More options than this would make an enum that nobody reads.
const MOST_VARIANTS: usize = 256;

/// The longest option that still makes a readable variant, in characters.
const LONGEST_VARIANT: usize = 60;

/// Whether the options are what happened to be on that server's disk, so that another server has others.
pub(super) fn is_open(input: &Input, combo: &Combo) -> bool {
    let options = &input.options;
    if combo.values.is_empty() || options.is_upload() || options.image_folder().is_some() {
        return true;
    }
    if options.remote().is_some() || options.remote_combo().is_some() {
        return true;
    }
    let texts = || combo.values.iter().filter_map(Value::as_str);
    texts().any(is_file_name)
        || FILE_INPUTS.contains(&input.name.trim_end_matches(|c: char| c == '_' || c.is_ascii_digit()))
        || (texts().count() == combo.values.len() && texts().all(is_placeholder))
}

/// The options as strings, if a closed list of them reads well as an enum.
pub(super) fn enumerable(values: &[Value]) -> Option<Vec<&str>> {
    if values.is_empty() || values.len() > MOST_VARIANTS {
        return None;
    }
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).filter(|text| is_variant(text)).collect();
    let mut distinct = texts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() == values.len()).then_some(texts)
}

fn is_variant(text: &str) -> bool {
    text.chars().count() <= LONGEST_VARIANT && !names::type_case(text).is_empty()
}

pub(super) fn is_file_name(text: &str) -> bool {
    let Some((stem, ending)) = text.rsplit_once('.') else { return false };
    !stem.is_empty() && FILE_ENDINGS.binary_search(&ending.to_ascii_lowercase().as_str()).is_ok()
}

fn is_placeholder(text: &str) -> bool {
    NOTHING_FOUND.contains(&text.trim().to_lowercase().as_str())
}
