//! `workflow!` and `#[workflow]`: plain Rust with node literals becomes a ComfyUI graph.
//!
//! The macros know Rust syntax and nothing of any schema. They turn every struct literal into calls that the generated
//! node types check, so that rustc's own messages point at the user's tokens. What they expand to is described in
//! `docs/generated-code.md`.
//!
//! Use it through `comfy_runtime`: what the macros expand to names that crate, of the same version.
//!
//! ```ignore
//! // Needs the node types that `build.rs` generates from a server's definitions.
//! use comfy_runtime::workflow;
//! use nodes::{EmptyImage, SaveImage};
//!
//! let workflow = workflow! {
//!     let blank = EmptyImage { width: 512, height: 512 };
//!     SaveImage { images: blank, filename_prefix: "blank" }
//! }?;
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod block;
mod function;
mod lower;
mod recover;
mod report;

use proc_macro::TokenStream;

/// A workflow, or a function that is one.
///
/// As `workflow! { … }` (or `workflow!({ … })`, which rustfmt formats) it is an expression of type
/// `Result<Workflow<T>, GraphError>`: the block is plain Rust in which every struct literal places a node, and `T` is the
/// type of its last expression.
///
/// As `#[workflow]` on a function, the function's body is that block: `fn portrait(prompt: &str) -> Out<IMAGE>` becomes
/// `fn portrait(prompt: &str) -> Result<Workflow<Out<IMAGE>>, GraphError>`. A declared `Result<T, E>` becomes
/// `Result<Workflow<T>, E>`, for any `E: From<GraphError>`. A function whose first parameter is of type `&Graph` is a
/// part of a workflow: it adds its nodes to that graph and returns what it says.
///
/// Inside, `graph` is the graph under construction, to be handed to such functions.
///
/// # Node literals
///
/// * `KSampler { model, steps: 20, … }` places a node and gives its output, a struct of its outputs, or a handle.
///   Inputs with a default, and optional ones, may be left out; `None` is the same as leaving out.
/// * Literals are checked when the program compiles; other values when the graph is finished. This reaches into the
///   arms of `if` and `match`, blocks, `Some(…)` and the items of an array.
/// * A node bound with `let` has the variable's name as its id; `#[id = "…"]` before the literal or before the `let`
///   sets another, `#[title = "…"]` sets the title that the editor shows.
/// * `#[plain] Point { x, y }` is an ordinary struct literal.
/// * Node literals may stand anywhere but in nested items, and in macros other than the standard library's.
#[proc_macro]
pub fn workflow(input: TokenStream) -> TokenStream {
    block::expand(input.into()).into()
}

/// [`workflow!`] as an attribute of a function: `comfy_runtime::attr::workflow`.
///
/// `#[workflow] fn portrait(prompt: &str) -> Out<IMAGE>` becomes a function that returns
/// `Result<Workflow<Out<IMAGE>>, GraphError>`; a declared `Result<T, E>` becomes `Result<Workflow<T>, E>`, for any
/// `E: From<GraphError>`. A function whose first parameter is a `&Graph` is a part of a workflow: it adds its nodes to
/// that graph and returns what it says.
///
/// `#[workflow(titles)]` sends a title with every node, as the editor does: where the program gives none, what the
/// editor calls the class.
#[proc_macro_attribute]
pub fn workflow_fn(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(args.into(), item.into()).into()
}
