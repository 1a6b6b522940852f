//! The macros `workflow!` and `#[workflow]`, which turn plain Rust with node literals into a ComfyUI graph.
//!
//! The macros know Rust's syntax but no schema. They turn every struct literal into calls that the generated node types
//! check, so that rustc's own messages point at the user's tokens. `docs/generated-code.md` describes the expansion.
//!
//! Use the macros through `comfy_runtime`, which re-exports them: they expand to paths of that crate, in the same
//! version.
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

mod bindings;
mod block;
mod function;
mod lower;
mod recover;
mod report;

use proc_macro::TokenStream;

/// Builds a workflow from a block of Rust.
///
/// `workflow! { … }` (or `workflow!({ … })`, which rustfmt formats) is an expression of type
/// `Result<Workflow<T>, GraphError>`. The block is plain Rust in which every struct literal places a node, and `T` is the
/// type of its last expression.
///
/// With the attribute `#[workflow]`, the body of a function is that block: `fn portrait(prompt: &str) -> Out<IMAGE>`
/// becomes `fn portrait(prompt: &str) -> Result<Workflow<Out<IMAGE>>, GraphError>`. A declared `Result<T, E>` becomes
/// `Result<Workflow<T>, E>`, for any `E: From<GraphError>`; so does an alias of that name, such as `anyhow::Result<T>`.
/// A function whose first parameter is of type `&Graph` is a part of a workflow: it adds its nodes to that graph and
/// returns its declared type.
///
/// Inside the block, `graph` is the graph under construction, which such functions take as an argument. A binding of
/// the block or a parameter named `graph` takes precedence; node literals do not depend on that name.
///
/// # Node literals
///
/// * `KSampler { model, steps: 20, … }` places a node and evaluates to its output, a struct of its outputs, or a handle.
///   Optional inputs and inputs with a default may be left out; `None` is the same as leaving an input out.
/// * Literals are checked when the program is compiled, also in the arms of `if` and `match`, in blocks, in `Some(…)` and
///   in arrays. Other values are checked when the graph is finished.
/// * A node bound with `let` has the variable's name as its id. `#[id = "…"]` before the literal or before the `let`
///   sets another id, and `#[title = "…"]` sets the title that the editor shows.
/// * `#[plain] Point { x, y }` is an ordinary struct literal.
/// * Node literals may stand anywhere except in nested items and in the arguments of macros that are not in the
///   standard library.
#[proc_macro]
pub fn workflow(input: TokenStream) -> TokenStream {
    block::expand(input.into()).into()
}

/// Turns a function into a workflow, or into a part of one. Use it as `comfy_runtime::attr::workflow`.
///
/// `#[workflow] fn portrait(prompt: &str) -> Out<IMAGE>` becomes a function that returns
/// `Result<Workflow<Out<IMAGE>>, GraphError>`. A declared `Result<T, E>` becomes `Result<Workflow<T>, E>`, for any
/// `E: From<GraphError>`; so does an alias of that name, such as `anyhow::Result<T>`. An alias of another name does not
/// compile. A function whose first parameter is of type `&Graph` is a part of a workflow: it adds its
/// nodes to that graph and returns its declared type. See [`workflow!`] for the body.
///
/// `#[workflow(titles)]` sends a title with every node: its own, or else the title that the editor gives its class.
#[proc_macro_attribute]
pub fn workflow_fn(args: TokenStream, item: TokenStream) -> TokenStream {
    function::expand(args.into(), item.into()).into()
}
