//! Mistakes that the compiler cannot find are reported when the graph is finished, all at once, with node, input, value
//! and source line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use comfy_runtime::graph::{Problem, ProblemKind};
use comfy_runtime::types::{IMAGE, LATENT};
use comfy_runtime::{Build, Graph, GraphError, Out, Workflow, attr, workflow};
use comfy_tests::nodes::resize_image_mask_node::resize_type;
use comfy_tests::nodes::{
    BatchImagesNode, CLIPTextEncode, EmptyImage, EmptyLatentImage, KSamplerSelect, LoadImage, PreviewAny, PreviewImage,
    RandomNoise, ResizeImageMaskNode, RunwayFirstLastFrameNode, SaveImage, SaveVideo, VAEDecode,
};
use comfy_tests::shapes::grouped::loras::Row;
use comfy_tests::shapes::{Combos, Grouped, Growing, NoInputs};

fn problems<T: std::fmt::Debug>(workflow: Result<Workflow<T>, GraphError>) -> Vec<Problem> {
    workflow.unwrap_err().problems().to_vec()
}

/// Returns each problem as its kind, node, input and message.
fn described(problems: &[Problem]) -> Vec<(ProblemKind, &str, &str, &str)> {
    problems
        .iter()
        .map(|p| (p.kind(), p.node().unwrap_or_default(), p.input().unwrap_or_default(), p.message()))
        .collect()
}

#[test]
fn values_out_of_range_and_unknown_options() {
    let (width, batch, sampler, duration) = (8, 5000_u64, String::from("eulr"), 7);
    let seed: i64 = -1;
    let problems = problems(workflow! {
        let latent = EmptyLatentImage { width, batch_size: batch };
        let noise = RandomNoise { noise_seed: seed };
        let sampler = KSamplerSelect { sampler_name: sampler };
        let photo = LoadImage { image: "photo.png" };
        let video = RunwayFirstLastFrameNode {
            start_frame: photo.image, end_frame: photo.image, duration, ratio: "1280:768",
        };
        PreviewAny { source: latent };
        PreviewAny { source: noise };
        PreviewAny { source: sampler };
        SaveVideo { video }
    });
    let options = "options: \"euler\", \"euler_cfg_pp\", \"euler_ancestral\", \"euler_ancestral_cfg_pp\", \"heun\", \
                   \"heunpp2\", \"exp_heun_2_x0\", \"exp_heun_2_x0_sde\", \"dpm_2\", \"dpm_2_ancestral\", \"lms\", \
                   \"dpm_fast\", … (44 in all)";
    let unknown = format!("`KSamplerSelect.sampler_name` has no option \"eulr\"; did you mean \"euler\"? {options}");
    assert_eq!(
        described(&problems),
        [
            (ProblemKind::Value, "latent", "width", "`EmptyLatentImage.width` must be in 16..=16384, not 8"),
            (ProblemKind::Value, "latent", "batch_size", "`EmptyLatentImage.batch_size` must be in 1..=4096, not 5000"),
            (
                ProblemKind::Value,
                "noise",
                "noise_seed",
                "`RandomNoise.noise_seed` must be in 0..=18446744073709551615, not -1",
            ),
            (ProblemKind::Value, "sampler", "sampler_name", &unknown),
            (
                ProblemKind::Value,
                "video",
                "duration",
                "`RunwayFirstLastFrameNode.duration` has no option 7; options: 5, 10",
            ),
        ]
    );
    assert_eq!(problems[0].class(), "EmptyLatentImage");
}

