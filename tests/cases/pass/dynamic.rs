//! Dynamic inputs in every form.

use comfy_runtime::types::{IMAGE, INT, LATENT, MASK};
use comfy_runtime::{Out, workflow};
use comfy_tests::nodes::resize_image_mask_node::resize_type;
use comfy_tests::nodes::{
    ComfyMathExpression, ComfySwitchNode, EmptyImage, EmptyLatentImage, LoadImage, LoadImageMask, PreviewAny,
    PreviewImage, PrimitiveInt, ResizeImageMaskNode, SaveAudioAdvanced, SaveImageAdvanced,
};
use comfy_tests::nodes::{EmptyLatentAudio, VAEDecodeAudio, VAELoader};
use serde_json::{Value, json};

#[test]
fn branches() {
    let key = String::from("flac");
    let workflow = workflow! {
        let photo = LoadImage { image: "example.png" };
        let resized = ResizeImageMaskNode {
            input: photo.image,
            resize_type: resize_type::ScaleDimensions { width: 64 },
        };
        let like = ResizeImageMaskNode { input: photo.mask, resize_type: resize_type::MatchSize { r#match: resized } };
        // Without a value, the first branch is used, which has no required inputs.
        let default = ResizeImageMaskNode { input: photo.image };
        let chosen = resize_type::ScaleToMultiple { multiple: 8 };
        let last = ResizeImageMaskNode { input: photo.image, resize_type: Some(chosen) };
        PreviewAny { source: [resized.any(), like.any(), default.any(), last.any()].len() };
        SaveImageAdvanced { images: resized, format: "png" };
        let audio = VAEDecodeAudio { samples: EmptyLatentAudio {}, vae: VAELoader { vae_name: "audio.safetensors" } };
        SaveAudioAdvanced { audio, format: key };
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(
        json["resized"]["inputs"],
        json!({
            "input": ["photo", 0], "resize_type": "scale dimensions", "resize_type.width": 64,
            "resize_type.height": 512, "resize_type.crop": "center", "scale_method": "area",
        })
    );
    assert_eq!(json["default"]["inputs"]["resize_type.width"], 512);
    assert_eq!(json["save_image_advanced"]["inputs"]["format.bit_depth"], "8-bit");
    assert_eq!(json["save_audio_advanced"]["inputs"]["format"], "flac");
}

#[test]
fn match_types_follow_what_comes_in() {
    let workflow = workflow! {
        let photo: Out<IMAGE> = EmptyImage {};
        let mask: Out<MASK> = LoadImageMask { image: "a.png", channel: "red" };
        let image: Out<IMAGE> = ComfySwitchNode { switch: true, on_false: photo, on_true: photo };
        let masked: Out<MASK> = ResizeImageMaskNode { input: mask };
        let latent: Out<LATENT> = EmptyLatentImage {};
        let either = ComfySwitchNode { switch: false, on_false: latent, on_true: latent };
        let latent: Out<LATENT> = either;
        PreviewImage { images: ComfySwitchNode { switch: false, on_false: image, on_true: image } };
        PreviewAny { source: masked };
        PreviewAny { source: latent };
    };
    assert!(workflow.unwrap().warnings().is_empty());
}

#[test]
fn links_into_widgets_and_growing_unions() {
    let workflow = workflow! {
        let side: Out<INT> = PrimitiveInt { value: 64 };
        let area = ComfyMathExpression { expression: "a * b + c", values: [side, side] };
        let mixed = ComfyMathExpression { expression: "a * b", values: [2, 0.5, true] };
        let latent = EmptyLatentImage { width: side, height: area.int };
        PreviewAny { source: latent };
        PreviewAny { source: mixed.float };
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(json["latent"]["inputs"]["width"], json!(["side", 0]));
    assert_eq!(json["latent"]["inputs"]["height"], json!(["area", 1]));
    assert_eq!(json["mixed"]["inputs"]["values.b"], json!(0.5));
    assert_eq!(json["mixed"]["inputs"]["values.c"], Value::Bool(true));
}
