//! The titles that the front end gives to nodes without one.

use comfy_schema::{NodeDef, Text};

/// The titles in the front end's English translation that differ from the server's display names.
const NAMES: &[(&str, &str)] = &[
    ("ColorToRGBInt", "Color to RGB Int"),
    ("ComfySwitchNode", "Switch"),
    ("CLIPTextEncodeLumina2", "CLIP Text Encode for Lumina2"),
    ("FrameInterpolate", "Frame Interpolate"),
    ("LatentFromBatch", "Latent From Batch"),
    ("LTXAVTextEncoderLoader", "LTXV Audio Text Encoder Loader"),
    ("PrimitiveString", "Text String"),
    ("PrimitiveStringMultiline", "Text String (Multiline)"),
    ("ReferenceTimbreAudio", "Reference Audio"),
    ("RTDETR_detect", "RT-DETR Detect"),
    ("SAM3_VideoTrack", "SAM3 Video Track"),
    ("SaveAudio", "Save Audio (FLAC)"),
    ("SaveAudioMP3", "Save Audio (MP3)"),
    ("SaveAudioOpus", "Save Audio (Opus)"),
    ("WanContextWindowsManual", "WAN Context Windows (Manual)"),
];

/// The classes whose title in the front end is the name of the class.
const BARE: &[&str] = &[
    "ConditioningAverage",
    "ConditioningSetAreaStrength",
    "DualCLIPLoader",
    "TripleCLIPLoader",
    "QuadrupleCLIPLoader",
    "GLIGENTextBoxApply",
    "DiffusersLoader",
    "ConditioningZeroOut",
    "LatentBatch",
    "ReplaceVideoLatentFrames",
    "LatentCompositeMasked",
    "CLIPTextEncodeSDXL",
    "CLIPTextEncodeSDXLRefiner",
    "CLIPTextEncodePixArtAlpha",
    "CLIPTextEncodeSD3",
    "CLIPTextEncodeHunyuanDiT",
    "CLIPTextEncodeHiDream",
    "CLIPTextEncodeKandinsky5",
    "ConditioningSetAreaPercentageVideo",
    "SetUnionControlNetType",
    "ControlNetInpaintingAliMamaApply",
    "Video Slice",
    "TrimVideoLatent",
    "ReferenceLatent",
    "ModelPatchLoader",
    "QwenImageDiffsynthControlnet",
    "ZImageFunControlnet",
    "USOStyleReference",
    "GenerateTracks",
];

/// Returns the title of a node for which the file gives none.
pub(crate) fn default(class: &NodeDef) -> Text {
    let name = class.class.as_str();
    if let Some((_, title)) = NAMES.iter().find(|(of, _)| *of == name) {
        return Text::new_static(title);
    }
    if BARE.contains(&name) {
        return class.class.clone();
    }
    class.display_name.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| class.class.clone())
}
