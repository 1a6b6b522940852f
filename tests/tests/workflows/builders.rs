//! Graphs built without the macro.

use comfy_runtime::{Build, Graph};
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};

use crate::image::text_to_image;
use crate::snapshot;

#[test]
fn builders_and_the_macro_build_the_same_workflow() {
    let graph = Graph::new();
    let ckpt = graph.add(CheckpointLoaderSimple::new("sd15.safetensors").with_id("ckpt"));
    let positive = graph.add(CLIPTextEncode::new("a cat", ckpt.clip).with_id("positive"));
    let negative = graph.add(CLIPTextEncode::new("blurry, low quality", ckpt.clip).with_id("negative"));
    let latent = graph.add(EmptyLatentImage::new().width(512).height(768).with_id("latent"));
    let samples = graph.add(
        KSampler::new(ckpt.model, "dpmpp_2m", "karras", positive, negative, latent)
            .seed(7)
            .steps(30)
            .steps(25)
            .cfg(7)
            .with_id("samples"),
    );
    let image = graph.add(VAEDecode::new(samples, ckpt.vae).with_id("image"));
    let saved = graph.add(SaveImage::new(image).filename_prefix("cat").with_id("saved"));
    let built = graph.finish(saved).unwrap();
    let written = text_to_image("a cat", 7).unwrap();
    assert_eq!(built.to_json(), written.to_json());
    assert_eq!(built.id_of(&built.outputs), Some("saved"));
    assert_eq!(built.id_of(&written.outputs), None, "a handle of another graph");
}

#[test]
fn builders_with_automatic_ids() {
    let graph = Graph::new();
    let ckpt = graph.add(CheckpointLoaderSimple::new(String::from("sd15.safetensors")));
    for text in ["a cat", "a dog"] {
        let encoded = graph.add(CLIPTextEncode::new(text, ckpt.clip).with_title(format!("says {text}")));
        graph.raw("PreviewAny").input("source", encoded).add();
    }
    snapshot!(graph.finish(()));
}
