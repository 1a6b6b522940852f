//! Group nodes, the older form of subgraphs: `workflow>Name`, with the definition in `extra.groupNodes`.

mod definition;
mod inputs;

use std::collections::HashSet;

use comfy_schema::Value;

use super::model::{Node, NodeKind};
pub(super) use definition::Definition;
pub(super) use inputs::plan;

/// Returns the outputs of a group: those of its inner nodes that are not linked inside the group, or are also linked
/// outside. The user's setting `visible` takes precedence over this rule.
pub(super) fn outputs(nodes: &[Node<'_>], definition: &Definition) -> Vec<(usize, usize)> {
    let linked: HashSet<(usize, usize)> = definition.links.values().copied().collect();
    let mut outputs = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        // The output of a primitive never leaves the group: it feeds a widget.
        if matches!(node.kind, NodeKind::Primitive { .. }) {
            continue;
        }
        for slot in 0..node.outputs.len() {
            let hidden = linked.contains(&(at, slot)) && !definition.external.contains(&(at, slot));
            let config = definition.config(at, "output", &slot.to_string());
            let visible = config.and_then(|config| config.get("visible")).and_then(Value::as_bool);
            if visible.unwrap_or(!hidden) {
                outputs.push((at, slot));
            }
        }
    }
    outputs
}
