//! The trait that generated code implements for every node.

use crate::desc::Desc;
use crate::out::Placed;

/// A node class, or a branch of a dynamic combo: a struct with a field for every declared input.
///
/// Generated code implements it. The struct is never created: a node literal inside `workflow!` uses it to check field
/// names and types, and places the node in the graph.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a node",
    label = "not a node of this schema",
    note = "inside `workflow!` every struct literal places a node; mark an ordinary one: `#[plain] {Self} {{ … }}`"
)]
pub trait Node: Sized {
    /// The descriptor of the class.
    #[doc(hidden)]
    const DESC: Desc;

    /// The value of a node literal: the only output, a struct of the outputs, or [`NoOutput`](crate::NoOutput).
    type Placed: Placed;
}
