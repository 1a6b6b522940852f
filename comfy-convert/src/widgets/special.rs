//! Widgets that scripts of the stock front end add to particular classes.

use comfy_schema::{InputKind, NodeDef, Section};

use super::{Kind, Spec, Widget, initial};

/// Adds the widgets that come right after an input's own.
pub(super) fn after<'s>(class: &'s NodeDef, spec: &Spec<'s>, list: &mut Vec<Widget<'s>>) {
    match (class.class.as_str(), spec.name.as_str()) {
        ("Load3D", "model_file") => list.extend([
            Widget::sent("upload 3d model", "upload3dmodel"),
            Widget::sent("upload extra resources", "uploadExtraResources"),
            Widget::sent("clear", "clear"),
        ]),
        ("CustomCombo", "choice") => {
            if let Some(choice) = list.iter_mut().find(|widget| widget.name == "choice") {
                choice.kind = Kind::CustomChoice;
            }
        }
        _ => {}
    }
}

/// Adds the widgets that come after all others.
pub(super) fn at_the_end<'s>(class: &'s NodeDef, list: &mut Vec<Widget<'s>>) {
    match class.class.as_str() {
        "LoadAudio" => list.push(Widget { kind: Kind::AudioAddress, ..Widget::sent("audioUI", "").unsaved() }),
        "SaveAudio" | "SaveAudioMP3" | "SaveAudioOpus" | "SaveAudioAdvanced" | "PreviewAudio" => {
            list.push(Widget { kind: Kind::Fixed, ..Widget::sent("audioUI", "").unsaved() });
        }
        "SaveGLB" | "Preview3D" => list.push(Widget { kind: Kind::Fixed, ..Widget::sent("image", "") }),
        "CustomCombo" => {
            list.push(Widget { kind: Kind::CustomIndex, ..Widget::sent("index", 0) });
            list.push(custom_option(1));
        }
        "PreviewAny" => {
            list.push(Widget::companion("preview_markdown", 0).unsaved());
            list.push(Widget::companion("preview_text", 0).unsaved());
            list.push(Widget::companion("previewMode", 0));
        }
        "WebcamCapture" => list.push(Widget::companion("capture", 0)),
        _ => {}
    }
    if has_upload(class) {
        list.push(Widget::companion("upload", 0));
    }
}

/// Creates an option of a `CustomCombo`; `number` counts from 1.
pub(super) fn custom_option<'s>(number: usize) -> Widget<'s> {
    Widget { kind: Kind::CustomOption, ..Widget::sent(&format!("option{number}"), "") }
}

/// Returns the number of the option of this name, which counts from 1.
pub(super) fn number_of_option(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("option")?;
    // Names like `option01` and `option+1` are others.
    if digits.starts_with(|first: char| matches!(first, '1'..='9')) { digits.parse().ok() } else { None }
}

/// Returns whether the class gets an upload button: it has a required combo of pictures or videos, or the input
/// `audio`.
fn has_upload(class: &NodeDef) -> bool {
    let flag = |spec: &&comfy_schema::InputDef, key: &str| spec.options.get(key).is_some_and(initial::is_truthy);
    let media = class.inputs.iter().filter(|input| input.section == Section::Required).any(|input| {
        matches!(input.kind, InputKind::Combo(_))
            && ["image_upload", "video_upload", "animated_image_upload"].iter().any(|key| flag(&input, key))
    });
    media || class.input("audio").is_some_and(|input| flag(&input, "audio_upload"))
}
