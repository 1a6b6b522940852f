//! Decides which nodes are nested in the literal of the node that uses them.
//!
//! A nested node is small, is used once, and has no id or title to keep, so that the source still reads from top to
//! bottom.

use super::{Composer, is_long};
use crate::fit::{Fit, Values};
use crate::item::NodeForm;
use crate::prompt::Link;

/// The maximum number of literals nested in each other.
const MAX_DEPTH: usize = 2;
/// The maximum number of fields in the literal of a nested node.
const MAX_INPUTS: usize = 4;

/// Returns, for each node, whether it is nested.
pub(super) fn nested(composer: &Composer<'_, '_, '_, '_>, order: &[usize]) -> Vec<bool> {
    let mut nested = vec![false; composer.items.len()];
    let mut heights = vec![0_usize; composer.items.len()];
    for &at in order {
        let height = height(composer, at, &nested, &heights);
        if let (Some(nested), Some(place)) = (nested.get_mut(at), heights.get_mut(at)) {
            *place = height;
            *nested = height <= MAX_DEPTH && is_nestable(composer, at);
        }
    }
    nested
}

/// Returns the number of literals nested in each other, this one included.
fn height(composer: &Composer<'_, '_, '_, '_>, at: usize, nested: &[bool], heights: &[usize]) -> usize {
    let Some(NodeForm::Typed(_, values)) = composer.items.get(at).map(|item| &item.form) else { return 1 };
    let inner = values.fields.iter().filter_map(|filled| match filled.value {
        Fit::Link(link) if nested.get(link.node) == Some(&true) => heights.get(link.node),
        _ => None,
    });
    inner.copied().max().unwrap_or_default() + 1
}

fn is_nestable(composer: &Composer<'_, '_, '_, '_>, at: usize) -> bool {
    let Some(item) = composer.items.get(at) else { return false };
    let NodeForm::Typed(planned, values) = &item.form else { return false };
    if composer.is_result.get(at) == Some(&true) || composer.has_label(at) {
        return false;
    }
    let [slot] = composer.uses.slots(at) else { return false };
    let link = Link { node: at, slot: *slot };
    let [only] = composer.uses.of(link) else { return false };
    if usize::from(*slot) >= planned.outputs.len() || composer.scopes.of(only.by) != composer.scopes.of(at) {
        return false;
    }
    let shown = values.fields.iter().filter(|filled| !filled.is_default);
    if shown.clone().count() > MAX_INPUTS || shown.clone().any(|filled| is_long(&filled.value)) {
        return false;
    }
    // A node is nested only directly in a field of the node that uses it, not in a list or a branch.
    let Some(NodeForm::Typed(_, outer)) = composer.items.get(only.by).map(|item| &item.form) else { return false };
    let arguments = composer.types.arguments(only.by, outer, composer.items);
    outer.fields.iter().any(|filled| {
        matches!(filled.value, Fit::Link(found) if found == link)
            && !hands_on(values, &filled.field.source.name)
            && composer.types.feeds(composer.types.of(link, composer.items), &filled.field.kind, &arguments)
    })
}

/// Returns whether a node passes a value on under the same name. `let model = LoraLoader { model, … };` reads better
/// than `model: LoraLoader { model: … }`.
fn hands_on(values: &Values<'_, '_>, name: &str) -> bool {
    values.fields.iter().any(|filled| filled.field.source.name == name && matches!(filled.value, Fit::Link(_)))
}
