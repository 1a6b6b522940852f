//! Images of diffusion models.

use comfy_runtime::types::{CONDITIONING, IMAGE, MODEL};
use comfy_runtime::{Graph, Out, attr, workflow};
use comfy_tests::nodes::resize_image_mask_node::resize_type;
use comfy_tests::nodes::{
    BasicGuider, BasicScheduler, BatchImagesNode, CLIPTextEncode, CheckpointLoaderSimple, ControlNetApplyAdvanced,
    ControlNetLoader, DualCLIPLoader, EmptyLatentImage, FluxGuidance, ImageUpscaleWithModel, InpaintModelConditioning,
    KSampler, KSamplerSelect, LoadImage, LoadImageMask, LoraLoader, LoraLoaderModelOnly, RandomNoise,
    ResizeImageMaskNode, SamplerCustomAdvanced, SaveImage, UNETLoader, UpscaleModelLoader, VAEDecode, VAEEncode,
    VAELoader, options,
};

use crate::snapshot;

#[attr::workflow]
pub(crate) fn text_to_image(prompt: &str, seed: u64) -> Out<IMAGE> {
    let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let positive = CLIPTextEncode { clip: ckpt.clip, text: prompt };
    let negative = CLIPTextEncode { clip: ckpt.clip, text: "blurry, low quality" };
    let latent = EmptyLatentImage { width: 512, height: 768 };
    let samples = KSampler {
        model: ckpt.model,
        positive,
        negative,
        latent_image: latent,
        seed,
        steps: 25,
        cfg: 7,
        sampler_name: "dpmpp_2m",
        scheduler: "karras",
    };
    let image = VAEDecode { samples, vae: ckpt.vae };
    let saved = SaveImage { images: image, filename_prefix: "cat" };
    saved
}

#[test]
fn text_to_image_with_a_seed() {
    snapshot!(text_to_image("a \"cat\" in the rain\n猫", u64::MAX));
}

#[test]
fn text_to_image_with_numeric_ids() {
    snapshot!(Ok(text_to_image("a cat", 7).unwrap().with_numeric_ids()));
}

#[test]
fn nested_text_to_image() {
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        SaveImage {
            images: VAEDecode {
                samples: KSampler {
                    model: ckpt.model,
                    positive: CLIPTextEncode { clip: ckpt.clip, text: "a cat" },
                    negative: CLIPTextEncode { clip: ckpt.clip, text: "" },
                    latent_image: EmptyLatentImage {},
                    sampler_name: options::SamplerName::Euler,
                    scheduler: options::Scheduler::Normal,
                },
                vae: ckpt.vae,
            },
        }
    });
}

#[test]
fn image_to_image() {
    let strength = 0.55;
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        let photo = LoadImage { image: "photo of me.png" };
        let latent = VAEEncode { pixels: photo.image, vae: ckpt.vae };
        let samples = KSampler {
            model: ckpt.model,
            positive: CLIPTextEncode { clip: ckpt.clip, text: "an oil painting" },
            negative: CLIPTextEncode { clip: ckpt.clip, text: "photo" },
            latent_image: latent,
            denoise: strength,
            sampler_name: "euler",
            scheduler: "simple",
        };
        #[title = "painting"]
        SaveImage { images: VAEDecode { samples, vae: ckpt.vae } }
    });
}

#[test]
fn loras_in_a_loop() {
    let loras = [("detail.safetensors", 0.8), ("style.safetensors", -0.25)];
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sdxl.safetensors" };
        let (mut model, mut clip) = (ckpt.model, ckpt.clip);
        for (lora_name, strength) in loras {
            let lora = LoraLoader { model, clip, lora_name, strength_model: strength, strength_clip: strength };
            (model, clip) = (lora.model, lora.clip);
        }
        model = LoraLoaderModelOnly { model, lora_name: "lightning.safetensors" };
        let samples = KSampler {
            model,
            positive: CLIPTextEncode { clip, text: "a castle" },
            negative: CLIPTextEncode { clip, text: "" },
            latent_image: EmptyLatentImage { width: 1024, height: 1024, batch_size: 4 },
            sampler_name: "euler",
            scheduler: "sgm_uniform",
        };
        SaveImage { images: VAEDecode { samples, vae: ckpt.vae } }
    });
}