#[test]
fn source_locations() {
    let width = 8;
    let before = line!();
    let problems = problems(workflow! {
        let latent = EmptyLatentImage { width };

        PreviewAny {
            source: EmptyLatentImage { width },
        };
        PreviewAny { source: latent }
    });
    let places: Vec<_> = problems.iter().map(|problem| problem.location().unwrap()).collect();
    assert_eq!(places.iter().map(|place| place.line() - before).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(places.iter().map(|place| place.column()).collect::<Vec<_>>(), [22, 21]);
    assert!(places.iter().all(|place| place.file().ends_with("mistakes.rs")));
    let line = before + 2;
    let file = file!();
    assert_eq!(
        problems[0].to_string(),
        format!("latent: `EmptyLatentImage.width` must be in 16..=16384, not 8 ({file}:{line}:22)")
    );
}

#[attr::workflow]
fn tiny(width: u32) -> Out<LATENT> {
    let latent = EmptyLatentImage { width };
    PreviewAny { source: latent };
    latent
}

#[test]
fn source_locations_in_functions_and_without_the_macro() {
    let problems_of_function = problems(tiny(8));
    let line = u32::try_from(include_str!("mistakes.rs").lines().position(|l| l.starts_with("fn tiny")).unwrap());
    assert_eq!(problems_of_function[0].location().unwrap().line(), line.unwrap() + 2);

    let graph = Graph::new();
    let latent = graph.add(EmptyLatentImage::new().width(8));
    let line = line!() - 1;
    graph.raw("PreviewAny").input("source", latent).input("x", f64::NAN).add();
    let problems = problems(graph.finish(()));
    assert_eq!(
        described(&problems),
        [
            (
                ProblemKind::Value,
                "empty_latent_image",
                "width",
                "`EmptyLatentImage.width` must be in 16..=16384, not 8",
            ),
            (ProblemKind::Value, "preview_any", "x", "`PreviewAny.x` cannot be NaN: JSON has no such number"),
        ]
    );
    assert_eq!(problems.iter().map(|p| p.location().unwrap().line()).collect::<Vec<_>>(), [line, line + 2]);
}

#[test]
fn numbers_without_a_json_form() {
    let problems = problems(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let grown = Growing { images: [photo.image], values: [f64::NEG_INFINITY], floats: vec![f32::NAN, 0.5] };
        let many = Combos { numbers: f64::INFINITY, gone: "x", remote: "r", models: ["m"], symbols: "<" };
        PreviewAny { source: grown };
        PreviewAny { source: many };
        PreviewAny { source: f64::NAN }
    });
    assert_eq!(
        described(&problems),
        [
            (ProblemKind::Value, "grown", "values", "`Growing.values` cannot be -inf: JSON has no such number"),
            (ProblemKind::Value, "grown", "floats", "`Growing.floats` cannot be NaN: JSON has no such number"),
            (ProblemKind::Value, "many", "numbers", "`Combos.numbers` cannot be inf: JSON has no such number"),
            (
                ProblemKind::Value,
                "preview_any_3",
                "source",
                "`PreviewAny.source` cannot be NaN: JSON has no such number"
            ),
        ]
    );
}

#[test]
fn lists_too_short_and_too_long() {
    let none: Vec<Out<IMAGE>> = Vec::new();
    let unknown = vec!["a", "d"];
    let problems = problems(workflow! {
        let image = EmptyImage {};
        let empty = BatchImagesNode { images: none };
        let long = Growing { images: vec![image; 5], values: [], floats: vec![2.0, 0.5] };
        let rows = Grouped { loras: (0..21).map(|_| Row { name: "a.safetensors" }).collect::<Vec<_>>() };
        let many = Combos { many: unknown, gone: "x", remote: "r", models: ["m"], symbols: "<" };
        PreviewAny { source: empty };
        PreviewAny { source: long };
        PreviewAny { source: rows };
        PreviewAny { source: many };
    });
    assert_eq!(
        described(&problems),
        [
            (ProblemKind::Count, "empty", "images", "`BatchImagesNode.images` takes 1 to 50 entries, not 0"),
            (ProblemKind::Count, "long", "images", "`Growing.images` takes 1 to 4 entries, not 5"),
            (ProblemKind::Value, "long", "floats", "`Growing.floats` must be in 0..=1, not 2"),
            (ProblemKind::Count, "rows", "loras", "`Grouped.loras` takes 1 to 20 entries, not 21"),
            (ProblemKind::Value, "many", "many", "`Combos.many` has no option \"d\"; options: \"a\", \"b\", \"c\""),
        ]
    );
}

