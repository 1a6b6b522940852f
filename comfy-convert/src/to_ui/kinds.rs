//! Matched types: the types of slots and outputs follow from the links, as in the editor.

use std::collections::HashMap;

use comfy_schema::Text;

use super::links::Wire;
use super::node::Built;

/// Sets the types of matched slots and outputs to those that the links into the node carry. `order` has sources before
/// the nodes that they feed.
pub(super) fn resolve(nodes: &mut [Built<'_>], wires: &[Wire], order: &[usize]) {
    let mut sources: HashMap<(usize, usize), (usize, usize)> = HashMap::new();
    for wire in wires {
        sources.insert((wire.to, wire.slot), (wire.from, wire.output));
    }
    for &node in order {
        for template in nodes[node].templates() {
            let carried = nodes[node].slots_of(&template).find_map(|slot| {
                let &(from, output) = sources.get(&(node, slot))?;
                Some(nodes[from].output_kind(output))
            });
            nodes[node].set_template(&template, carried.as_ref());
        }
    }
}

impl Built<'_> {
    /// Returns the templates of the slots and outputs.
    fn templates(&self) -> Vec<Text> {
        let slots = self.slots.iter().filter_map(|slot| slot.template.as_ref().map(|template| &template.id));
        let mut templates: Vec<Text> =
            slots.chain(self.outputs.iter().filter_map(|output| output.template.as_ref())).cloned().collect();
        templates.sort_unstable();
        templates.dedup();
        templates
    }

    /// Returns the positions of the slots of a template.
    fn slots_of(&self, template: &Text) -> impl Iterator<Item = usize> {
        let slots = self.slots.iter().enumerate();
        slots
            .filter(move |(_, slot)| slot.template.as_ref().is_some_and(|other| other.id == *template))
            .map(|(at, _)| at)
    }

    /// Sets the types of a template's slots and outputs. A slot that allows any type gets the carried type; any other
    /// slot lists the types that it allows.
    fn set_template(&mut self, template: &Text, carried: Option<&Text>) {
        let mut allowed = None;
        for slot in &mut self.slots {
            let Some(own) = slot.template.as_ref().filter(|own| own.id == *template) else { continue };
            slot.kind = carried.filter(|_| own.allowed == "*").unwrap_or(&own.allowed).clone();
            allowed.get_or_insert_with(|| own.allowed.clone());
        }
        let given = carried.cloned().or(allowed).unwrap_or_else(|| "*".into());
        for output in self.outputs.iter_mut().filter(|output| output.template.as_ref() == Some(template)) {
            output.kind = given.clone();
        }
    }
}
