//! Shapes that no node of the core server has, from a hand-written schema.

use comfy_runtime::{list, workflow};
use comfy_tests::nodes::{EmptyLatentImage, LoadImage, PreviewAny};
use comfy_tests::shapes::dynamic::type_input::{self, nested};
use comfy_tests::shapes::dynamic::{maybe, resize_type};
use comfy_tests::shapes::grouped::loras::Row;
use comfy_tests::shapes::growing_choices::steps::Wait;
use comfy_tests::shapes::{
    Combos, Dynamic, EasyFullLoader, Grouped, Growing, GrowingChoices, InputNode, Lists, MODELNode, Matched,
    MatchedTwice, NoInputs, NotUnderstood, Nothing, OpenCombos, OverlapsNode, Primitives, Slotted, Sockets, Widgets,
    options,
};
use serde_json::json;

use crate::snapshot;

#[test]
fn combos_of_every_form() {
    let several = vec![options::ManyOptions::A, options::ManyOptions::C];
    snapshot!(workflow! {
        PreviewAny { source: Combos { many: several, numbers: 2.5, symbols: "<=", gone: "y", remote: "any.png", models: ["a.safetensors", "b.safetensors"] } };
        PreviewAny { source: Combos { many: ["b"], numbers: true, symbols: "", gone: options::Gone::X, remote: "any.png", models: [""; 0] } };
        let open = OpenCombos { ckpt_name: "any.safetensors", vae_name: "any", empty: "any", lora: "any", image: "any.png" };
        let again = OpenCombos { ckpt_name: open.files, vae_name: "any", empty: open.numbers, lora: "any", image: open.files, style: "Default" };
        PreviewAny { source: again.list };
    });
}

#[test]
fn numbers_of_every_form() {
    snapshot!(workflow! {
        let p = Primitives { int: -18446744073709551615, float: 1e-5, boolean: false, bare: -1, no_default: "\u{1}", opt_int: 0, opt_float: -0.0 };
        PreviewAny { source: Primitives { int: p.int, float: p.float, string: p.string, boolean: p.boolean, bare: 0, no_default: "" }.string };
        PreviewAny { source: NoInputs {} };
    });
}

#[test]
fn sockets_and_unions() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let any = PreviewAny { source: 1 }.any();
        let first = Sockets { image: photo.image, pose: any, any: "anything", union: photo.mask, number: true, file: "robot.glb" };
        let second = Sockets { image: first.anything, pose: any, any: first.either, union: first.either, number: 0.5, file: any, mask: first.mask };
        let overlap = OverlapsNode { mask_or_latent: EmptyLatentImage {}, either: second.either, neither: any };
        let widgets = Widgets { color: "#ff0000", curve: json!([[0, 0], [1, 1]]), boxes: [json!({ "x": 1 })] };
        PreviewAny { source: overlap };
        PreviewAny { source: Widgets { color: widgets, curve: any, r#box: json!({}) } };
    });
}

#[test]
fn match_types() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let latent = EmptyLatentImage {};
        let twice = MatchedTwice { a: photo.mask, b: [latent, latent, latent], c: photo.mask };
        let image = Matched { on_false: photo.image, on_true: photo.image };
        let mask = Matched { on_false: photo.mask, on_true: twice.first, switch: true };
        let lists = Lists { images: image };
        PreviewAny { source: mask };
        PreviewAny { source: twice.lost };
        PreviewAny { source: twice.second };
        PreviewAny { source: lists.count };
        PreviewAny { source: lists.images };
    });
}

#[test]
fn nested_dynamic_inputs() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let first = Dynamic {
            resize_type: resize_type::MatchSize { r#match: photo.mask, crop: "disabled" },
            r#type: type_input::Nested { mode: nested::mode::Images { images: [photo.image, photo.image] }, strength: 2 },
            maybe: maybe::_1_1 { same: photo.mask },
        };
        let second = Dynamic { resize_type: "off", r#type: type_input::StringBranch { text: "a" }, maybe: "1:1" };
        let third = Dynamic { r#type: type_input::Nested { mode: nested::mode::Soft { level: 0 } } };
        let fourth = Dynamic { r#type: "nested" };
        let grown = Growing { images: [first, second, third, fourth], values: [1, 2.5, true], floats: [0.5, 1] };
        PreviewAny { source: grown };
        Nothing {}
    });
}

/// `GrowingChoices` has no output for an output node to use, so it causes a warning, which `snapshot!` does not allow.
#[test]
fn lists_of_choices() {
    let workflow = workflow! {
        GrowingChoices { steps: [Wait { seconds: 2 }, Wait {}] };
        Nothing {}
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(
        json["growing_choices"]["inputs"],
        json!({
            "steps.step0": "wait", "steps.step0.seconds": 2,
            "steps.step1": "wait", "steps.step1.seconds": 1,
        })
    );
}

#[test]
fn rows_and_raw_inputs() {
    let rows = ["b.safetensors", "c.safetensors"];
    snapshot!(workflow! {
        let first = Grouped { loras: [Row { name: "a.safetensors", strength: 0.5, on: false }, Row { name: "b.safetensors" }] };
        let rows: Vec<_> = rows.iter().map(|&name| Row { name }).collect();
        let second = Grouped { loras: rows };
        let third = Grouped { loras: list(std::iter::once(Row { name: "last.safetensors" })) };
        PreviewAny { source: first };
        PreviewAny { source: second };
        PreviewAny { source: third };
        PreviewAny { source: NotUnderstood { number: json!({ "a": [1, 2] }), object: third } };
        PreviewAny { source: Slotted { slot: json!({ "slot": 1 }) } };
    });
}

#[test]
fn odd_names() {
    snapshot!(workflow! {
        let photo = LoadImage { image: "photo.png" };
        let clip = InputNode { clip: MODELNode { clip: PreviewAny { source: "clip" }.any() } };
        let model = PreviewAny { source: "model" }.any();
        let odd = EasyFullLoader {
            a_b: 1,
            a_b_2: 2,
            a_b_3: 3,
            plus_ve: "+",
            minus_ve: "-",
            star: "*",
            输入: photo.image,
            r#type: "type",
            r#if: false,
            self_: model,
            CLIP_L: clip,
            select_to_add_lora: "b",
            _2nd: photo.image,
            empty: photo.image,
            it_s: 5,
        };
        PreviewAny { source: odd.conditioning_minus };
        PreviewAny { source: odd.r#type };
        PreviewAny { source: odd.image_2 };
        PreviewAny { source: odd.output };
    });
}

/// `EasyFullLoader` has an input whose name is empty.
#[test]
fn an_empty_name() {
    let workflow = workflow! {
        let any = PreviewAny { source: "any" }.any();
        EasyFullLoader {
            plus_ve: "",
            minus_ve: "",
            star: any,
            输入: any,
            self_: any,
            CLIP_L: any,
            _2nd: any,
            empty: any,
            it_s: 0,
            select_to_add_lora: "a",
        }
    };
    let json = serde_json::to_value(workflow.unwrap()).unwrap();
    assert_eq!(json["easy_full_loader"]["inputs"][""], json!(["preview_any", 0]));
}

#[test]
fn options_are_found_by_their_spelling() {
    use comfy_runtime::field::ComboEnum as _;
    let many = options::ManyOptions::from_value("c");
    assert!(matches!(many, Some(options::ManyOptions::C)));
    assert!(options::ManyOptions::from_value("C").is_none());
    let texts: Vec<&str> = options::ManyOptions::OPTIONS.iter().map(|(option, _)| option.value()).collect();
    assert_eq!(texts, ["a", "b", "c"]);
}
