//! Rust syntax around node literals, in every form.

use std::error::Error;

use comfy_runtime::types::{CLIP, CONDITIONING, IMAGE, LATENT, MODEL};
use comfy_runtime::{Graph, GraphError, NoOutput, Out, Workflow, attr, list, workflow};
use comfy_tests::nodes::{
    BatchImagesNode, CLIPTextEncode, CheckpointLoaderSimple, ConditioningCombine, EmptyImage, EmptyLatentImage,
    ImageInvert, ImageScale, LoraLoaderModelOnly, PreviewAny, PreviewImage, SaveImage,
};
use comfy_tests::shapes::Nothing;

fn ids<T>(workflow: Result<Workflow<T>, GraphError>) -> Vec<String> {
    workflow.unwrap().nodes().map(|node| node.id().to_owned()).collect()
}

/// Adds nodes, as a part of a workflow.
#[attr::workflow]
fn with_loras(graph: &Graph, base: Out<MODEL>, names: &[&str]) -> Out<MODEL> {
    let mut model = base;
    for &lora_name in names {
        model = LoraLoaderModelOnly { model, lora_name };
    }
    model
}

#[attr::workflow]
fn loras(names: &[&str]) -> NoOutput {
    let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let model = with_loras(graph, ckpt.model, names);
    PreviewAny { source: model };
    Nothing {}
}

#[test]
fn parts_and_loops() {
    assert_eq!(
        ids(loras(&["a.safetensors", "b.safetensors"])),
        ["ckpt", "lora_loader_model_only", "lora_loader_model_only_2", "preview_any", "nothing"]
    );
    assert_eq!(ids(loras(&[])), ["ckpt", "preview_any", "nothing"]);
}

#[test]
fn closures() {
    let workflow = workflow! {
        let clip = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" }.clip;
        let encode = |text: &str| CLIPTextEncode { clip, text };
        let all = ["a", "b", "c"].map(encode);
        let combined = all.into_iter().reduce(|conditioning_1, conditioning_2| {
            ConditioningCombine { conditioning_1, conditioning_2 }
        });
        PreviewAny { source: combined }
    };
    assert_eq!(ids(workflow).len(), 7);
}

#[test]
fn branches_of_the_program() {
    for (wide, size) in [(true, "large"), (false, "small")] {
        let workflow = workflow! {
            let latent = if wide {
                EmptyLatentImage { width: 1024, height: if size == "large" { 1024 } else { 512 } }
            } else {
                EmptyLatentImage {
                    width: match size {
                        "large" => 1024,
                        _ => {
                            let half = 256;
                            half * 2
                        }
                    },
                }
            };
            PreviewAny { source: latent }
        };
        assert_eq!(ids(workflow), ["latent", "preview_any"]);
    }
}

#[test]
fn lists_of_every_form() {
    let count = 3_u8;
    let workflow = workflow! {
        let frames: Vec<Out<IMAGE>> = (0..count).map(|shade| EmptyImage { color: u32::from(shade) }).collect();
        let slice: &[Out<IMAGE>] = &frames[..2];
        PreviewImage { images: BatchImagesNode { images: [frames[0], frames[1]] } };
        PreviewImage { images: BatchImagesNode { images: slice } };
        PreviewImage { images: BatchImagesNode { images: &frames } };
        PreviewImage { images: BatchImagesNode { images: list(frames.iter().map(|&image| ImageInvert { image })) } };
        PreviewImage { images: BatchImagesNode { images: vec![EmptyImage {}, ImageInvert { image: frames[0] }] } };
        PreviewImage { images: BatchImagesNode { images: [EmptyImage {}; 2] } };
        PreviewImage { images: BatchImagesNode { images: frames } };
    };
    assert_eq!(workflow.unwrap().nodes().filter(|node| node.class() == "BatchImagesNode").count(), 7);
}

#[test]
fn labels_and_shadowing() {
    let workflow = workflow! {
        let image = EmptyImage {};
        let image = ImageInvert { image };
        let image = #[id = "turned"] ImageInvert { image };
        #[title = "what I look at"]
        PreviewImage { images: image };
        #[id = "result"]
        #[title = "the result"]
        SaveImage { images: image }
    };
    let workflow = workflow.unwrap();
    assert_eq!(workflow.node("result").unwrap().title().as_deref(), Some("the result"));
    assert_eq!(workflow.id_of(&workflow.outputs), Some("result"));
    assert_eq!(ids(Ok(workflow)), ["image", "image_2", "turned", "preview_image", "result"]);
}

#[test]
fn patterns_and_plain_structs() {
    struct Size {
        width: u32,
        height: u32,
    }
    let workflow = workflow! {
        let size = #[plain] Size { width: 64, height: 128 };
        let Size { width, height } = size;
        let (small, large) = (EmptyImage { width, height }, EmptyImage { width: width * 2, height: height * 2 });
        let [first, second] = [small, large].map(|image| ImageInvert { image });
        PreviewImage { images: first };
        PreviewImage { images: second };
    };
    assert_eq!(ids(workflow)[..2], ["small", "large"]);
}

