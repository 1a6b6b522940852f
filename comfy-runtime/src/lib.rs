//! Typed ComfyUI workflows: the graph and its exact API JSON.
//!
//! Node types come from the generated code (`comfy-codegen` in `build.rs`, [`include_nodes!`] in the source); workflows
//! are written with [`workflow!`](macro@workflow). See the project's guide for a first workflow.

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

pub use builder::{Build, Builder, Labelled};
pub use desc::{Desc, Lit};
pub use field::{
    AnyInput, AnyOption, Anything, Array, Choice, Combo, ComboEnum, Field, Grow, Input, IntoField, Linkable, List,
    Listed, Many, Match, MemberOf, OneOf, Overlaps, Raw, Rows, Unchecked, Unknown, Widget, Word, list, unchecked,
};
pub use graph::{Graph, GraphError, Problem, ProblemKind, RawNode, Warning};
pub use node::Node;
pub use out::{AnyOut, Branch, Handle, NoOutput, NodeRef, Out, Placed, UnionOut};
pub use slot::Slot;
pub use workflow::{NodeView, Workflow};

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

/// What generated code names. Kept apart so that a node class called `Combo` or `Match` is in nobody's way.
#[doc(hidden)]
pub mod generated {
    pub use crate::types;
    pub use crate::{
        AnyInput, AnyOption, AnyOut, Array, Branch, Build, Builder, Choice, Combo, ComboEnum, Desc, Grow, Handle,
        Input, IntoField, Listed, Many, Match, MemberOf, NoOutput, Node, NodeRef, OneOf, Out, Overlaps, Placed, Raw,
        Rows, UnionOut, Unknown, Widget, Word,
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
