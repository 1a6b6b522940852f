//! The inputs that take uploads, and the folder of the server where the editor puts the file of each.

use comfy_runtime::client::{Upload, Uploaded};
use comfy_schema::validate::Folder;
use comfy_schema::{InputDef, InputKind, NodeDef};

/// The end of the names of the options that mark an input for uploads, such as `image_upload`.
const FLAG: &str = "_upload";

/// The subfolder for the files of `file_upload` and `mesh_upload`: the editor puts 3D models there, and the nodes list
/// only its files.
const MODELS: &str = "3d";

/// The inputs of node packs whose scripts add an upload to the editor, without an option in the definition.
const SCRIPTED: [(&str, &str); 3] =
    [("VHS_LoadVideo", "video"), ("VHS_LoadVideoFFmpeg", "video"), ("VHS_LoadAudioUpload", "audio")];

/// The place on the server for the file of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    folder: Folder,
    subfolder: String,
}

impl Destination {
    /// Returns the place for the file of a node's input, or `None` if the input takes no upload.
    pub(super) fn of(node: &NodeDef, input: &str) -> Option<Self> {
        let declared = node.input(input).filter(|declared| takes_upload(node, declared))?;
        let options = &declared.options;
        let folder = match options.image_folder() {
            Some("output") => Folder::Output,
            Some("temp") => Folder::Temp,
            _ => Folder::Input,
        };
        let default = if options.file_upload() || options.mesh_upload() { MODELS } else { "" };
        Some(Self { folder, subfolder: options.upload_subfolder().unwrap_or(default).to_owned() })
    }

    /// Returns the value of the input for a file of this name.
    pub(super) fn value(&self, name: &str) -> String {
        Uploaded::existing(name, &self.subfolder, self.folder.as_str()).value()
    }

    /// Directs an upload to this place.
    pub(super) fn direct(&self, upload: Upload) -> Upload {
        let upload = upload.subfolder(&self.subfolder);
        match self.folder {
            Folder::Output => upload.output(),
            Folder::Temp => upload.temp(),
            _ => upload,
        }
    }
}

/// Returns the inputs of a node that take uploads.
pub(super) fn inputs(node: &NodeDef) -> Vec<&str> {
    let inputs = node.inputs.iter().filter(|declared| takes_upload(node, declared));
    inputs.map(|declared| declared.name.as_str()).collect()
}

fn takes_upload(node: &NodeDef, declared: &InputDef) -> bool {
    let is_text = matches!(declared.kind, InputKind::Combo(_) | InputKind::String);
    let is_marked = || declared.options.iter().any(|(key, value)| key.ends_with(FLAG) && value.as_bool() == Some(true));
    is_text && (SCRIPTED.contains(&(node.class.as_str(), declared.name.as_str())) || is_marked())
}

#[cfg(test)]
mod tests {
    use comfy_schema::Schema;

    use super::*;

    fn schema() -> Schema {
        let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/comfyui-0.26.0.json");
        Schema::from_slice(&std::fs::read(core).unwrap()).unwrap()
    }

    #[test]
    fn the_place_of_a_file_is_that_of_the_editor() {
        let schema = schema();
        for (class, input, value) in [
            ("LoadImage", "image", "a.x"),
            ("LoadImageMask", "image", "a.x"),
            ("LoadImageOutput", "image", "a.x [output]"),
            ("LoadVideo", "file", "a.x"),
            ("LoadAudio", "audio", "a.x"),
            ("Load3D", "model_file", "3d/a.x"),
            ("Painter", "mask", "a.x"),
        ] {
            let place = Destination::of(schema.node(class).unwrap(), input).unwrap();
            assert_eq!(place.value("a.x"), value, "{class}");
        }
    }

    #[test]
    fn packs_mark_inputs_by_options_or_scripts() {
        let packs = br#"{
            "A": {"input": {"required": {"x": [["a"], {"text_upload": true, "upload_subfolder": "t/u"}],
                "y": [["a"], {"image_upload": false}], "z": ["INT", {"image_upload": true}]}}, "output": []},
            "VHS_LoadVideo": {"input": {"required": {"video": [[]], "format": [["a"]]}}, "output": []}}"#;
        let packs = Schema::from_slice(packs).unwrap();
        let a = packs.node("A").unwrap();
        assert_eq!(Destination::of(a, "x").unwrap().value("b.txt"), "t/u/b.txt");
        assert_eq!(inputs(a), ["x"]);
        assert_eq!(inputs(packs.node("VHS_LoadVideo").unwrap()), ["video"]);
    }

    #[test]
    fn models_and_texts_take_no_upload() {
        let schema = schema();
        for (class, input) in [("CheckpointLoaderSimple", "ckpt_name"), ("CLIPTextEncode", "text"), ("LoadImage", "x")]
        {
            assert_eq!(Destination::of(schema.node(class).unwrap(), input), None, "{class}");
        }
        assert!(inputs(schema.node("KSampler").unwrap()).is_empty());
    }
}
