//! Open combos: those whose options are files on a server's disk.

use crate::{ComboDef, InputDef, InputKind, Value};

/// The extensions of files that a list of options may hold: models, media, text and configuration.
///
/// The list has every extension in the snapshots under `COMFY_DATA`, and the documented model and media formats of the
/// core server. A dot alone does not make a file: `gpt-5.5` and `stable-audio-2.5` are options of another kind.
const FILE_EXTENSIONS: [&str; 62] = [
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

/// The names of inputs that list files of the server, without digits at their end.
///
/// They are needed for servers without such files, whose lists hold only fixed options: `VAELoader.vae_name` of a fresh
/// server is `["pixel_space"]`.
const FILE_INPUTS: [&str; 28] = [
    "Select to add LoRA",
    "Select to add Wildcard",
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
    "insert_embedding",
    "insert_lora",
    "ipadapter_file",
    "lora",
    "lora_name",
    "model_path",
    "motion_model_name",
    "prompt_dir",
    "style_model_name",
    "unet_name",
    "upscale_model_name",
    "vae_name",
    "vae_path",
];

/// The placeholders that lists hold in place of files.
const PLACEHOLDERS: [&str; 5] = ["", "none", "[none]", "no history", "undefined"];

/// Returns whether a combo is open: its options are files on the server's disk or come from a route, so that they
/// differ between servers.
///
/// A combo is open if it has an upload flag, an image folder, a remote source or no options, if an option has the
/// extension of a file, if all options are placeholders such as `none`, or if its input has the name of a file input
/// (`ckpt_name`).
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

/// Returns whether a value that a combo does not list may name files that another server has: the combo is open, and the
/// value is a text, or several if the combo takes several.
pub(crate) fn may_name_files(input: &InputDef, value: &Value) -> bool {
    let InputKind::Combo(combo) = &input.kind else { return false };
    let is_name = |value: &Value| value.as_str().is_some_and(|name| !name.is_empty());
    let are_names = match value {
        Value::Array(values) => combo.multiselect && values.iter().all(is_name),
        value => is_name(value),
    };
    are_names && is_open(input, combo)
}

/// Returns whether a text ends in the extension of a model, media, text or configuration file.
///
/// Not public API: the other crates of the workspace use it, and it may change in any version.
#[doc(hidden)]
pub fn is_file_name(text: &str) -> bool {
    let Some((stem, extension)) = text.rsplit_once('.') else { return false };
    !stem.is_empty() && FILE_EXTENSIONS.binary_search(&extension.to_ascii_lowercase().as_str()).is_ok()
}

fn is_placeholder(text: &str) -> bool {
    PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{FILE_EXTENSIONS, is_file_name};

    #[test]
    fn extensions_are_sorted_for_binary_search() {
        assert!(FILE_EXTENSIONS.is_sorted());
    }

    #[test]
    fn a_dot_alone_does_not_make_a_file() {
        assert!(is_file_name("a/b.SafeTensors"));
        assert!(!is_file_name("gpt-5.5") && !is_file_name(".png"));
    }
}
