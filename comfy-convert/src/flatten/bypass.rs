//! Choice of the input that replaces an output of a bypassed node.

use crate::load::{Node, NodeKind, compatible};

/// The outcome of [`choose`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// An input, by position.
    Input(usize),
    /// No input fits.
    Nothing,
    /// The node has no inputs at all, and any type would fit.
    NoInputs,
}

/// Chooses the input that replaces an output of a bypassed node. `wanted` is the type that the target of the link
/// accepts.
pub(super) fn choose(node: &Node<'_>, output: usize, wanted: &str) -> Choice {
    let inputs = &node.inputs;
    if matches!(node.kind, NodeKind::Group(_)) {
        // A group node passes only equal types through.
        let equal = |at: usize| inputs.get(at).is_some_and(|input| input.kind == wanted);
        let first = if equal(output) { Some(output) } else { (0..inputs.len()).find(|&at| equal(at)) };
        return first.map_or(Choice::Nothing, Choice::Input);
    }
    if matches!(wanted, "" | "*") {
        return match inputs.len() {
            0 => Choice::NoInputs,
            count => Choice::Input(if output < count { output } else { 0 }),
        };
    }
    let own = node.outputs.get(output).map(|output| output.kind.as_str()).unwrap_or_default();
    let fits = |kind: &str| compatible(kind, own) && compatible(kind, wanted);
    if inputs.get(output).is_some_and(|input| fits(&input.kind)) {
        return Choice::Input(output);
    }
    let equal = inputs.iter().position(|input| input.kind == wanted);
    let found = equal.or_else(|| inputs.iter().position(|input| fits(&input.kind)));
    found.map_or(Choice::Nothing, Choice::Input)
}
