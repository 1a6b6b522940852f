//! Links in the graphs of the file. A link of the prompt that crosses the border of a subgraph becomes one link in each
//! graph that it passes.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Text, Value};

use super::levels::{Levels, Link, Origin, Port, Target};
use super::node::Built;

/// The ids of a definition's input node and output node.
pub(super) const INPUT: i32 = -10;
pub(super) const OUTPUT: i32 = -20;

/// A link of the prompt.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) from: usize,
    pub(super) output: usize,
    pub(super) to: usize,
    pub(super) slot: usize,
}

/// Draws the links of the prompt in the graphs of the file.
pub(super) struct Router<'r, 's> {
    pub(super) nodes: &'r mut [Built<'s>],
    pub(super) levels: &'r mut Levels,
    /// The last id used. Ids are unique in the whole file.
    pub(super) last: usize,
    /// The outputs of levels by their level and origin.
    outputs: HashMap<(usize, Origin), usize>,
    /// The names of the inputs of each level.
    names: HashSet<(usize, Text)>,
}

impl<'r, 's> Router<'r, 's> {
    pub(super) fn new(nodes: &'r mut [Built<'s>], levels: &'r mut Levels) -> Self {
        Self { nodes, levels, last: 0, outputs: HashMap::new(), names: HashSet::new() }
    }

    /// Draws a link of the prompt through all graphs between its ends.
    pub(super) fn connect(&mut self, wire: &Wire) {
        let kind = self.nodes[wire.from].output_kind(wire.output);
        let (from, to) = (Origin::Node(wire.from, wire.output), Target::Node(wire.to, wire.slot));
        let graph = self.levels.of_node[wire.from];
        if graph == self.levels.of_node[wire.to] {
            self.link(graph, from, to, &kind);
            return;
        }
        let (up, down) = (self.path(wire.from), self.path(wire.to));
        let common = up.iter().zip(&down).take_while(|(a, b)| a == b).count();
        let mut from = from;
        for &level in up[common..].iter().rev() {
            from = Origin::Instance(level, self.output(level, from, &kind));
        }
        let mut graph = up[common - 1];
        for &level in &down[common..] {
            let (name, widget) = self.nodes[wire.to].slot_name(wire.slot);
            let port = self.input(level, &name, &kind, widget);
            self.link(graph, from, Target::Instance(level, port), &kind);
            (graph, from) = (level, Origin::Border(port));
        }
        self.link(graph, from, to, &kind);
    }

    fn path(&self, node: usize) -> Vec<usize> {
        self.levels.path(self.levels.of_node[node])
    }

    /// Returns the output of a level for this origin, and adds it if there is none.
    fn output(&mut self, level: usize, from: Origin, kind: &Text) -> usize {
        if let Some(&port) = self.outputs.get(&(level, from)) {
            return port;
        }
        let port = self.levels.list[level].outputs.len();
        self.outputs.insert((level, from), port);
        let name = if port == 0 { kind.clone() } else { Text::new(format!("{kind}_{port}")) };
        let (outside, inside) = (Vec::new(), Vec::new());
        self.levels.list[level].outputs.push(Port { name, kind: kind.clone(), widget: false, outside, inside });
        self.link(level, from, Target::Border(port), kind);
        port
    }

    /// Adds an input to a level, under this name or a similar one.
    pub(super) fn input(&mut self, level: usize, name: &str, kind: &Text, widget: bool) -> usize {
        let inputs = &mut self.levels.list[level].inputs;
        let port = inputs.len();
        let mut free = Text::new(name);
        // No two inputs have the same position, so the second try succeeds, unless a name looks like a generated one.
        while !self.names.insert((level, free.clone())) {
            free = Text::new(format!("{free}_{port}"));
        }
        inputs.push(Port { name: free, kind: kind.clone(), widget, outside: Vec::new(), inside: Vec::new() });
        port
    }

    /// Adds a link to one graph and to both of its ends, and returns its id.
    pub(super) fn link(&mut self, graph: usize, from: Origin, to: Target, kind: &Text) -> usize {
        self.last += 1;
        let id = self.last;
        let list = &mut self.levels.list;
        match from {
            Origin::Node(node, output) => self.nodes[node].add_link(output, id),
            Origin::Instance(level, port) => list[level].outputs[port].outside.push(id),
            Origin::Border(port) => list[graph].inputs[port].inside.push(id),
        }
        match to {
            Target::Node(node, slot) => self.nodes[node].set_link(slot, id),
            Target::Instance(level, port) => list[level].inputs[port].outside.push(id),
            Target::Border(port) => list[graph].outputs[port].inside.push(id),
            Target::Helper(helper) => list[graph].helpers[helper].link = id,
        }
        list[graph].links.push(Link { id, from, to, kind: kind.clone() });
        id
    }
}

impl Link {
    /// Returns the ids and slots of the link's ends in the form of the file.
    pub(super) fn ends(&self, graph: usize, nodes: &[Built<'_>], levels: &Levels) -> [(Value, usize); 2] {
        let node = |node: usize| levels.id_of_node(node, nodes[node].id);
        let from = match self.from {
            Origin::Node(at, output) => (node(at), output),
            Origin::Instance(level, port) => (levels.id_of_instance(level), port),
            Origin::Border(port) => (INPUT.into(), port),
        };
        let to = match self.to {
            Target::Node(at, slot) => (node(at), slot),
            Target::Instance(level, port) => (levels.id_of_instance(level), port),
            Target::Border(port) => (OUTPUT.into(), port),
            Target::Helper(helper) => (levels.list[graph].helpers[helper].id.into(), 0),
        };
        [from, to]
    }
}
