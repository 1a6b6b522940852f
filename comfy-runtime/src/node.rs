//! What the generated code implements for every node.

use crate::desc::Desc;
use crate::out::Placed;

/// A node class, or a branch of a dynamic combo: a struct with a field for every input it declares.
///
/// Implemented by generated code. The struct is never made; a node literal inside `workflow!` uses it to check field
/// names and types, and places the node in the graph.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "not a node of this schema",
    note = "inside `workflow!` every struct literal places a node; mark an ordinary one: `#[plain] {Self} {{ … }}`"
)]
pub trait Node: Sized {
    /// Everything the schema says of it.
    #[doc(hidden)]
    const DESC: Desc;

    /// What placing it gives: its only output, a struct of its outputs, or [`NoOutput`](crate::NoOutput).
    type Placed: Placed;
}
