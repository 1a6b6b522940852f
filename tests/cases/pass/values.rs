//! Rust values of every type that inputs accept.

use std::borrow::Cow;

use comfy_runtime::field::{Combo, Input, IntoField};
use comfy_runtime::{GraphError, Out, types, unchecked, workflow};
use comfy_tests::nodes::{
    CLIPTextEncode, CLIPTextEncodeFlux, CheckpointLoaderSimple, ColorToRGBInt, EmptyLatentAudio, EmptyLatentImage,
    KSampler, KSamplerSelect, LatentAdd, PreviewAny, RandomNoise, RunwayFirstLastFrameNode, VAEDecodeAudio, options,
};
use comfy_tests::nodes::{CreateVideo, LoadImage, SaveAudioAdvanced, SaveVideo};
use serde_json::json;

fn check<T>(workflow: Result<comfy_runtime::Workflow<T>, GraphError>, expected: &serde_json::Value) {
    let workflow = workflow.unwrap();
    assert_eq!(&serde_json::to_value(&workflow).unwrap(), expected);
}

#[test]
fn whole_numbers() {
    let (byte, signed, size): (u8, i32, usize) = (64, 64, 64);
    let (long, longest): (i64, u64) = (64, 64);
    check(
        workflow! {
            let one = EmptyLatentImage { width: byte, height: signed, batch_size: size };
            let two = EmptyLatentImage { width: long, height: longest, batch_size: u16::from(byte) };
            PreviewAny { source: LatentAdd { samples1: one, samples2: two } }
        },
        &json!({
            "one": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 64}},
            "two": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 64}},
            "latent_add": {
                "class_type": "LatentAdd",
                "inputs": {"samples1": ["one", 0], "samples2": ["two", 0]},
            },
            "preview_any": {"class_type": "PreviewAny", "inputs": {"source": ["latent_add", 0]}},
        }),
    );
}

#[test]
fn seeds_of_64_bits() {
    let seed = u64::MAX;
    check(
        workflow! {
            let written = RandomNoise { noise_seed: 18446744073709551615 };
            let computed = RandomNoise { noise_seed: seed };
            PreviewAny { source: written };
            PreviewAny { source: computed }
        },
        &json!({
            "written": {"class_type": "RandomNoise", "inputs": {"noise_seed": u64::MAX}},
            "computed": {"class_type": "RandomNoise", "inputs": {"noise_seed": u64::MAX}},
            "preview_any": {"class_type": "PreviewAny", "inputs": {"source": ["written", 0]}},
            "preview_any_2": {"class_type": "PreviewAny", "inputs": {"source": ["computed", 0]}},
        }),
    );
}

#[test]
fn whole_numbers_and_floats_for_floats() {
    let (single, double, whole) = (0.1_f32, 0.1_f64, 8_u32);
    let workflow = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        let encoded = CLIPTextEncode { clip: ckpt.clip, text: "" };
        let latent_image = EmptyLatentImage {};
        for denoise in [f64::from(single), double] {
            let sampled = KSampler {
                model: ckpt.model, positive: encoded, negative: encoded, latent_image, denoise,
                cfg: 8, sampler_name: "euler", scheduler: "normal",
            };
            PreviewAny { source: sampled };
        }
        let sampled = KSampler {
            model: ckpt.model, positive: encoded, negative: encoded, latent_image,
            denoise: single, cfg: whole, sampler_name: "euler", scheduler: "normal",
        };
        PreviewAny { source: sampled }
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(json["sampled"]["inputs"]["cfg"], 8);
    assert_eq!(json["sampled_2"]["inputs"]["denoise"], 0.1);
    assert_eq!(json["sampled_3"]["inputs"]["denoise"], 0.1, "a single 0.1 is 0.1");
    assert_eq!(json["sampled_3"]["inputs"]["cfg"], 8);
}

#[test]
fn texts() {
    let (owned, boxed): (String, Box<str>) = (String::from("owned"), "boxed".into());
    let (borrowed, cow): (&String, Cow<'_, str>) = (&owned, Cow::Borrowed("cow"));
    let workflow = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: owned.clone() };
        PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: borrowed } };
        PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: cow } };
        PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: boxed } };
        PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: owned.as_str() } };
        PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: format!("{owned} again") } };
        PreviewAny { source: CLIPTextEncodeFlux { clip: ckpt.clip, clip_l: "a", t5xxl: owned, guidance: 3 } };
    };
    let workflow = workflow.unwrap();
    let json = serde_json::to_value(&workflow).unwrap();
    let texts: Vec<_> = json.as_object().unwrap().values().filter_map(|node| node["inputs"]["text"].as_str()).collect();
    assert_eq!(texts, ["owned", "cow", "boxed", "owned", "owned again"]);
}

