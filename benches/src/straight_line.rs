//! Writes the Rust source of a large workflow: many node literals in a row, as a person would write them. The build script
//! includes this file as well.

/// The number of node literals in the workflow that the figures are about.
pub const NODES: usize = 1_000;

/// The node classes that the workflow uses.
pub const CLASSES: [&str; 23] = [
    "CheckpointLoaderSimple",
    "LoraLoader",
    "CLIPSetLastLayer",
    "CLIPTextEncode",
    "ConditioningCombine",
    "LoadImage",
    "ControlNetLoader",
    "ControlNetApplyAdvanced",
    "ModelSamplingSD3",
    "EmptyLatentImage",
    "KSampler",
    "LatentUpscaleBy",
    "KSamplerAdvanced",
    "VAEDecode",
    "ImageSharpen",
    "UpscaleModelLoader",
    "ImageUpscaleWithModel",
    "ImageScaleBy",
    "ImageBlur",
    "ResizeImageMaskNode",
    "BatchImagesNode",
    "SaveImage",
    "PreviewImage",
];

/// The nodes of one picture, from prompt to file. `#` stands for the number of the picture, `@` for a digit that varies.
const PICTURE: &str = r#"
        let checkpoint_# = CheckpointLoaderSimple { ckpt_name: "model_#.safetensors" };
        let lora_# = LoraLoader {
            model: checkpoint_#.model,
            clip: checkpoint_#.clip,
            lora_name: "style_#.safetensors",
            strength_model: 0.8@,
            strength_clip: 0.7@,
        };
        let clip_# = CLIPSetLastLayer { clip: lora_#.clip, stop_at_clip_layer: -2 };
        let positive_# = ConditioningCombine {
            conditioning_1: CLIPTextEncode { clip: clip_#, text: prompt },
            conditioning_2: CLIPTextEncode { clip: clip_#, text: "picture #, sharp, detailed" },
        };
        let negative_# = CLIPTextEncode { clip: clip_#, text: "blurry, low quality, watermark" };
        let reference_# = LoadImage { image: "reference_#.png" };
        let guided_# = ControlNetApplyAdvanced {
            positive: positive_#,
            negative: negative_#,
            control_net: ControlNetLoader { control_net_name: "depth_#.safetensors" },
            image: reference_#.image,
            strength: 0.5@,
            start_percent: 0,
            end_percent: 0.9@,
        };
        let model_# = ModelSamplingSD3 { model: lora_#.model, shift: 3.@ };
        let samples_# = KSampler {
            model: model_#,
            positive: guided_#.positive,
            negative: guided_#.negative,
            latent_image: EmptyLatentImage { width: 512, height: 768 },
            seed,
            steps: 2@,
            cfg: 7,
            sampler_name: "euler",
            scheduler: "karras",
        };
        let larger_# = LatentUpscaleBy { samples: samples_#, upscale_method: "bislerp", scale_by: 1.@ };
        let refined_# = KSamplerAdvanced {
            model: model_#,
            add_noise: "enable",
            noise_seed: seed,
            steps: 3@,
            cfg: 6.5,
            sampler_name: "dpmpp_2m",
            scheduler: "normal",
            positive: guided_#.positive,
            negative: guided_#.negative,
            latent_image: larger_#,
            start_at_step: 1@,
            end_at_step: 10000,
            return_with_leftover_noise: "disable",
        };
        let image_# = VAEDecode { samples: refined_#, vae: checkpoint_#.vae };
        let sharp_# = ImageSharpen { image: image_#, sharpen_radius: 2, sigma: 1.@, alpha: 0.5 };
        PreviewImage { images: sharp_# };
        let upscaled_# = ImageUpscaleWithModel {
            upscale_model: UpscaleModelLoader { model_name: "4x_#.pth" },
            image: sharp_#,
        };
        let scaled_# = ImageScaleBy { image: upscaled_#, upscale_method: "lanczos", scale_by: 0.5 };
        let soft_# = ImageBlur { image: scaled_#, blur_radius: @, sigma: 1.5 };
        let resized_# = ResizeImageMaskNode {
            input: soft_#,
            scale_method: "area",
            resize_type: resize_type::ScaleDimensions { width: 768, height: 76@, crop: "center" },
        };
        let both_# = BatchImagesNode { images: [resized_#, reference_#.image] };
        SaveImage { images: both_#, filename_prefix: "picture_#" };
"#;

/// The number of node literals in [`PICTURE`]; `resize_type::ScaleDimensions` is a branch and not a node.
const PER_PICTURE: usize = 25;

/// Returns the source of `fn straight_line(prompt, seed)`, one `workflow!` with this many node literals, rounded down to
/// whole pictures. It needs the nodes, `resize_type`, and the runtime's `Workflow`, `GraphError` and `workflow!` in scope.
pub fn function(nodes: usize) -> String {
    let pictures = (0..nodes / PER_PICTURE).map(|number| {
        let varied = PICTURE.replace('@', &(number % 9 + 1).to_string());
        varied.replace('#', &number.to_string())
    });
    format!(
        "/// Many node literals in a row.\n\
         #[allow(clippy::all, clippy::pedantic)]\n\
         pub fn straight_line(prompt: &str, seed: u64) -> Result<Workflow<()>, GraphError> {{\n    \
             workflow! {{{}    }}\n}}\n",
        pictures.collect::<String>()
    )
}
