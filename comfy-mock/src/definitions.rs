//! The node definitions of the server.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use comfy_schema::validate::{Files, Replacements, Validator, Verdict};
use comfy_schema::{ComboDef, InputKind, Schema, SchemaError, Text, Value};

use crate::json::dumps;

/// The core loaders: class, input, and the model folder that the input lists.
const LOADERS: [(&str, &str, &str); 27] = [
    ("CheckpointLoader", "ckpt_name", "checkpoints"),
    ("CheckpointLoaderSimple", "ckpt_name", "checkpoints"),
    ("ImageOnlyCheckpointLoader", "ckpt_name", "checkpoints"),
    ("unCLIPCheckpointLoader", "ckpt_name", "checkpoints"),
    ("LoraLoader", "lora_name", "loras"),
    ("LoraLoaderModelOnly", "lora_name", "loras"),
    ("VAELoader", "vae_name", "vae"),
    ("CLIPLoader", "clip_name", "text_encoders"),
    ("DualCLIPLoader", "clip_name1", "text_encoders"),
    ("DualCLIPLoader", "clip_name2", "text_encoders"),
    ("TripleCLIPLoader", "clip_name1", "text_encoders"),
    ("TripleCLIPLoader", "clip_name2", "text_encoders"),
    ("TripleCLIPLoader", "clip_name3", "text_encoders"),
    ("UNETLoader", "unet_name", "diffusion_models"),
    ("CLIPVisionLoader", "clip_name", "clip_vision"),
    ("StyleModelLoader", "style_model_name", "style_models"),
    ("ControlNetLoader", "control_net_name", "controlnet"),
    ("DiffControlNetLoader", "control_net_name", "controlnet"),
    ("GLIGENLoader", "gligen_name", "gligen"),
    ("UpscaleModelLoader", "model_name", "upscale_models"),
    ("LatentUpscaleModelLoader", "model_name", "latent_upscale_models"),
    ("HypernetworkLoader", "hypernetwork_name", "hypernetworks"),
    ("PhotoMakerLoader", "photomaker_model_name", "photomaker"),
    ("DiffusersLoader", "model_path", "diffusers"),
    ("ModelPatchLoader", "name", "model_patches"),
    ("AudioEncoderLoader", "audio_encoder_name", "audio_encoders"),
    ("LoadBackgroundRemovalModel", "bg_removal_name", "background_removal"),
];

/// The node definitions that are served, and that prompts are checked against.
#[derive(Debug)]
pub(crate) struct Definitions {
    /// The document of `/object_info`: the given bytes, unless the definitions were changed.
    document: Bytes,
    schema: Arc<Schema>,
    replacements: Replacements,
    /// The response of `/node_replacements`.
    pub(crate) replacements_shown: Value,
    /// Whether every file that a prompt names is assumed to exist.
    assume_files: bool,
    /// The inputs, each a class and a name, whose options were set.
    complete_lists: Vec<(Text, Text)>,
}

/// The changes to make to the definitions that the builder was given.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Model folder → file names.
    pub(crate) models: HashMap<String, Vec<String>>,
    /// Class and input → options.
    pub(crate) options: Vec<(String, String, Vec<Value>)>,
    pub(crate) replacements: Option<Value>,
    pub(crate) assume_files: bool,
}

impl Definitions {
    /// Parses a document in the format of `/object_info`, and applies the changes.
    pub(crate) fn parse(document: Bytes, changes: &Changes) -> Result<Self, SchemaError> {
        let given = Schema::from_slice(&document)?;
        let mut schema = given.clone();
        let mut complete_lists = Vec::new();
        let loaders =
            LOADERS.iter().filter_map(|(class, input, folder)| Some((*class, *input, changes.models.get(*folder)?)));
        for (class, input, files) in loaders {
            set_options(&mut schema, class, input, files.iter().map(|file| Value::from(file.as_str())).collect());
            complete_lists.push((Text::new(class), Text::new(input)));
        }
        for (class, input, options) in &changes.options {
            set_options(&mut schema, class, input, options.clone());
            complete_lists.push((Text::new(class), Text::new(input)));
        }
        // Unchanged definitions are served byte for byte, unless they are not UTF-8 or begin with a byte order mark.
        let as_given =
            schema == given && std::str::from_utf8(&document).is_ok() && !document.starts_with(b"\xef\xbb\xbf");
        let document = if as_given { document } else { Bytes::from(schema.to_json()) };
        let replacements_shown = changes.replacements.clone().unwrap_or_else(Replacements::built_in_answer);
        Ok(Self {
            document,
            schema: Arc::new(schema),
            replacements: Replacements::from_value(&replacements_shown),
            replacements_shown,
            assume_files: changes.assume_files,
            complete_lists,
        })
    }

    /// Returns the document of `/object_info`.
    pub(crate) fn document(&self) -> Bytes {
        self.document.clone()
    }

    /// Returns the definitions, with the changes applied.
    pub(crate) fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// Returns `{class: definition}` as JSON, or `{}` for an unknown class.
    pub(crate) fn of_class(&self, class: &str) -> String {
        match self.schema.node(class) {
            Some(node) => dumps(&Value::Object([(node.class.clone(), node.to_value())].into_iter().collect())),
            None => "{}".into(),
        }
    }

    /// Returns the server's verdict on the body of `POST /prompt`.
    pub(crate) fn check_body(&self, body: &Value, files: &Files) -> Verdict {
        Validator::new(&self.schema)
            .replacements(&self.replacements)
            .files(files)
            .assume_files(self.assume_files)
            .complete_lists(&self.complete_lists)
            .warnings(false)
            .check_body(body)
    }

    /// Returns the files of a model folder that the core loaders list as options.
    pub(crate) fn models(&self, folder: &str) -> Vec<Text> {
        let lists = LOADERS.iter().filter(|(_, _, of)| *of == folder);
        let combos = lists.filter_map(|(class, input, _)| combo(&self.schema, class, input));
        let mut names: Vec<Text> =
            combos.flat_map(|combo| combo.values.iter().filter_map(Value::as_str).map(Text::new)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn combo<'s>(schema: &'s Schema, class: &str, input: &str) -> Option<&'s ComboDef> {
    match &schema.node(class)?.input(input)?.kind {
        InputKind::Combo(combo) => Some(combo),
        _ => None,
    }
}

fn combo_mut<'s>(schema: &'s mut Schema, class: &str, input: &str) -> Option<&'s mut ComboDef> {
    let node = schema.nodes.iter_mut().find(|node| node.class == class)?;
    match &mut node.inputs.iter_mut().find(|candidate| candidate.name == input)?.kind {
        InputKind::Combo(combo) => Some(combo),
        _ => None,
    }
}

fn set_options(schema: &mut Schema, class: &str, input: &str, options: Vec<Value>) {
    if let Some(combo) = combo_mut(schema, class, input) {
        combo.values = options;
    }
}