#[test]
fn control_net() {
    let with_vae = true;
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd3.safetensors" };
        let controlled = ControlNetApplyAdvanced {
            positive: CLIPTextEncode { clip: ckpt.clip, text: "a dancer" },
            negative: CLIPTextEncode { clip: ckpt.clip, text: "" },
            control_net: ControlNetLoader { control_net_name: "pose.safetensors" },
            image: LoadImage { image: "pose.png" }.image,
            strength: 0.9,
            end_percent: 0.65,
            vae: if with_vae { Some(ckpt.vae) } else { None },
        };
        let samples = KSampler {
            model: ckpt.model,
            positive: controlled.positive,
            negative: controlled.negative,
            latent_image: EmptyLatentImage {},
            sampler_name: "uni_pc",
            scheduler: "normal",
        };
        SaveImage { images: VAEDecode { samples, vae: ckpt.vae } }
    });
}

#[test]
fn inpainting_with_a_mask() {
    snapshot!(workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "inpaint.safetensors" };
        let photo = LoadImage { image: "room.png" };
        let mask = LoadImageMask { image: "room-mask.png", channel: "red" };
        let filled = InpaintModelConditioning {
            positive: CLIPTextEncode { clip: ckpt.clip, text: "a green sofa" },
            negative: CLIPTextEncode { clip: ckpt.clip, text: "" },
            vae: ckpt.vae,
            pixels: photo.image,
            mask,
            noise_mask: false,
        };
        let samples = KSampler {
            model: ckpt.model,
            positive: filled.positive,
            negative: filled.negative,
            latent_image: filled.latent,
            sampler_name: "dpmpp_2m_sde",
            scheduler: "karras",
        };
        SaveImage { images: VAEDecode { samples, vae: ckpt.vae } }
    });
}

/// Three frames with consecutive seeds, and an upscale model.
#[test]
fn upscaled_batch() {
    snapshot!(workflow! {
        let frames: Vec<Out<IMAGE>> =
            (1..=3_u8).map(|number| LoadImage { image: format!("frame_{number:02}.png") }.image).collect();
        let batch = BatchImagesNode { images: frames };
        let model = UpscaleModelLoader { model_name: "4x.pth" };
        let large = ImageUpscaleWithModel { upscale_model: model, image: batch };
        let fitted = ResizeImageMaskNode {
            input: large,
            resize_type: resize_type::ScaleLongerDimension { longer_size: 2048 },
            scale_method: "lanczos",
        };
        let thumbnail = ResizeImageMaskNode {
            input: fitted,
            resize_type: resize_type::MatchSize { r#match: batch, crop: "disabled" },
        };
        (SaveImage { images: fitted }, SaveImage { images: thumbnail, filename_prefix: "thumbnails/ComfyUI" })
    });
}

/// Adds the conditioning of Flux, as a part of a workflow.
#[attr::workflow]
fn flux_text(graph: &Graph, text: &str) -> Out<CONDITIONING> {
    let clip = DualCLIPLoader { clip_name1: "clip_l.safetensors", clip_name2: "t5xxl.safetensors", r#type: "flux" };
    FluxGuidance { conditioning: CLIPTextEncode { clip, text }, guidance: 2.5 }
}

/// Adds nodes from an ordinary function.
fn flux_model(graph: &Graph) -> Out<MODEL> {
    use comfy_runtime::Build;
    graph.add(UNETLoader::new("flux1-dev.safetensors", "default").with_id("flux"))
}

#[test]
fn flux_from_parts() {
    snapshot!(workflow! {
        let model = flux_model(graph);
        let guider = BasicGuider { model, conditioning: flux_text(graph, "a fox") };
        let sampled = SamplerCustomAdvanced {
            noise: RandomNoise { noise_seed: 1 },
            guider,
            sampler: KSamplerSelect { sampler_name: "euler" },
            sigmas: BasicScheduler { model, scheduler: "beta", steps: 28 },
            latent_image: EmptyLatentImage { width: 1024, height: 1024 },
        };
        let vae = VAELoader { vae_name: "ae.safetensors" };
        #[id = "final"]
        SaveImage { images: VAEDecode { samples: sampled.output, vae } }
    });
}
