//! Resolution of a link to its real source: a walk through bypassed, rerouting and other virtual nodes, into subgraph
//! instances and out of them. The walk is a loop rather than a recursion, because chains may be long.

use std::collections::HashSet;

use comfy_schema::prompt::NodeLabel;
use comfy_schema::{Text, Value};

use super::bypass::{self, Choice};
use super::expand::Flat;
use super::names::Setters;
use super::promote::Promoted;
use crate::error::ConvertError;
use crate::limits::MAX_STEPS;
use crate::load::{Link, Loaded, NodeKind, ORIGIN};
use crate::ui::{LinkId, Mode};

/// The source of an input.
#[derive(Debug, PartialEq)]
pub(crate) enum Source {
    /// There is no source, so a widget keeps its value.
    Nothing,
    /// The output of a node, by its id in the prompt.
    Output(Text, usize),
    /// The value of a promoted widget.
    Literal(Option<Value>),
}

/// Resolves the links of a flattened workflow to their real sources.
#[derive(Debug)]
pub(crate) struct Resolver<'a, 's> {
    loaded: &'a Loaded<'s>,
    flat: &'a Flat,
    promoted: &'a Promoted,
    setters: Setters,
    /// The graph, node, slot and direction (true for an input) of each step of the walk so far. As in the front end,
    /// the instances of a definition are not told apart.
    visited: HashSet<(usize, usize, usize, bool)>,
    steps: usize,
    /// Whether a walk ends at a muted or bypassed node, as pictures need, instead of ending without a source or passing
    /// through the node.
    ends_at_inactive: bool,
}

/// The next step of a walk.
enum Step {
    Input { frame: usize, node: usize, slot: usize, kind: Option<Text> },
    Output { frame: usize, node: usize, slot: usize, kind: Text },
    End(Source),
}

impl<'a, 's> Resolver<'a, 's> {
    pub(crate) fn new(loaded: &'a Loaded<'s>, flat: &'a Flat, promoted: &'a Promoted) -> Self {
        let setters = Setters::find(loaded);
        Self { loaded, flat, promoted, setters, visited: HashSet::new(), steps: 0, ends_at_inactive: false }
    }

    /// Returns the source of a node's input.
    pub(crate) fn input(&mut self, frame: usize, node: usize, slot: usize) -> Result<Source, ConvertError> {
        self.visited.clear();
        let mut step = Step::Input { frame, node, slot, kind: None };
        loop {
            step = match step {
                Step::Input { frame, node, slot, kind } => {
                    self.count(frame, node, slot, true)?;
                    self.step_input(frame, node, slot, kind)?
                }
                Step::Output { frame, node, slot, kind } => {
                    self.count(frame, node, slot, false)?;
                    self.step_output(frame, node, slot, kind)?
                }
                Step::End(source) => return Ok(source),
            };
        }
    }

    /// Returns the node and output that feed an input. The node may be muted or bypassed.
    pub(crate) fn visible_source(&mut self, frame: usize, node: usize, slot: usize) -> Option<(Text, usize)> {
        self.ends_at_inactive = true;
        let source = self.input(frame, node, slot);
        self.ends_at_inactive = false;
        match source {
            Ok(Source::Output(id, output)) => Some((id, output)),
            _ => None,
        }
    }

    /// Returns whether a node is muted or bypassed but would otherwise run. A subgraph instance that is nested in
    /// another subgraph does not count, because the front end runs its inner nodes even if it is muted.
    pub(crate) fn is_inactive(&self, frame: usize, node: usize) -> bool {
        let found = self.loaded.node(self.flat.frames[frame].graph, node);
        match found.kind {
            _ if found.mode == Mode::Always => false,
            NodeKind::Subgraph(_) => self.flat.inside(frame, node).is_none(),
            NodeKind::Group(_) => true,
            _ => !found.is_virtual(),
        }
    }

