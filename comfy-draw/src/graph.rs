//! The content of a picture: nodes with sockets, values and problems, and the links between them.

use std::collections::{HashMap, HashSet};

use comfy_convert::{InactiveNode, InactiveState};
use comfy_schema::prompt::{Link as PromptLink, Prompt, PromptNode};
use comfy_schema::search::carried;
use comfy_schema::validate::Validator;
use comfy_schema::{InputDef, InputKind, Map, NodeDef, Schema, Text, Value, open};

use crate::error::DrawError;
use crate::limits::{MAX_LINKS, MAX_NODES};

/// The class that is shown for a node without one.
const NO_CLASS: &str = "?";

/// A workflow ready to be laid out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    /// The nodes of the prompt, then the inactive ones.
    pub(crate) nodes: Vec<Node>,
    pub(crate) links: Vec<Link>,
    /// The problems that concern no single node.
    pub(crate) problems: Vec<String>,
}

/// A node of a picture.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: Text,
    /// The node's title, or the class's name if it has none.
    pub(crate) title: Text,
    pub(crate) class: Text,
    /// The reason why the node does not run, if it is muted or bypassed.
    pub(crate) inactive: Option<InactiveState>,
    /// The linked inputs.
    pub(crate) inputs: Vec<Socket>,
    /// The outputs that the schema declares, then those that are linked without being declared.
    pub(crate) outputs: Vec<Socket>,
    /// The number of outputs that the schema declares.
    pub(crate) declared: usize,
    /// The names and values of the inputs that are not linked. Values are JSON, except that strings have no quotes.
    pub(crate) values: Vec<(Text, String)>,
    pub(crate) errors: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// An input or output.
#[derive(Debug, Clone)]
pub(crate) struct Socket {
    pub(crate) name: Text,
    pub(crate) kind: Text,
}

/// A link between sockets, each given by its node and its position there.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) from: (usize, usize),
    pub(crate) to: (usize, usize),
    pub(crate) kind: Text,
    /// Whether the input that it feeds has an error.
    pub(crate) wrong: bool,
    /// Whether the node at one of its ends is inactive.
    pub(crate) inactive: bool,
}

impl Graph {
    /// Reads a prompt, and the muted and bypassed nodes of its workflow. With a schema, sockets have types and problems
    /// are marked.
    pub(crate) fn new(json: &Value, inactive: &[InactiveNode], schema: Option<&Schema>) -> Result<Self, DrawError> {
        let prompt = Prompt::new(json)?;
        // A node of the prompt runs, even if the workflow saved beside the prompt says otherwise.
        let inactive: Vec<&InactiveNode> = inactive.iter().filter(|node| prompt.position(&node.id).is_none()).collect();
        let inactive_nodes = || inactive.iter().map(|node| PromptNode { id: &node.id, json: &node.json });
        let all = || prompt.nodes().iter().copied().chain(inactive_nodes());
        let nodes = prompt.nodes().len() + inactive.len();
        let of_inputs = all().flat_map(inputs_of).filter(|(_, value)| link(value).is_some()).count();
        let links = of_inputs + inactive.iter().map(|node| node.outgoing.len()).sum::<usize>();
        if !inactive.is_empty() && (nodes > MAX_NODES || links > MAX_LINKS) {
            // The nodes that run may still fit.
            return Self::new(json, &[], schema);
        }
        if nodes > MAX_NODES {
            return Err(DrawError::TooManyNodes { nodes, max: MAX_NODES });
        }
        if links > MAX_LINKS {
            return Err(DrawError::TooManyLinks { links, max: MAX_LINKS });
        }
        let read = |node| Node::new(node, schema);
        let mut graph = Self { nodes: prompt.nodes().iter().copied().map(read).collect(), ..Self::default() };
        let wrong = match schema {
            Some(schema) => graph.check(json, &prompt, schema),
            None => HashSet::new(),
        };
        let states = inactive.iter().map(|node| Some(node.state));
        graph.nodes.extend(inactive_nodes().zip(states).map(|(node, inactive)| Node { inactive, ..read(node) }));
        let positions: HashMap<&str, usize> = all().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        for (at, node) in all().enumerate() {
            graph.links_of(at, node, &positions, &wrong);
        }
        for (from, node) in (prompt.nodes().len()..).zip(&inactive) {
            for outgoing in &node.outgoing {
                if let Some(&to) = positions.get(outgoing.node.as_str()) {
                    let input = graph.nodes[to].input(&outgoing.input);
                    graph.link((from, outgoing.output), (to, input), false);
                }
            }
        }
        Ok(graph)
    }

    /// Marks the validator's errors and warnings. Returns the inputs that have an error.
    fn check(&mut self, json: &Value, prompt: &Prompt<'_>, schema: &Schema) -> HashSet<(usize, Text)> {
        let verdict = Validator::new(schema).check(json, None);
        let mut wrong = HashSet::new();
        for report in verdict.node_errors().iter() {
            let Some(at) = prompt.position(&report.id) else { continue };
            for error in &report.errors {
                let input = error.input_name.clone().unwrap_or_default();
                let declared = schema.node(&report.class_type).and_then(|class| class.input(&input));
                let Some(node) = self.nodes.get_mut(at) else { continue };
                // A file that a snapshot does not list is not a mistake of the workflow.
                if declared.is_some_and(is_of_files) {
                    node.warnings.push(format!("{input}: not among the files that the definitions list"));
                    continue;
                }
                node.errors.push(error.to_string());
                wrong.insert((at, input));
            }
        }
        for warning in verdict.warnings() {
            let node = prompt.position(&warning.node).and_then(|at| self.nodes.get_mut(at));
            let input = warning.input.as_ref().map(|input| format!("{input}: ")).unwrap_or_default();
            if let Some(node) = node {
                node.warnings.push(format!("{input}{}", warning.message));
            }
        }
        for node in &mut self.nodes {
            if node.class == NO_CLASS {
                node.errors.push("the node has no class".to_owned());
            } else if schema.node(&node.class).is_none() {
                node.errors.push(format!("unknown node class `{}`", node.class));
            }
        }
        self.problems.extend(verdict.exception().map(|exception| exception.reason.clone()));
        wrong
    }

