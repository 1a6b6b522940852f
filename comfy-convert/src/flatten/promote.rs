//! Promoted widgets: inputs of a subgraph that are linked to widgets inside it.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Text, Value};

use crate::load::{Loaded, NodeKind};

/// The position of a widget.
#[derive(Debug, Clone)]
pub(crate) struct WidgetAt {
    pub(crate) graph: usize,
    pub(crate) node: usize,
    pub(crate) name: Text,
}

/// The promoted widgets of all definitions, by graph and input.
#[derive(Debug, Default)]
pub(crate) struct Promoted {
    by_input: HashMap<(usize, usize), WidgetAt>,
    /// The inputs whose first link leads to an instance while a later one leads straight to a node.
    mixed: HashSet<(usize, usize)>,
}

/// The widget at the end of a link inside a definition.
enum End {
    /// A widget of a node in the definition itself.
    Own(WidgetAt),
    /// A promoted widget of an instance in the definition.
    Nested(WidgetAt),
}

impl Promoted {
    /// Finds the promoted widgets, innermost definitions first, and marks the inputs of instances that have one.
    pub(super) fn find(loaded: &mut Loaded<'_>) -> Self {
        let mut promoted = Self::default();
        for &graph in loaded.order.iter().rev() {
            for input in 0..loaded.graphs[graph].inputs.len() {
                let ends = promoted.ends(loaded, graph, input);
                let own = ends.iter().position(|end| matches!(end, End::Own(_)));
                if own.is_some_and(|own| own > 0) {
                    promoted.mixed.insert((graph, input));
                }
                // A widget of a node in the definition itself takes precedence over the promoted widgets of nested
                // instances.
                if let Some(End::Own(at) | End::Nested(at)) = ends.into_iter().nth(own.unwrap_or(0)) {
                    promoted.by_input.insert((graph, input), at);
                }
            }
        }
        for graph in &mut loaded.graphs {
            for node in &mut graph.nodes {
                let NodeKind::Subgraph(inner) = node.kind else {
                    continue;
                };
                for (at, slot) in node.inputs.iter_mut().enumerate() {
                    slot.widget = promoted.by_input.contains_key(&(inner, at)).then(|| slot.name.clone());
                }
            }
        }
        promoted
    }

    /// Returns the promoted widget of a definition's input.
    pub(crate) fn get(&self, graph: usize, input: usize) -> Option<&WidgetAt> {
        self.by_input.get(&(graph, input))
    }

    /// Returns whether an input is a mixed one, whose promoted widget the front end fails to set from outside the
    /// instance.
    pub(super) fn is_mixed(&self, graph: usize, input: usize) -> bool {
        self.mixed.contains(&(graph, input))
    }

    /// Writes each promoted value into all widgets that its input is linked to, outermost first.
    pub(super) fn equalise(&self, loaded: &mut Loaded<'_>) {
        for graph in loaded.order.clone() {
            for input in 0..loaded.graphs[graph].inputs.len() {
                let Some(value) = self.get(graph, input).map(|at| at.value(loaded)) else {
                    continue;
                };
                for end in self.ends(loaded, graph, input) {
                    let (End::Own(at) | End::Nested(at)) = end;
                    at.set(loaded, value.clone());
                }
            }
        }
    }

    fn ends(&self, loaded: &Loaded<'_>, graph: usize, input: usize) -> Vec<End> {
        let of = &loaded.graphs[graph];
        let listed = of.inputs.get(input).map(|port| port.link_ids.as_slice()).unwrap_or_default();
        let targets = of.links.of_input(input, listed).filter_map(|id| of.target_of(id));
        let end = |(node, slot): (usize, usize)| {
            let found = &of.nodes[node];
            if let NodeKind::Subgraph(inner) = found.kind {
                return self.get(inner, slot).cloned().map(End::Nested);
            }
            let name = found.inputs[slot].widget.clone()?;
            found.widgets.get(&name)?;
            Some(End::Own(WidgetAt { graph, node, name }))
        };
        targets.filter_map(end).collect()
    }
}

impl WidgetAt {
    /// Returns the widget's value, or `None` if it has none or is gone.
    pub(crate) fn value(&self, loaded: &Loaded<'_>) -> Option<Value> {
        loaded.graphs[self.graph].nodes[self.node].widgets.get(&self.name).and_then(|widget| widget.value.clone())
    }

    /// Sets the widget's value.
    pub(super) fn set(&self, loaded: &mut Loaded<'_>, value: Option<Value>) {
        let widgets = &mut loaded.graphs[self.graph].nodes[self.node].widgets;
        if let Some(at) = widgets.position(&self.name) {
            widgets.set(at, value);
        }
    }
}