#[test]
fn none_for_required_inputs() {
    let (image, width): (Option<Out<IMAGE>>, Option<u32>) = (None, None);
    let problems = problems(workflow! {
        let photo = EmptyImage { width };
        let batch = BatchImagesNode { images: [image, Some(photo)] };
        PreviewImage { images: image };
        SaveImage { images: batch }
    });
    assert_eq!(
        described(&problems),
        [
            (
                ProblemKind::Missing,
                "batch",
                "images",
                "`BatchImagesNode.images`: entry 0 is `None`, but the first 1 are required",
            ),
            (
                ProblemKind::Missing,
                "preview_image",
                "images",
                "`PreviewImage.images` is required, but was given `None`",
            ),
        ],
        "`width` has a default"
    );
}

#[test]
fn branches() {
    let key = String::from("by size");
    let problems = problems(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let other = ResizeImageMaskNode { input: photo.image, resize_type: key };
        let needs = ResizeImageMaskNode { input: photo.image, resize_type: String::from("match size") };
        PreviewImage { images: other };
        PreviewImage { images: needs };
    });
    assert_eq!(
        described(&problems),
        [
            (
                ProblemKind::Value,
                "other",
                "resize_type",
                "`ResizeImageMaskNode.resize_type` has no option \"by size\"; options: \"scale dimensions\", \"scale by \
                 multiplier\", \"scale longer dimension\", \"scale shorter dimension\", \"scale width\", \"scale height\", \
                 \"scale total pixels\", \"match size\", \"scale to multiple\"",
            ),
            (
                ProblemKind::Value,
                "needs",
                "resize_type",
                "`ResizeImageMaskNode.resize_type`: option \"match size\" has required inputs of its own, so it is written \
                 as its branch, `resize_type::… { … }`",
            ),
        ]
    );
}

/// A mistake inside a branch is reported for the node that has the branch.
#[test]
fn values_inside_branches() {
    let side = 20_000;
    let problems = problems(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let large = ResizeImageMaskNode {
            input: photo.image,
            resize_type: resize_type::ScaleDimensions { width: side },
        };
        PreviewImage { images: large };
    });
    assert_eq!(problems[0].node(), Some("large"));
    assert_eq!(problems[0].class(), "ResizeImageMaskNode");
    assert_eq!(problems[0].input(), Some("resize_type.width"));
}

#[test]
fn handles_of_another_graph() {
    let other = workflow! {
        let photo = LoadImage { image: "photo.png" };
        SaveImage { images: photo.image };
        photo.image
    };
    let foreign = other.unwrap().outputs;
    let problems = problems(workflow! {
        let batch = BatchImagesNode { images: [EmptyImage {}, foreign] };
        PreviewImage { images: batch };
        PreviewImage { images: foreign }
    });
    let linked = "is linked to a node of another graph; a handle is valid only in the graph that created it";
    assert_eq!(
        described(&problems),
        [
            (ProblemKind::ForeignHandle, "batch", "images", &*format!("`BatchImagesNode.images` {linked}")),
            (ProblemKind::ForeignHandle, "preview_image_2", "images", &*format!("`PreviewImage.images` {linked}")),
        ]
    );
}

#[test]
fn duplicate_ids() {
    let problems = problems(workflow! {
        let image = #[id = "twice"] EmptyImage {};
        #[id = "twice"]
        PreviewImage { images: image };
        graph.add(PreviewImage::new(image).with_id("twice"))
    });
    assert_eq!(
        described(&problems),
        [
            (ProblemKind::DuplicateId, "twice", "", "two nodes have the id `twice`"),
            (ProblemKind::DuplicateId, "twice", "", "two nodes have the id `twice`"),
        ]
    );
}

