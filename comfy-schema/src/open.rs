//! Combos whose options are what happened to be on a server's disk.

use crate::{ComboDef, InputDef, Value};

/// Endings of files that a list of options may hold: models, media, text and configuration.
///
/// Every ending that the real dumps under `COMFY_DATA` show, and the documented model and media formats of the core
/// server. A dot alone says nothing: `gpt-5.5` and `stable-audio-2.5` are no files.
const FILE_ENDINGS: [&str; 62] = [
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

/// Whether the options of a combo are what happened to be on that server's disk (or what a route lists), so that another
/// server has others.
///
/// Told by upload flags, routes, the endings of the options, the name of the input, or the absence of any option.
pub fn is_open(input: &InputDef, combo: &ComboDef) -> bool {
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

/// Whether a text ends like the name of a model, of media, of a text or of a configuration file.
///
/// Shared by the workspace's crates; may change in any version.
#[doc(hidden)]
pub fn is_file_name(text: &str) -> bool {
    let Some((stem, ending)) = text.rsplit_once('.') else { return false };
    !stem.is_empty() && FILE_ENDINGS.binary_search(&ending.to_ascii_lowercase().as_str()).is_ok()
}

fn is_placeholder(text: &str) -> bool {
    NOTHING_FOUND.contains(&text.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{FILE_ENDINGS, is_file_name};

    #[test]
    fn endings_are_sorted_for_the_search() {
        assert!(FILE_ENDINGS.is_sorted());
    }

    #[test]
    fn a_dot_alone_makes_no_file() {
        assert!(is_file_name("a/b.SafeTensors"));
        assert!(!is_file_name("gpt-5.5") && !is_file_name(".png"));
    }
}
