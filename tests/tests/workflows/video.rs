//! Video.

use comfy_runtime::workflow;
use comfy_tests::nodes::wan_infinite_talk_to_video::mode;
use comfy_tests::nodes::{
    AudioEncoderEncode, AudioEncoderLoader, CLIPLoader, CLIPTextEncode, CLIPVisionEncode, CLIPVisionLoader,
    CreateVideo, GetVideoComponents, ImageInvert, KSampler, LoadAudio, LoadImage, LoadVideo, ModelPatchLoader,
    ModelSamplingSD3, SaveVideo, SaveWEBM, UNETLoader, VAEDecode, VAELoader, WanImageToVideo, WanInfiniteTalkToVideo,
};

use crate::snapshot;

#[test]
fn image_to_video() {
    let start = Some("start.png");
    snapshot!(workflow! {
        let model = UNETLoader { unet_name: "wan2.1_i2v.safetensors", weight_dtype: "fp8_e4m3fn" };
        let model = ModelSamplingSD3 { model, shift: 8 };
        let clip = CLIPLoader { clip_name: "umt5.safetensors", r#type: "wan", device: "cpu" };
        let vae = VAELoader { vae_name: "wan_vae.safetensors" };
        let start_image = start.map(|image| LoadImage { image }.image);
        let clip_vision_output = start_image.map(|image| CLIPVisionEncode {
            clip_vision: CLIPVisionLoader { clip_name: "vision.safetensors" },
            image,
            crop: "none",
        });
        let wan = WanImageToVideo {
            positive: CLIPTextEncode { clip, text: "waves" },
            negative: CLIPTextEncode { clip, text: "" },
            vae,
            length: 33,
            clip_vision_output,
            start_image,
        };
        let samples = KSampler {
            model,
            positive: wan.positive,
            negative: wan.negative,
            latent_image: wan.latent,
            sampler_name: "uni_pc",
            scheduler: "simple",
        };
        let images = VAEDecode { samples, vae };
        SaveWEBM { images, codec: "vp9", fps: 16 };
        SaveVideo { video: CreateVideo { images, fps: 16.0 }, codec: "h264" }
    });
}

/// A video is split into frames and put together again, with links into widgets for its frame rate and sound.
#[test]
fn video_to_video() {
    snapshot!(workflow! {
        let parts = GetVideoComponents { video: LoadVideo { file: "in.mp4" } };
        let video = CreateVideo {
            images: ImageInvert { image: parts.images },
            fps: parts.fps,
            audio: parts.audio,
            bit_depth: parts.bit_depth,
        };
        SaveVideo { video, filename_prefix: "video/inverted", format: "mp4" }
    });
}

#[test]
fn two_speakers() {
    snapshot!(workflow! {
        let encoder = AudioEncoderLoader { audio_encoder_name: "wav2vec.safetensors" };
        let hear = |audio: &str| AudioEncoderEncode { audio_encoder: encoder, audio: LoadAudio { audio } };
        let clip = CLIPLoader { clip_name: "umt5.safetensors", r#type: "wan" };
        let (left, right) = (LoadImage { image: "left.png" }, LoadImage { image: "right.png" });
        let talk = WanInfiniteTalkToVideo {
            mode: mode::TwoSpeakers {
                audio_encoder_output_2: hear("second.wav"),
                mask_1: left.mask,
                mask_2: right.mask,
            },
            model: UNETLoader { unet_name: "wan.safetensors", weight_dtype: "default" },
            model_patch: ModelPatchLoader { name: "talk.safetensors" },
            positive: CLIPTextEncode { clip, text: "two people talk" },
            negative: CLIPTextEncode { clip, text: "" },
            vae: VAELoader { vae_name: "wan_vae.safetensors" },
            audio_encoder_output_1: hear("first.wav"),
            start_image: left.image,
        };
        let samples = KSampler {
            model: talk.model,
            positive: talk.positive,
            negative: talk.negative,
            latent_image: talk.latent,
            sampler_name: "euler",
            scheduler: "simple",
        };
        let images = VAEDecode { samples, vae: VAELoader { vae_name: "wan_vae.safetensors" } };
        SaveWEBM { images, codec: "av1" }
    });
}
