//! The places in which a workflow may be written: async functions, closures, generic functions, other crates' modules.

use std::fmt::Display;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use comfy_runtime::field::{Input, IntoField, Raw};
use comfy_runtime::types::{CLIP, CONDITIONING, IMAGE, INT, STRING};
use comfy_runtime::{Graph, GraphError, Handle, Out, Workflow, attr, workflow};
use comfy_tests::many_options::Palette;
use comfy_tests::nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyImage, ImageInvert, PreviewAny, PreviewImage};

fn ids<T>(workflow: Result<Workflow<T>, GraphError>) -> Vec<String> {
    workflow.unwrap().nodes().map(|node| node.id().to_owned()).collect()
}

/// Runs a future that is always ready.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the future waits"),
    }
}

fn width() -> impl Future<Output = u32> {
    std::future::ready(64)
}

async fn in_an_async_function(text: &str) -> Result<Workflow<Out<IMAGE>>, GraphError> {
    let width = width().await;
    let workflow = workflow! {
        let image = EmptyImage { width };
        PreviewAny { source: text };
        PreviewImage { images: image };
        image
    }?;
    // The graph was dropped before this `await`, so the future is `Send`.
    let _ = self::width().await;
    Ok(workflow)
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn async_functions_and_blocks() {
    assert_eq!(ids(ready(assert_send(in_an_async_function("a cat")))), ["image", "preview_any", "preview_image"]);
    let workflow = ready(async {
        workflow! {
            let image = EmptyImage { width: width().await };
            PreviewImage { images: image }
        }
    });
    assert_eq!(ids(workflow), ["image", "preview_image"]);
}

#[test]
fn closures_that_build_workflows() {
    let suffix = String::from("!");
    let build = |text: &str| {
        workflow! {
            let add = |text: String| PreviewAny { source: text };
            add(format!("{text}{suffix}"))
        }
    };
    assert!(build("a").unwrap().to_json().contains("\"a!\""));
    assert_eq!(ids(build("b")), ["preview_any"]);
}

#[attr::workflow]
fn shown<T: Display + ?Sized, const N: usize>(value: &T, sizes: [u32; N]) -> Vec<Out<IMAGE>> {
    PreviewAny { source: value.to_string() };
    sizes
        .into_iter()
        .map(|width| {
            let image = EmptyImage { width };
            PreviewImage { images: image };
            image
        })
        .collect()
}

#[attr::workflow]
fn inverted<T>(graph: &Graph, image: T) -> Out<IMAGE>
where
    T: IntoField<Input<IMAGE>>,
{
    ImageInvert { image }
}

#[test]
fn generic_functions() {
    assert_eq!(shown("a", [64, 128]).unwrap().outputs.len(), 2);
    assert_eq!(shown::<u8, 0>(&5, []).unwrap().nodes().count(), 1);
    let workflow = workflow! {
        PreviewImage { images: inverted(graph, inverted(graph, Some(EmptyImage {}))) }
    };
    assert_eq!(ids(workflow), ["empty_image", "image_invert", "image_invert_2", "preview_image"]);
}

#[attr::workflow]
fn of_any_values(source: impl IntoField<Raw>, width: impl IntoField<Input<INT>>) -> Out<IMAGE> {
    graph.raw("PreviewAny").input("source", source).add();
    PreviewImage { images: handle_of(graph, EmptyImage { width }) }
}

#[attr::workflow]
fn handle_of(graph: &Graph, image: impl IntoField<Input<IMAGE>>) -> impl Handle + IntoField<Input<IMAGE>> {
    ImageInvert { image }
}

#[test]
fn parameters_and_results_of_unnamed_types() {
    for workflow in [of_any_values("a", 64_u8), of_any_values(1.5, None::<i32>)] {
        assert_eq!(ids(workflow), ["preview_any", "empty_image", "image_invert", "preview_image"]);
    }
}

struct Prompts<'p> {
    positive: &'p str,
    negative: &'p str,
}

#[attr::workflow]
fn encoded<'g, 'p: 'g>(graph: &'g Graph, clip: Out<CLIP>, prompts: &'g Prompts<'p>) -> [Out<CONDITIONING>; 2] {
    [prompts.positive, prompts.negative].map(|text| CLIPTextEncode { clip, text })
}

impl<'p> Prompts<'p> {
    #[attr::workflow]
    fn workflow(&self, suffix: &'p str) -> (Out<CONDITIONING>, &'p str) {
        let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
        let [positive, negative] = encoded(graph, ckpt.clip, self);
        PreviewAny { source: negative };
        PreviewAny { source: format!("{}{suffix}", self.positive) };
        (positive, suffix)
    }
}

#[test]
fn lifetimes() {
    let positive = String::from("a cat");
    let workflow = Prompts { positive: &positive, negative: "blurry" }.workflow("!").unwrap();
    assert_eq!(workflow.outputs.1, "!");
    assert_eq!(ids(Ok(workflow)).len(), 5);
}

#[test]
fn combos_of_two_hundred_options() {
    use comfy_runtime::field::ComboEnum as _;
    use comfy_tests::many_options::options::Color;

    assert_eq!(Color::OPTIONS.len(), 200);
    let name = String::from("color 57");
    let workflow = workflow! {
        Palette { color: "color 0" };
        Palette { color: "color 199" };
        Palette { color: name };
        Palette { color: Color::Color123 };
        Palette { color: Color::from_value("color 8") }
    };
    assert_eq!(ids(workflow).len(), 5);
    let error = workflow! { Palette { color: "color 200".to_owned() } }.unwrap_err().to_string();
    assert!(error.contains("did you mean \"color 20\"?") && error.contains("(200 in all)"), "{error}");
}

/// Nodes that a crate exports by other names.
mod exports {
    pub(super) use comfy_tests::nodes::{EmptyImage as Blank, PreviewImage};

    pub(super) type Invert = comfy_tests::nodes::ImageInvert;

    pub(super) mod prelude {
        pub(in super::super) use super::*;
    }
}

#[test]
fn reexported_nodes() {
    use exports::prelude::*;

    let workflow = workflow! {
        let image = Blank { width: 64 };
        PreviewImage { images: exports::Invert { image } };
        self::exports::prelude::PreviewImage { images: Invert { image } }
    };
    assert_eq!(ids(workflow), ["image", "image_invert", "preview_image", "image_invert_2", "preview_image_2"]);
}

#[attr::workflow]
fn of_text(text: impl IntoField<Input<STRING>> + Clone) {
    let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text: text.clone() } };
    PreviewAny { source: CLIPTextEncode { clip: ckpt.clip, text } };
}

#[test]
fn a_function_without_outputs() {
    assert_eq!(ids(of_text("a")).len(), 5);
}