/// Returns errors other than those of the graph, too.
#[attr::workflow]
fn of_size(text: &str) -> Result<Out<LATENT>, Box<dyn Error>> {
    let width: u32 = text.parse()?;
    let latent = EmptyLatentImage { width };
    PreviewAny { source: latent };
    Ok(latent)
}

/// An alias of `Result`, as `anyhow` and the standard library have one.
mod aliases {
    pub(crate) type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;
}

/// An alias whose arguments have another order.
mod swapped {
    pub(crate) type Result<E, T> = std::result::Result<T, E>;
}

/// Returns an alias with one argument.
#[attr::workflow]
fn by_alias(text: &str) -> aliases::Result<Out<LATENT>> {
    let width: u32 = text.parse()?;
    let latent = EmptyLatentImage { width };
    PreviewAny { source: latent };
    Ok(latent)
}

/// Returns an alias whose arguments have another order.
#[attr::workflow(titles)]
fn by_swapped_alias(width: u32) -> swapped::Result<Box<dyn Error>, Out<LATENT>> {
    let latent = EmptyLatentImage { width };
    PreviewAny { source: latent };
    Ok(latent)
}

/// Passes a return type on as a whole.
macro_rules! returning {
    ($name:ident, $output:ty) => {
        #[attr::workflow]
        fn $name() -> $output {
            let latent = EmptyLatentImage { width: 64 };
            PreviewAny { source: latent };
            Ok(latent)
        }
    };
}

returning!(by_macro, aliases::Result<Out<LATENT>>);

/// Returns a type parameter, which may be a `Result` only if the caller wants one.
#[attr::workflow]
fn generic<T: Copy>(value: T) -> T {
    PreviewAny { source: "x" };
    value
}

#[test]
fn aliases_of_results() {
    let workflow = by_alias("512").unwrap();
    let _: Out<LATENT> = workflow.outputs;
    assert_eq!(by_alias("wide").unwrap_err().to_string(), "invalid digit found in string");
    assert!(by_alias("8").unwrap_err().to_string().contains("must be in 16..=16384, not 8"));
    let _: Out<LATENT> = by_swapped_alias(64).unwrap().outputs;
    let _: Out<LATENT> = by_macro().unwrap().outputs;
    assert_eq!(generic(7).unwrap().outputs, 7);
}

#[test]
fn question_marks() {
    assert!(of_size("512").is_ok());
    assert_eq!(of_size("wide").unwrap_err().to_string(), "invalid digit found in string");
    assert!(of_size("8").unwrap_err().to_string().contains("must be in 16..=16384, not 8"));
}

/// Has type parameters, patterns and lifetimes in its signature.
#[attr::workflow]
fn encoded<'a, S: AsRef<str> + 'a>((clip, texts): (&str, impl Iterator<Item = S>)) -> Vec<Out<CONDITIONING>> {
    let clip: Out<CLIP> = CheckpointLoaderSimple { ckpt_name: clip }.clip;
    texts
        .map(|text| {
            let encoded = CLIPTextEncode { clip, text: text.as_ref() };
            PreviewAny { source: encoded };
            encoded
        })
        .collect()
}

#[test]
fn generic_functions() {
    let workflow = encoded(("sd15.safetensors", ["a", "b"].into_iter())).unwrap();
    assert_eq!(workflow.outputs.len(), 2);
    assert_eq!(workflow.id_of(&workflow.outputs[1]), Some("encoded_2"));
}

#[test]
fn early_returns() {
    #[attr::workflow]
    fn scaled(image: Option<&str>) -> Option<Out<IMAGE>> {
        PreviewAny { source: "always" };
        let name = image?;
        if name.is_empty() {
            return None;
        }
        let image = comfy_tests::nodes::LoadImage { image: name }.image;
        let images = ImageScale { image, upscale_method: "area", width: 64, height: 64, crop: "center" };
        Some(SaveImage { images })
    }
    assert!(scaled(None).unwrap().outputs.is_none());
    assert!(scaled(Some("")).unwrap().outputs.is_none());
    assert!(scaled(Some("a.png")).unwrap().outputs.is_some());
}

#[test]
fn rustfmt_spelling() {
    let workflow = workflow!({
        let image = EmptyImage { width: 64 };
        PreviewImage { images: image }
    });
    assert_eq!(ids(workflow), ["image", "preview_image"]);
}

#[test]
fn paths_and_aliases() {
    use comfy_tests::nodes::EmptyImage as Blank;
    let workflow = workflow! {
        let image = comfy_tests::nodes::EmptyImage { width: 64 };
        PreviewImage { images: image };
        PreviewImage { images: Blank {} }
    };
    assert_eq!(ids(workflow), ["image", "preview_image", "empty_image", "preview_image_2"]);
}
