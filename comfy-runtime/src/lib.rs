//! Typed ComfyUI workflows: the graph and its exact API JSON.
//!
//! Node types come from the generated code (`comfy-codegen` in `build.rs`, [`include_nodes!`] in the source); workflows
//! are written with [`workflow!`](macro@workflow). See the project's guide for a first workflow.
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
//! Nodes of classes that were not generated go into the same graph:
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
//! # Features
//!
//! | feature | on by default | what it adds |
//! |---|---|---|
//! | `macros` | yes | [`workflow!`](macro@workflow) and [`#[workflow]`](macro@attr::workflow) |
//! | `client` | yes | [`Client`] and [`client`]: HTTP and WebSocket, with tokio |
//!
//! Without either, only `serde` and `serde_json` are needed: graphs are built with [`Graph::add`] and [`Graph::raw`].

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_debug_implementations)]

mod builder;
#[cfg(feature = "client")]
pub mod client;
mod desc;
mod field;
mod graph;
mod hash;
mod node;
mod out;
mod slot;
mod text;
pub mod types;
mod workflow;

#[cfg(feature = "client")]
#[doc(inline)]
pub use client::Client;

pub use builder::{Build, Labelled};
pub use field::{
    AnyInput, AnyOption, Anything, Array, Choice, Combo, ComboEnum, Field, Grow, Input, IntoField, Linkable, List,
    Listed, Many, Match, MemberOf, OneOf, Overlaps, Raw, Rows, Unchecked, Unknown, Widget, Word, list, unchecked,
    unchecked_json,
};
pub use graph::{Graph, GraphError, Problem, ProblemKind, RawNode, Warning};
pub use node::Node;
pub use out::{AnyOut, Branch, Handle, NoOutput, NodeRef, Out, Placed, UnionOut};
pub use slot::Slot;
pub use workflow::{NodeView, ReadError, Workflow};

#[cfg(feature = "macros")]
#[doc(inline)]
pub use comfy_macros::workflow;

/// The attribute `#[workflow]`, for functions that are workflows or parts of one.
///
/// It stands apart from [`workflow!`](macro@crate::workflow) because a module can hold only one macro of a name.
#[cfg(feature = "macros")]
pub mod attr {
    #[doc(inline)]
    pub use comfy_macros::workflow_fn as workflow;
}

/// What generated code names. Not part of the public API: for the output of `comfy-codegen` of the same version only.
///
/// Kept apart so that a node class called `Combo` or `Match` is in nobody's way.
#[doc(hidden)]
pub mod generated {
    pub use crate::builder::Builder;
    pub use crate::desc::Desc;
    pub use crate::types;
    pub use crate::{
        AnyInput, AnyOption, AnyOut, Array, Branch, Build, Choice, Combo, ComboEnum, Grow, Handle, Input, IntoField,
        Listed, Many, Match, MemberOf, NoOutput, Node, NodeRef, OneOf, Out, Overlaps, Placed, Raw, Rows, UnionOut,
        Unknown, Widget, Word,
    };
}

/// What the macros' output names. Not part of the public API.
#[doc(hidden)]
pub mod __private {
    pub use crate::desc::Lit;
    pub use crate::field::{Field, Given, IntoField, Items};
    pub use crate::graph::{Graph, Literal, Site};
    pub use crate::node::Node;
    pub use crate::workflow::Workflow;
    pub use std::option::Option::{None, Some};

    /// A field of a node literal. The literal gives it its type.
    pub const fn field<F: Field>() -> F {
        F::GIVEN
    }

    /// Stands for the inputs that a node literal leaves out, where the compiler checks the literal's type. Never
    /// called.
    pub fn rest<N>() -> N {
        loop {
            std::thread::park();
        }
    }
}

/// Includes the node types that `build.rs` generated: `mod nodes { comfy_runtime::include_nodes!(); }`.
///
/// They want a module of their own: what they need of this crate is imported beside them.
///
/// With a name, the file of that name: `include_nodes!("other_nodes.rs")`.
#[macro_export]
macro_rules! include_nodes {
    () => {
        $crate::include_nodes!("comfy_nodes.rs");
    };
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file));
    };
}