#[test]
fn no_output_node() {
    let message = "no node saves or shows anything, so the server would refuse the workflow; add an output node such as \
                   SaveImage or PreviewImage";
    let problems_of_one = problems(workflow! { EmptyLatentImage {} });
    assert_eq!(described(&problems_of_one), [(ProblemKind::NoOutputNode, "", "", message)]);
    assert_eq!(problems_of_one[0].location(), None);
    assert_eq!(described(&problems(workflow! {})), [(ProblemKind::NoOutputNode, "", "", message)]);
    let error = workflow! { EmptyLatentImage {} }.unwrap_err();
    assert_eq!(error.to_string(), format!("invalid workflow: {message}"));
}

#[test]
fn everything_at_once() {
    let width = 8;
    let error = workflow! {
        EmptyLatentImage { width };
        EmptyLatentImage { height: width }
    }
    .unwrap_err();
    let line = line!() - 4;
    let file = file!();
    assert_eq!(
        error.to_string(),
        format!(
            "invalid workflow with 3 mistakes:\n  \
             empty_latent_image: `EmptyLatentImage.width` must be in 16..=16384, not 8 ({file}:{line}:9)\n  \
             empty_latent_image_2: `EmptyLatentImage.height` must be in 16..=16384, not 8 ({file}:{}:9)\n  \
             no node saves or shows anything, so the server would refuse the workflow; add an output node such as SaveImage or \
             PreviewImage",
            line + 1
        )
    );
}

#[test]
fn warnings() {
    let workflow = workflow! {
        let image = EmptyImage {};
        let unused = VAEDecode {
            samples: EmptyLatentImage {},
            vae: comfy_tests::nodes::VAELoader { vae_name: "a.safetensors" },
        };
        let branch = resize_type::ScaleDimensions { width: 64 };
        PreviewImage { images: image };
        (unused, branch)
    }
    .unwrap();
    let line = line!() - 9;
    let file = file!();
    let warnings: Vec<String> = workflow.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            format!(
                "empty_latent_image: no output node needs this `EmptyLatentImage`, so it will not run ({file}:{}:22)",
                line + 1
            ),
            format!("vae_loader: no output node needs this `VAELoader`, so it will not run ({file}:{}:38)", line + 2),
            format!("unused: no output node needs this `VAEDecode`, so it will not run ({file}:{line}:22)"),
            format!("the branch `scale dimensions` is not the value of any input ({file}:{}:35)", line + 4),
        ]
    );
}

/// Nodes of different classes with equal literals are not confused, although the compiler may give equal literals the
/// same address.
#[test]
fn equal_literals_of_different_classes() {
    let value = 5;
    let workflow = workflow! {
        PreviewAny { source: value };
        EmptyImage { width: value };
        NoInputs {};
        PreviewAny { source: value };
        CLIPTextEncode { clip: comfy_runtime::unchecked(0), text: "" };
    };
    let classes: Vec<String> = workflow.unwrap().nodes().map(|node| node.class().into_owned()).collect();
    assert_eq!(classes, ["PreviewAny", "EmptyImage", "NoInputs", "PreviewAny", "CLIPTextEncode"]);
}

/// Text that is not JSON is a mistake, and is not sent.
#[test]
fn unchecked_text_must_be_json() {
    let graph = Graph::new();
    let raw =
        graph.raw("Nobody").input("x", comfy_runtime::unchecked_json("{")).meta(comfy_runtime::unchecked_json("]"));
    raw.input("y", comfy_runtime::unchecked_json("[1, 2.50]")).add();
    graph.add(PreviewImage::new(comfy_runtime::unchecked_json("nul")));
    let found = problems(graph.finish(()));
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 3, "{found:?}");
    for (problem, input) in found.iter().zip(["`Nobody.x`", "`Nobody._meta`", "`PreviewImage.images`"]) {
        assert!(problem.contains(&format!("{input} was given text that is not JSON: ")), "{problem}");
    }
}
