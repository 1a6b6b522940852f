//! The names that a workflow may use: node literals reach their graph whatever the names in scope are.

use comfy_runtime::types::{CONDITIONING, IMAGE};
use comfy_runtime::{Graph, GraphError, Out, Workflow, attr, workflow};
use comfy_tests::nodes::{
    CLIPTextEncode, CheckpointLoaderSimple, EmptyImage, ImageInvert, ImageScaleBy, PreviewAny, PreviewImage,
};

fn ids<T>(workflow: Result<Workflow<T>, GraphError>) -> Vec<String> {
    workflow.unwrap().nodes().map(|node| node.id().to_owned()).collect()
}

#[attr::workflow]
fn inverted(graph: &Graph, image: Out<IMAGE>) -> Out<IMAGE> {
    ImageInvert { image }
}

#[test]
fn a_binding_named_graph_takes_precedence() {
    let workflow = workflow! {
        let image = inverted(graph, EmptyImage {});
        let graph = 640;
        let wide = EmptyImage { width: graph };
        let of_size = |graph: u32| EmptyImage { width: graph, height: graph };
        PreviewImage { images: of_size(graph / 10) };
        PreviewImage { images: wide };
        PreviewImage { images: image }
    };
    let json = workflow.as_ref().unwrap().to_json();
    assert!(json.contains(r#""width":640"#) && json.contains(r#""height":64"#), "{json}");
    assert_eq!(ids(workflow).len(), 7);
}

#[attr::workflow]
fn with_a_parameter(graph: u32) -> Out<IMAGE> {
    let image = EmptyImage { width: graph };
    PreviewImage { images: image };
    image
}

#[attr::workflow]
fn part_of(target: &Graph, graph: &str, clip: CheckpointOutputs) -> Out<CONDITIONING> {
    CLIPTextEncode { clip: clip.clip, text: graph }
}

#[attr::workflow]
fn part_with_the_alias(target: &Graph, image: Out<IMAGE>) -> Out<IMAGE> {
    inverted(graph, inverted(target, image))
}

type CheckpointOutputs = comfy_tests::nodes::CheckpointLoaderSimpleOutputs;

#[test]
fn a_parameter_named_graph_takes_precedence() {
    assert_eq!(ids(with_a_parameter(64)), ["image", "preview_image"]);
    let workflow = workflow! {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        let text = part_of(graph, "a cat", ckpt);
        let image = part_with_the_alias(graph, EmptyImage {});
        PreviewAny { source: text };
        PreviewImage { images: image }
    };
    assert_eq!(
        ids(workflow),
        ["ckpt", "clip_text_encode", "empty_image", "image_invert", "image_invert_2", "preview_any", "preview_image"]
    );
}

#[test]
fn the_names_of_the_expansion_are_out_of_reach() {
    let workflow = workflow! {
        let __graph = EmptyImage {};
        let (__owner, __site, __shape) = (1, 2.0, "bicubic");
        let __v0 = ImageScaleBy { image: ImageInvert { image: __graph }, scale_by: __site, upscale_method: __shape };
        PreviewAny { source: [__v0; 2].len() + __owner };
        PreviewImage { images: __v0 }
    };
    assert_eq!(ids(workflow), ["__graph", "image_invert", "__v0", "preview_any", "preview_image"]);
}

#[test]
fn a_workflow_inside_a_workflow_has_its_own_graph() {
    let inner_ids;
    let outer = workflow! {
        let before = EmptyImage {};
        let inner = workflow! {
            let image = EmptyImage {};
            PreviewImage { images: inverted(graph, image) }
        };
        inner_ids = ids(inner);
        PreviewImage { images: inverted(graph, before) }
    };
    assert_eq!(inner_ids, ["image", "image_invert", "preview_image"]);
    assert_eq!(ids(outer), ["before", "image_invert", "preview_image"]);
}

/// A macro around a workflow. The body comes from the caller, and so does the name `graph` in it.
macro_rules! ids_of {
    ($($body:tt)*) => {
        ids(workflow! { $($body)* })
    };
}

/// A macro that defines a workflow, in which its own nodes and those of the caller are in one graph.
macro_rules! preview {
    ($name:ident, $image:expr) => {
        #[attr::workflow]
        fn $name() -> Out<IMAGE> {
            let shown = inverted(graph, $image);
            PreviewImage { images: shown };
            shown
        }
    };
}

preview!(preview_of_a_color, ImageInvert { image: EmptyImage { color: 255 } });

#[test]
fn macros_around_a_workflow() {
    let ids_in_macro = ids_of! {
        let image = inverted(graph, EmptyImage {});
        PreviewImage { images: image }
    };
    assert_eq!(ids_in_macro, ["empty_image", "image_invert", "preview_image"]);
    assert_eq!(ids(preview_of_a_color()), ["empty_image", "image_invert", "image_invert_2", "preview_image"]);
}

#[test]
fn macros_inside_a_workflow() {
    macro_rules! times_eight {
        ($value:expr) => {
            $value * 8
        };
    }
    let workflow = workflow! {
        macro_rules! show {
            ($($image:expr),*) => {
                $(inverted(graph, $image);)*
            };
        }
        let image = EmptyImage { width: times_eight!(8), height: times_eight!(16) };
        show!(image, image);
        PreviewImage { images: vec![image, ImageInvert { image }][1] }
    };
    let json = workflow.as_ref().unwrap().to_json();
    assert!(json.contains(r#""width":64,"height":128"#), "{json}");
    assert_eq!(ids(workflow), ["image", "image_invert", "image_invert_2", "image_invert_3", "preview_image"]);
}
