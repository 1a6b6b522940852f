//! Typed ComfyUI workflows: graphs and their exact API JSON.
//!
//! `comfy-codegen` generates the node types in `build.rs`, [`include_nodes!`] includes them, and
//! [`workflow!`](macro@workflow) turns node literals into a workflow. The project's guide shows a first workflow.
//!
//! ```ignore
//! // Needs the node types that `build.rs` generates from a server's definitions.
//! use comfy_runtime::{Out, attr::workflow, types::IMAGE};
//! use nodes::{CLIPTextEncode, CheckpointLoaderSimple, EmptyLatentImage, KSampler, SaveImage, VAEDecode};
//!
//! mod nodes {
//!     comfy_runtime::include_nodes!();
//! }
//!
//! #[workflow]
//! fn text_to_image(prompt: &str, seed: u64) -> Out<IMAGE> {
//!     let checkpoint = CheckpointLoaderSimple { ckpt_name: "sd15.safetensors" };
//!     let samples = KSampler {
//!         model: checkpoint.model,
//!         positive: CLIPTextEncode { clip: checkpoint.clip, text: prompt },
//!         negative: CLIPTextEncode { clip: checkpoint.clip, text: "blurry, low quality" },
//!         latent_image: EmptyLatentImage { width: 512, height: 768 },
//!         seed,
//!         steps: 25,
//!         cfg: 7,
//!         sampler_name: "dpmpp_2m",
//!         scheduler: "karras",
//!     };
//!     SaveImage { images: VAEDecode { samples, vae: checkpoint.vae }, filename_prefix: "cat" }
//! }
//! ```
//!
//! Nodes of classes without a generated type can be added to the same graph:
//!
//! ```
//! # #[cfg(feature = "macros")]
//! # fn main() -> Result<(), comfy_runtime::GraphError> {
//! use comfy_runtime::workflow;
//!
//! let workflow = workflow!({
//!     let text = graph.raw("PrimitiveString").input("value", "a cat").add();
//!     graph.raw("PreviewAny").input("source", text.any(0)).add()
//! })?;
//! assert_eq!(workflow.id_of(&workflow.outputs), Some("preview_any"));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "macros"))]
//! # fn main() {}
//! ```
//!
//! # Items by task
//!
//! * Include the generated nodes: [`include_nodes!`].
//! * Write a workflow: [`workflow!`](macro@workflow), [`#[workflow]`](macro@attr::workflow) from [`attr`], which both
//!   yield a [`Workflow`] or a [`GraphError`].
//! * Name the outputs of nodes in signatures: [`Out`] with a marker of [`types`], [`NoOutput`], [`NodeRef`]. The other
//!   handles are in [`out`]. Every handle is a [`Handle`], which finds the results after a run.
//! * Give unusual values for inputs: [`list()`], [`unchecked`], [`unchecked_json`]. The kinds of inputs and the rules for
//!   their values are in [`field`].
//! * Build nodes without the macro: [`Graph`] and [`Build`]. Raw nodes, mistakes and warnings are in [`graph`].
//! * Read a workflow from API format: [`Workflow::from_json`], which can fail with a [`ParseWorkflowError`].
//! * Change a value of a workflow that was built or read: [`Workflow::set`]. The ways to name the node and the error are
//!   in [`set`].
//! * Run a workflow on a server: [`Client`] and the module [`client`].
//!
//! # A renamed dependency
//!
//! Generated code and the macros refer to this crate as `::comfy_runtime`. A crate that depends on it by another name
//! adds `extern crate other_name as comfy_runtime;` to its root.
//!
//! # Features
//!
//! | feature | on by default | what it adds |
//! |---|---|---|
//! | `macros` | yes | [`workflow!`](macro@workflow) and [`#[workflow]`](macro@attr::workflow) |
//! | `client` | yes | [`Client`] and [`client`]: HTTP and WebSocket, with tokio |
//!
//! Without these features, the crate depends only on `serde` and `serde_json`: graphs are built with [`Graph::add`] and
//! [`Graph::raw`].

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations)]

