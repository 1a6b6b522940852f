//! The crates of users: strict lints, an older edition, a renamed dependency, and the names at the runtime's root.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use comfy_codegen::Config;
use comfy_tests::workspace;
use quote::ToTokens;
use support::Project;
use syn::{Attribute, File, Item, UseTree, Visibility};

/// The maximum number of items at the root of the runtime.
const MAX_ROOT_ITEMS: usize = 25;

/// The code of a user who denies all warnings of rustc and clippy.
const USER: &str = r#"//! A user's crate.
#![deny(warnings, missing_docs, rust_2018_idioms, unreachable_pub, unsafe_code, clippy::all, clippy::pedantic)]

extern crate renamed as comfy_runtime;

use nodes::resize_image_mask_node::resize_type;
use nodes::{
    BatchImagesNode, CLIPTextEncode, CheckpointLoaderSimple, EmptyImage, EmptyLatentImage, KSampler, LoraLoader,
    PreviewImage, ResizeImageMaskNode, SaveImage, VAEDecode,
};
use renamed::attr::workflow;
use renamed::types::{CLIP, CONDITIONING, IMAGE, MODEL};
use renamed::{list, Graph, GraphError, Out, Workflow};

/// The nodes.
pub mod nodes;

/// Options.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The number of steps.
    pub steps: u32,
}

#[workflow]
fn encoded(graph: &Graph, clip: Out<CLIP>, text: &str) -> Out<CONDITIONING> {
    CLIPTextEncode { clip, text }
}

#[workflow]
fn with_loras(target: &Graph, model: Out<MODEL>, clip: Out<CLIP>, names: &[String]) -> (Out<MODEL>, Out<CLIP>) {
    names.iter().fold((model, clip), |(model, clip), lora_name| {
        let loaded = LoraLoader { model, clip, lora_name };
        (loaded.model, loaded.clip)
    })
}

/// Draws a picture.
///
/// # Errors
///
/// Returns the mistakes of the graph.
#[workflow]
pub fn text_to_image(prompt: &str, options: Options, loras: &[String], seed: Option<u64>) -> Out<IMAGE> {
    let ckpt = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
    let (model, clip) = with_loras(graph, ckpt.model, ckpt.clip, loras);
    let samples = KSampler {
        model,
        positive: encoded(graph, clip, prompt),
        negative: encoded(graph, clip, "blurry"),
        latent_image: EmptyLatentImage { width: if options.steps > 20 { 1024 } else { 512 } },
        steps: options.steps,
        seed,
        cfg: 7.5,
        sampler_name: nodes::options::SamplerName::Euler,
        scheduler: "karras",
        denoise: 1.0,
    };
    let image = VAEDecode { samples, vae: ckpt.vae };
    #[title = "the result"]
    SaveImage { images: image, filename_prefix: "cat" };
    image
}

/// Resizes pictures.
///
/// # Errors
///
/// Returns the mistakes of the graph.
pub fn resized(count: u16) -> Result<Workflow<Vec<Out<IMAGE>>>, GraphError> {
    renamed::workflow! {
        let frames: Vec<Out<IMAGE>> = (0..count).map(|shade| EmptyImage { color: shade }).collect();
        let small = ResizeImageMaskNode {
            input: frames[0],
            resize_type: resize_type::ScaleDimensions { width: 64, height: 64 },
        };
        let plain = #[plain] Options { steps: 5 };
        let both = BatchImagesNode { images: [frames[0], EmptyImage { width: plain.steps }] };
        PreviewImage { images: BatchImagesNode { images: list(frames.iter().copied()) } };
        PreviewImage { images: small };
        PreviewImage { images: both };
        frames
    }
}
"#;

#[test]
fn strict_crates_of_an_older_edition_that_rename_the_runtime_have_no_warnings() {
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[dependencies]\n\
         renamed = {{ package = \"comfy-runtime\", path = '{}', default-features = false, features = [\"macros\"] }}\n\n\
         [workspace]\n",
        workspace().join("comfy-runtime").display()
    );
    let project = Project::new("user", &manifest);
    let classes = [
        "BatchImagesNode",
        "CLIPTextEncode",
        "CheckpointLoaderSimple",
        "EmptyImage",
        "EmptyLatentImage",
        "KSampler",
        "LoraLoader",
        "PreviewImage",
        "ResizeImageMaskNode",
        "SaveImage",
        "VAEDecode",
    ];
    let schema = workspace().join("schemas/comfyui-0.26.0.json");
    let generated = Config::new().schema(schema).nodes(classes).source().unwrap();
    project.file("src/nodes.rs", &generated.source);
    project.file("src/lib.rs", USER);
    let messages: Vec<String> = project.clippy().into_iter().map(|message| message.rendered).collect();
    assert!(messages.is_empty(), "{}", messages.join("\n"));
}

#[test]
fn the_root_of_the_runtime_is_small_and_its_page_lists_it() {
    let source = fs::read_to_string(workspace().join("comfy-runtime/src/lib.rs")).unwrap();
    let file: File = syn::parse_file(&source).unwrap();
    let page = docs(&file.attrs);
    let (_, tasks) = page.split_once("# Items by task").unwrap();
    let (tasks, _) = tasks.split_once("\n # ").unwrap();
    let mut names = BTreeSet::new();
    let mut hidden = 0;
    for item in &file.items {
        let (attrs, exported) = match item {
            Item::Mod(item) if is_public(&item.vis) => (&item.attrs, vec![item.ident.to_string()]),
            Item::Use(item) if is_public(&item.vis) => (&item.attrs, leaves(&item.tree)),
            Item::Macro(item) if item.attrs.iter().any(|attr| attr.path().is_ident("macro_export")) => {
                (&item.attrs, vec![item.ident.as_ref().unwrap().to_string()])
            }
            Item::Mod(_) | Item::Use(_) | Item::Macro(_) => continue,
            other => panic!("the root only re-exports: {}", other.to_token_stream()),
        };
        if attrs.iter().any(|attr| attr.to_token_stream().to_string().contains("hidden")) {
            hidden += exported.len();
        } else {
            names.extend(exported);
        }
    }
    assert!(names.len() + hidden <= MAX_ROOT_ITEMS, "{} items and {hidden} hidden ones: {names:?}", names.len());
    let is_listed = |name: &str| {
        [format!("[`{name}"), format!("[`{name}!`]"), format!("#[{name}]")]
            .iter()
            .any(|link| tasks.contains(link.as_str()))
    };
    let missing: Vec<&String> = names.iter().filter(|name| !is_listed(name)).collect();
    assert!(missing.is_empty(), "the crate page does not list {missing:?}");
}

fn is_public(vis: &Visibility) -> bool {
    matches!(vis, Visibility::Public(_))
}

/// Returns the names that a `use` exports.
fn leaves(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => leaves(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(rename) => vec![rename.rename.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
        UseTree::Glob(_) => panic!("a glob at the root exports more than it shows"),
    }
}

/// Returns the text of doc comments.
fn docs(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}
