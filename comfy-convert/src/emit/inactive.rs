//! Muted and bypassed nodes, which a prompt lacks, for pictures of the workflow.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Text, Value};

use super::{Emitted, Emitter, Held};
use crate::load::NodeKind;
use crate::ui::Mode;

/// A node that the prompt lacks because it is muted or bypassed. A muted or bypassed subgraph is one node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InactiveNode {
    /// The id that the node would have in the prompt.
    pub id: Text,
    /// The reason why the node does not run.
    pub state: InactiveState,
    /// The node in the form that it would have in the prompt. Its links lead to nodes of the prompt or to other
    /// inactive ones.
    pub json: Value,
    /// The links from this node to nodes of the prompt.
    pub outgoing: Vec<OutgoingLink>,
}

/// The reason why a node does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InactiveState {
    /// The node does not run, and the links from it are dropped.
    Muted,
    /// The node does not run, and its links pass through it.
    Bypassed,
}

/// A link from an inactive node to a node of the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OutgoingLink {
    /// The output slot of the inactive node.
    pub output: usize,
    /// The id of the node in the prompt.
    pub node: Text,
    /// The name of that node's input.
    pub input: Text,
}

impl InactiveState {
    /// Returns the editor's word: `muted` or `bypassed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Muted => "muted",
            Self::Bypassed => "bypassed",
        }
    }
}

impl Emitter<'_, '_> {
    /// Returns the inactive nodes. It must be called after all nodes of the prompt are emitted, so that it affects
    /// neither their random choices nor their limit on steps.
    pub(super) fn inactive(&mut self) -> Vec<InactiveNode> {
        let all = self.flat.nodes.iter().copied();
        let places: Vec<(usize, usize)> = all.filter(|&(frame, at)| self.resolver.is_inactive(frame, at)).collect();
        let ids: Vec<Text> = places.iter().map(|&(frame, at)| self.flat.id(self.loaded, frame, at)).collect();
        let mut nodes: Vec<InactiveNode> = Vec::with_capacity(places.len());
        let known: HashSet<Text> = self.nodes.iter().map(|node| node.id.clone()).chain(ids.iter().cloned()).collect();
        for (&(frame, at), id) in places.iter().zip(&ids) {
            let node = self.loaded.node(self.flat.frames[frame].graph, at);
            let state = if node.mode == Mode::Muted { InactiveState::Muted } else { InactiveState::Bypassed };
            let json = self.inactive_node(frame, at, id).into_value(&known);
            nodes.push(InactiveNode { id: id.clone(), state, json, outgoing: Vec::new() });
        }
        if !nodes.is_empty() {
            self.outgoing(&mut nodes);
        }
        nodes
    }

    fn inactive_node(&mut self, frame: usize, at: usize, id: &Text) -> Emitted {
        let node = self.loaded.node(self.flat.frames[frame].graph, at);
        let label = self.resolver.label(frame, at);
        let warnings = self.warnings.len();
        // The node is not sent, so an error in its values does not matter.
        let mut inputs = self.values_of(node, &label).unwrap_or_default();
        self.warnings.truncate(warnings);
        for (slot, input) in node.inputs.iter().enumerate() {
            if let Some((source, output)) = self.resolver.visible_source(frame, at, slot) {
                inputs.push((input.name.clone(), Some(Held::Link(source, output))));
            }
        }
        let name = match node.kind {
            NodeKind::Subgraph(graph) => &self.loaded.graphs[graph].name,
            _ => &node.class,
        };
        let title = node.title.clone().filter(|title| title != name);
        Emitted { id: id.clone(), inputs, class: Some(name.clone()), title }
    }

    /// Adds the links from inactive nodes to nodes of the prompt.
    fn outgoing(&mut self, nodes: &mut [InactiveNode]) {
        let positions: HashMap<Text, usize> =
            nodes.iter().enumerate().map(|(at, node)| (node.id.clone(), at)).collect();
        for &(frame, at) in &self.flat.nodes {
            let target = self.loaded.node(self.flat.frames[frame].graph, at);
            if target.mode != Mode::Always || target.is_virtual() {
                continue;
            }
            for (slot, input) in target.inputs.iter().enumerate() {
                let source = self.resolver.visible_source(frame, at, slot);
                if let Some((source, output)) = source
                    && let Some(&from) = positions.get(&source)
                {
                    let node = self.flat.id(self.loaded, frame, at);
                    nodes[from].outgoing.push(OutgoingLink { output, node, input: input.name.clone() });
                }
            }
        }
    }
}