    fn count(&mut self, frame: usize, node: usize, slot: usize, input: bool) -> Result<(), ConvertError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(ConvertError::TooManySteps { node: self.label(frame, node).into(), max: MAX_STEPS });
        }
        if !self.visited.insert((self.flat.frames[frame].graph, node, slot, input)) {
            return Err(ConvertError::Cycle { node: self.label(frame, node).into() });
        }
        Ok(())
    }

    fn step_input(&self, frame: usize, node: usize, slot: usize, kind: Option<Text>) -> Result<Step, ConvertError> {
        let graph = &self.loaded.graphs[self.flat.frames[frame].graph];
        let Some(input) = graph.nodes[node].inputs.get(slot) else {
            return Err(ConvertError::NoSlot { node: self.label(frame, node).into(), slot: format!("input {slot}") });
        };
        let Some(id) = &input.link else {
            return Ok(Step::End(Source::Nothing));
        };
        let Some(link) = graph.links.get(id) else {
            return Err(self.invalid(frame, node, slot, id, "which the file does not have"));
        };
        let wanted = kind.unwrap_or_else(|| input.kind.clone());
        if let (ORIGIN, Some((outer, instance))) = (link.origin.as_str(), self.flat.frames[frame].around) {
            return self.step_outside(outer, instance, link);
        }
        let Some(&origin) = graph.by_id.get(&link.origin) else {
            return Err(self.invalid(frame, node, slot, id, "which begins at a node that does not exist"));
        };
        Ok(Step::Output { frame, node: origin, slot: link.origin_slot, kind: wanted })
    }

    /// Steps from a definition's input to the input of the instance, or to the value of its promoted widget.
    fn step_outside(&self, frame: usize, instance: usize, link: &Link) -> Result<Step, ConvertError> {
        let node = &self.loaded.graphs[self.flat.frames[frame].graph].nodes[instance];
        let slot = link.origin_slot;
        let Some(input) = node.inputs.get(slot) else {
            return Err(ConvertError::NoSlot {
                node: self.label(frame, instance).into(),
                slot: format!("input {slot}"),
            });
        };
        if input.link.is_some() {
            // From here on, the wanted type is that of the instance's own input.
            return Ok(Step::Input { frame, node: instance, slot, kind: None });
        }
        let NodeKind::Subgraph(graph) = node.kind else {
            return Ok(Step::End(Source::Nothing));
        };
        let promoted = self.promoted.get(graph, slot);
        Ok(Step::End(promoted.map_or(Source::Nothing, |widget| Source::Literal(widget.value(self.loaded)))))
    }

    fn step_output(&self, frame: usize, node: usize, slot: usize, kind: Text) -> Result<Step, ConvertError> {
        let found = &self.loaded.graphs[self.flat.frames[frame].graph].nodes[node];
        if self.ends_at_inactive && self.is_inactive(frame, node) {
            return Ok(Step::End(Source::Output(self.flat.id(self.loaded, frame, node), slot)));
        }
        match found.mode {
            Mode::Muted => return Ok(Step::End(Source::Nothing)),
            Mode::Bypassed => {
                return match bypass::choose(found, slot, &kind) {
                    Choice::Input(slot) => Ok(Step::Input { frame, node, slot, kind: None }),
                    Choice::Nothing => Ok(Step::End(Source::Nothing)),
                    Choice::NoInputs => Err(ConvertError::NoSlot {
                        node: self.label(frame, node).into(),
                        slot: "input to pass through, though the node is bypassed".into(),
                    }),
                };
            }
            Mode::Always => {}
        }
        match &found.kind {
            NodeKind::Class(_) | NodeKind::Unknown { .. } => {
                Ok(Step::End(Source::Output(self.flat.id(self.loaded, frame, node), slot)))
            }
            NodeKind::Subgraph(inner) => self.step_instance(frame, node, *inner, slot, kind),
            NodeKind::Group(group) => Ok(Step::End(match group.output(slot) {
                Some((inner, slot)) => {
                    let id = self.flat.id(self.loaded, frame, node);
                    Source::Output(Text::new(format!("{id}:{inner}")), slot)
                }
                None => Source::Nothing,
            })),
            NodeKind::Named { name, sets: false } => Ok(self.step_setter(frame, name, kind)),
            NodeKind::Reroute | NodeKind::Primitive { .. } | NodeKind::Note | NodeKind::Named { .. } => {
                Ok(if slot < found.inputs.len() {
                    Step::Input { frame, node, slot, kind: Some(kind) }
                } else {
                    Step::End(Source::Nothing)
                })
            }
        }
    }

    fn step_instance(
        &self,
        frame: usize,
        node: usize,
        graph: usize,
        slot: usize,
        kind: Text,
    ) -> Result<Step, ConvertError> {
        let definition = &self.loaded.graphs[graph];
        let Some(port) = definition.outputs.get(slot) else {
            return Err(ConvertError::NoSlot { node: self.label(frame, node).into(), slot: format!("output {slot}") });
        };
        let (Some(link), Some(inside)) =
            (definition.links.of_output(slot, &port.link_ids), self.flat.inside(frame, node))
        else {
            return Ok(Step::End(Source::Nothing));
        };
        match definition.by_id.get(&link.origin) {
            Some(&origin) => Ok(Step::Output { frame: inside, node: origin, slot: link.origin_slot, kind }),
            None => Err(ConvertError::NoOutputNode { node: self.label(frame, node).into(), output: slot }),
        }
    }

    /// Steps from a `GetNode` to the input of the `SetNode` with the same name, in its graph or in one around it.
    fn step_setter(&self, frame: usize, name: &Text, kind: Text) -> Step {
        let mut frame = frame;
        loop {
            if let Some(node) = self.setters.get(self.flat.frames[frame].graph, name) {
                return Step::Input { frame, node, slot: 0, kind: Some(kind) };
            }
            match self.flat.frames[frame].around {
                Some((outer, _)) => frame = outer,
                None => return Step::End(Source::Nothing),
            }
        }
    }

    fn invalid(&self, frame: usize, node: usize, slot: usize, link: &LinkId, reason: &'static str) -> ConvertError {
        let graph = self.flat.frames[frame].graph;
        let input = self.loaded.graphs[graph].nodes[node].inputs[slot].name.clone();
        ConvertError::InvalidLink { node: self.label(frame, node).into(), input, link: link.to_string(), reason }
    }

    /// Returns the label of a node for messages.
    pub(crate) fn label(&self, frame: usize, node: usize) -> NodeLabel {
        let id = self.flat.id(self.loaded, frame, node);
        self.loaded.label(self.flat.frames[frame].graph, node, &id)
    }
}