#[test]
fn options_for_inputs_that_may_be_left_out() {
    for audio in [true, false] {
        let workflow = workflow! {
            let photo = LoadImage { image: "example.png" };
            let track = if audio {
                let samples = EmptyLatentAudio { seconds: None::<f32>, batch_size: Some(2) };
                let vae = CheckpointLoaderSimple { ckpt_name: "audio.safetensors" }.vae;
                Some(VAEDecodeAudio { samples, vae })
            } else {
                None
            };
            let video = CreateVideo { images: photo.image, audio: track, fps: Some(24), bit_depth: None };
            SaveVideo { video, format: None }
        };
        let json = serde_json::to_value(workflow.unwrap()).unwrap();
        let inputs = &json["video"]["inputs"];
        assert_eq!(inputs.get("audio").is_some(), audio);
        assert_eq!(inputs["fps"], 24);
        assert_eq!(inputs.get("bit_depth"), None, "an optional input that is left out is not sent");
    }
}

#[test]
fn combos() {
    let name = String::from("dpmpp_2m");
    check(
        workflow! {
            PreviewAny { source: KSamplerSelect { sampler_name: "euler" } };
            PreviewAny { source: KSamplerSelect { sampler_name: options::SamplerName::Dpmpp2m } };
            PreviewAny { source: KSamplerSelect { sampler_name: name } };
        },
        &json!({
            "k_sampler_select": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
            "preview_any": {"class_type": "PreviewAny", "inputs": {"source": ["k_sampler_select", 0]}},
            "k_sampler_select_2": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}},
            "preview_any_2": {"class_type": "PreviewAny", "inputs": {"source": ["k_sampler_select_2", 0]}},
            "k_sampler_select_3": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "dpmpp_2m"}},
            "preview_any_3": {"class_type": "PreviewAny", "inputs": {"source": ["k_sampler_select_3", 0]}},
        }),
    );
}

#[test]
fn combos_of_numbers() {
    let workflow = workflow! {
        let photo = LoadImage { image: "example.png" };
        let video = RunwayFirstLastFrameNode {
            start_frame: photo.image, end_frame: photo.image, duration: 10, ratio: "1280:768",
        };
        SaveVideo { video }
    };
    assert_eq!(serde_json::to_value(workflow.unwrap()).unwrap()["video"]["inputs"]["duration"], 10);
}

#[test]
fn json_and_anything() {
    let workflow = workflow! {
        PreviewAny { source: ColorToRGBInt { color: "#ff0000" }.rgb_int };
        PreviewAny { source: 5 };
        PreviewAny { source: -0.5 };
        PreviewAny { source: "text" };
        PreviewAny { source: json!([1, 2]) };
        PreviewAny { source: true };
        // A value that the schema does not allow but the server accepts.
        SaveAudioAdvanced { audio: unchecked(json!({ "path": "a.flac" })) }
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(json["preview_any_5"]["inputs"]["source"], json!({ "__value__": [1, 2] }));
    assert_eq!(json["save_audio_advanced"]["inputs"]["audio"], json!({ "path": "a.flac" }));
}

/// A type of the user that is a value for an input.
struct Pixels(u32);

impl IntoField<Input<types::INT>> for Pixels {
    fn into_slot(self) -> comfy_runtime::field::Slot {
        IntoField::<Input<types::INT>>::into_slot(self.0)
    }
}

/// Has a parameter of any type that the input accepts.
fn sampler(name: impl IntoField<Combo<options::SamplerName>>, width: impl IntoField<Input<types::INT>>) -> usize {
    let workflow = workflow! {
        PreviewAny { source: KSamplerSelect { sampler_name: name } };
        PreviewAny { source: EmptyLatentImage { width } }
    };
    workflow.unwrap().nodes().count()
}

#[test]
fn values_of_generic_types() {
    assert_eq!(sampler("euler", Pixels(64)), 4);
    assert_eq!(sampler(options::SamplerName::Euler, 64_u8), 4);
    let link: Option<Out<types::INT>> = None;
    assert_eq!(sampler(String::from("heun"), link), 4);
}