    /// Adds the links into a node, in the order of its inputs.
    fn links_of(
        &mut self,
        to: usize,
        node: PromptNode<'_>,
        positions: &HashMap<&str, usize>,
        wrong: &HashSet<(usize, Text)>,
    ) {
        let links = inputs_of(node).filter_map(|(name, value)| Some((name, link(value)?)));
        for (input, (name, (source, slot))) in links.enumerate() {
            match positions.get(source) {
                Some(&from) => self.link((from, slot), (to, input), wrong.contains(&(to, name.clone()))),
                None => self.nodes[to].errors.push(format!("{name}: linked to a node that does not exist: {source}")),
            }
        }
    }

    /// Adds a link from an output slot of one node to a linked input of another.
    fn link(&mut self, (from, slot): (usize, usize), (to, input): (usize, usize), wrong: bool) {
        let (at, kind) = self.nodes[from].output(slot);
        let inactive = self.nodes[from].inactive.is_some() || self.nodes[to].inactive.is_some();
        self.links.push(Link { from: (from, at), to: (to, input), kind: kind.clone(), wrong, inactive });
        let socket = self.nodes[to].inputs.get_mut(input);
        // A socket inside a dynamic input gets the type of its link.
        if let Some(socket) = socket.filter(|socket| socket.kind.is_empty() || socket.kind.starts_with("COMFY_")) {
            socket.kind = kind;
        }
    }
}

impl Node {
    fn new(node: PromptNode<'_>, schema: Option<&Schema>) -> Self {
        let class = node.class().unwrap_or(NO_CLASS);
        let definition = schema.and_then(|schema| schema.node(class));
        let by_class = definition.and_then(|node| node.display_name.as_deref()).unwrap_or(class);
        let (mut inputs, mut values) = (Vec::new(), Vec::new());
        for (name, value) in inputs_of(node) {
            if link(value).is_some() {
                inputs.push(Socket { name: name.clone(), kind: kind_of(definition, name) });
            } else {
                values.push((name.clone(), displayed(value)));
            }
        }
        let declared = definition.map(|node| node.outputs.as_slice()).unwrap_or_default();
        let carried = |output| definition.map(|node| carried(node, output)).unwrap_or_default();
        let outputs = declared.iter().map(|output| Socket { name: output.name.clone(), kind: carried(output) });
        Self {
            id: node.id.clone(),
            title: Text::new(node.title().unwrap_or(by_class)),
            class: class.into(),
            inactive: None,
            inputs,
            outputs: outputs.collect(),
            declared: declared.len(),
            values,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Returns the position of a linked input, which is added if it is not there yet.
    fn input(&mut self, name: &Text) -> usize {
        let found = self.inputs.iter().position(|socket| socket.name == *name);
        found.unwrap_or_else(|| {
            self.inputs.push(Socket { name: name.clone(), kind: Text::default() });
            self.inputs.len() - 1
        })
    }

    /// Returns the position of an output by its slot, and its type. An output that the schema does not declare is
    /// added.
    fn output(&mut self, slot: usize) -> (usize, Text) {
        let at = if slot < self.declared {
            slot
        } else {
            let name = slot_name(slot);
            let more = self.outputs.iter().skip(self.declared).position(|output| output.name == name);
            more.map_or_else(
                || {
                    self.outputs.push(Socket { name, kind: Text::default() });
                    self.outputs.len() - 1
                },
                |at| at + self.declared,
            )
        };
        (at, self.outputs.get(at).map(|output| output.kind.clone()).unwrap_or_default())
    }
}

/// Returns whether the options of an input are files of a server.
fn is_of_files(input: &InputDef) -> bool {
    matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo))
}

/// Returns the type of a class's input. For an input inside a dynamic input (`images.image0`), that is the type of the
/// dynamic input.
fn kind_of(definition: Option<&NodeDef>, name: &str) -> Text {
    let input = definition.and_then(|node| node.input(name.split('.').next().unwrap_or(name)));
    input.map(|input| input.kind.type_word()).unwrap_or_default()
}

/// Returns the name to show for an output that the schema does not declare.
fn slot_name(slot: usize) -> Text {
    Text::new(format!("{slot}"))
}

fn inputs_of(node: PromptNode<'_>) -> impl Iterator<Item = (&Text, &Value)> {
    node.inputs().into_iter().flat_map(Map::iter)
}

/// Returns the source and slot of a link.
fn link(value: &Value) -> Option<(&str, usize)> {
    let link = PromptLink::of(value)?;
    Some((link.source, link.index()?))
}

/// Returns a value for display: strings without quotes, and arrays without the object that wraps them in a prompt.
fn displayed(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Object(map) => map.get("__value__").unwrap_or(value).to_string(),
        other => other.to_string(),
    }
}