mod builder;
#[cfg(feature = "client")]
pub mod client;
mod desc;
mod fallible;
pub mod field;
pub mod graph;
mod hash;
mod key;
mod node;
pub mod out;
mod shown;
mod slot;
mod text;
pub mod types;
mod workflow;

#[cfg(feature = "client")]
#[doc(inline)]
pub use client::Client;

pub use builder::Build;
pub use field::{list, unchecked, unchecked_json};
pub use graph::{Graph, GraphError};
pub use out::{Handle, NoOutput, NodeRef, Out};
pub use workflow::{ParseWorkflowError, Workflow};

#[cfg(feature = "macros")]
#[doc(inline)]
pub use comfy_macros::workflow;

/// The attribute `#[workflow]`, for functions that are workflows or parts of one.
///
/// It has a module of its own because a module cannot contain two macros of the same name, and
/// [`workflow!`](macro@crate::workflow) is at the root.
#[cfg(feature = "macros")]
pub mod attr {
    #[doc(inline)]
    pub use comfy_macros::workflow_fn as workflow;
}

/// The arguments and the error of [`Workflow::set`].
pub mod set {
    pub use crate::key::{NodeKey, UnknownNode};
    pub use crate::workflow::SetError;
}

/// The items that generated code uses. This is not part of the public API.
///
/// They have a module of their own so that node classes can be called `Combo` or `Match`. If an item is removed or
/// changes its meaning, the number in [`generated_format!`] must be raised.
#[doc(hidden)]
pub mod generated {
    pub use crate::builder::{Build, Builder};
    pub use crate::desc::Desc;
    pub use crate::field::{
        AnyInput, AnyOption, Array, Choice, Combo, ComboEnum, Grow, Input, IntoField, Listed, Many, Match, MemberOf,
        OneOf, Overlaps, Raw, Rows, Unknown, Widget, Word,
    };
    pub use crate::node::Node;
    pub use crate::out::{AnyOut, Branch, Handle, NoOutput, NodeRef, Out, Placed, UnionOut};
    pub use crate::types;
}

/// The items that the macros' output uses. This is not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::desc::{Lit, Literal};
    pub use crate::fallible::{Declared, Fallible, NoResult};
    pub use crate::field::{Field, Given, IntoField, Items};
    pub use crate::graph::Graph;
    pub use crate::graph::site::Site;
    pub use crate::node::Node;
    pub use crate::workflow::Workflow;
    pub use std::option::Option::{None, Some};

    /// Returns the value of a field of a node literal. The compiler infers its kind from the literal.
    pub const fn field<F: Field>() -> F {
        F::GIVEN
    }

    /// Stands for the inputs that a node literal leaves out, where the compiler checks the literal's type. It is never
    /// called.
    pub fn rest<N>() -> N {
        loop {
            std::thread::park();
        }
    }
}

/// Includes the node types that `build.rs` generated: `mod nodes { comfy_runtime::include_nodes!(); }`.
///
/// The node types need a module of their own, because they import items of this crate.
///
/// An argument names a file in `OUT_DIR` other than `comfy_nodes.rs`: `include_nodes!("other_nodes.rs")`.
#[macro_export]
macro_rules! include_nodes {
    () => {
        $crate::include_nodes!("comfy_nodes.rs");
    };
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file));
    };
}

/// Checks that this crate supports the format of a generated file, which begins with `generated_format!(N)`.
///
/// Raise `N` here and in `comfy-codegen/src/emit/mod.rs` when the API that generated code uses changes, and only then:
/// when generated code uses a new item of [`generated`], when an item is removed or changes its meaning, or when the
/// layout of the descriptors changes. A format that is no longer supported moves to the arm of format 0.
#[doc(hidden)]
#[macro_export]
macro_rules! generated_format {
    (1) => {};
    (0) => {
        compile_error!(
            "these nodes were generated in a format that this version of `comfy-runtime` no longer supports; update \
             `comfy-codegen` and generate the nodes again"
        );
    };
    ($newer:literal) => {
        compile_error!(concat!(
            "these nodes were generated in format ",
            $newer,
            ", which this version of `comfy-runtime` does not know; update `comfy-runtime`"
        ));
    };
}
