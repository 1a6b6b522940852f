//! What a prompt shows: nodes with sockets, values and problems, and the links between them.

use std::collections::{HashMap, HashSet};

use comfy_schema::search::carried;
use comfy_schema::validate::Validator;
use comfy_schema::{InputDef, InputKind, Map, Schema, Text, Value, open};

use crate::DrawError;

/// More nodes, or links, than this make no picture.
const MOST_NODES: usize = 10_000;
const MOST_LINKS: usize = 20_000;

/// What stands for the class of a node without one.
const NO_CLASS: &str = "?";

/// A workflow ready to be laid out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) links: Vec<Link>,
    /// What is wrong with the whole.
    pub(crate) problems: Vec<String>,
}

/// A node.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: Text,
    /// What it is called; its class if it has no title.
    pub(crate) title: Text,
    pub(crate) class: Text,
    /// Its linked inputs.
    pub(crate) inputs: Vec<Socket>,
    /// The outputs that the schema declares, then those that are linked all the same.
    pub(crate) outputs: Vec<Socket>,
    /// How many the schema declares.
    pub(crate) declared: usize,
    /// Its values: name and JSON, a text without quotes.
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

/// A link between sockets, by their places.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) from: (usize, usize),
    pub(crate) to: (usize, usize),
    pub(crate) kind: Text,
    /// The input at its end has an error.
    pub(crate) wrong: bool,
}

impl Graph {
    /// Reads a prompt. With a schema sockets have types and problems are marked.
    pub(crate) fn new(prompt: &Value, schema: Option<&Schema>) -> Result<Self, DrawError> {
        let map = prompt.as_object().ok_or_else(|| DrawError::NotAPrompt { found: prompt.kind_name() })?;
        if map.len() > MOST_NODES {
            return Err(DrawError::TooLarge { nodes: map.len(), most: MOST_NODES });
        }
        let links = map.iter().flat_map(|(_, node)| inputs_of(node)).filter(|(_, value)| link(value).is_some()).count();
        if links > MOST_LINKS {
            return Err(DrawError::TooManyLinks { links, most: MOST_LINKS });
        }
        let places: HashMap<&str, usize> = map.keys().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let mut graph =
            Self { nodes: map.iter().map(|(id, node)| read(id, node, schema)).collect(), ..Self::default() };
        let wrong = match schema {
            Some(schema) => graph.check(prompt, schema, &places),
            None => HashSet::new(),
        };
        for (at, (_, node)) in map.iter().enumerate() {
            graph.links_of(at, node, &places, &wrong);
        }
        Ok(graph)
    }

    /// Marks what the validator says. Gives the inputs that have an error.
    fn check(&mut self, prompt: &Value, schema: &Schema, places: &HashMap<&str, usize>) -> HashSet<(usize, Text)> {
        let verdict = Validator::new(schema).check(prompt, None);
        let mut wrong = HashSet::new();
        for report in verdict.node_errors().iter() {
            let Some(&at) = places.get(report.id.as_str()) else { continue };
            for error in &report.errors {
                let input = error.input_name.clone().unwrap_or_default();
                let declared = schema.node(&report.class_type).and_then(|class| class.input(&input));
                let Some(node) = self.nodes.get_mut(at) else { continue };
                // A file that a snapshot does not list is no mistake of the workflow.
                if declared.is_some_and(is_of_files) {
                    node.warnings.push(format!("{input}: not among the files that the definitions list"));
                    continue;
                }
                node.errors.push(error.to_string());
                wrong.insert((at, input));
            }
        }
        for warning in verdict.warnings() {
            let node = places.get(warning.node.as_str()).and_then(|&at| self.nodes.get_mut(at));
            let input = warning.input.as_ref().map(|input| format!("{input}: ")).unwrap_or_default();
            if let Some(node) = node {
                node.warnings.push(format!("{input}{}", warning.message));
            }
        }
        for node in &mut self.nodes {
            if node.class == NO_CLASS {
                node.errors.push("the node has no class".to_owned());
            } else if schema.node(&node.class).is_none() {
                node.errors.push(format!("there is no node `{}`", node.class));
            }
        }
        self.problems.extend(verdict.exception().map(|exception| exception.reason.clone()));
        wrong
    }

    /// Adds the links into a node, which are in the order of its inputs.
    fn links_of(&mut self, to: usize, node: &Value, places: &HashMap<&str, usize>, wrong: &HashSet<(usize, Text)>) {
        let links = inputs_of(node).filter_map(|(name, value)| Some((name, link(value)?)));
        for (input, (name, (source, slot))) in links.enumerate() {
            let from = places.get(source).copied();
            let Some((from, source)) = from.and_then(|from| Some((from, self.nodes.get_mut(from)?))) else {
                if let Some(node) = self.nodes.get_mut(to) {
                    node.errors.push(format!("{name}: linked to a node that does not exist: {source}"));
                }
                continue;
            };
            let (at, kind) = source.output(slot);
            let wrong = wrong.contains(&(to, name.clone()));
            self.links.push(Link { from: (from, at), to: (to, input), kind: kind.clone(), wrong });
            let socket = self.nodes.get_mut(to).and_then(|node| node.inputs.get_mut(input));
            // What stands inside a dynamic input has the type of its link.
            if let Some(socket) = socket.filter(|socket| socket.kind.is_empty() || socket.kind.starts_with("COMFY_")) {
                socket.kind = kind;
            }
        }
    }
}

impl Node {
    /// The place of an output by its slot, and its type. One that the schema does not declare is added.
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

/// Whether the options of an input are files of a server.
fn is_of_files(input: &InputDef) -> bool {
    matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo))
}

/// The name of an output that no schema names.
fn slot_name(slot: usize) -> Text {
    Text::new(format!("{slot}"))
}

fn read(id: &Text, node: &Value, schema: Option<&Schema>) -> Node {
    let map = node.as_object();
    let class = map.and_then(|map| map.get("class_type")).and_then(Value::as_str).unwrap_or(NO_CLASS);
    let definition = schema.and_then(|schema| schema.node(class));
    let title =
        map.and_then(|map| map.get("_meta")?.as_object()?.get("title")?.as_str()).filter(|title| !title.is_empty());
    let by_class = definition.and_then(|node| node.display_name.as_deref()).unwrap_or(class);
    let (mut inputs, mut values) = (Vec::new(), Vec::new());
    let kind_of = |name: &str| {
        let input = definition.and_then(|node| node.input(name.split('.').next().unwrap_or(name)));
        input.map(|input| input.kind.type_word()).unwrap_or_default()
    };
    for (name, value) in inputs_of(node) {
        if link(value).is_some() {
            inputs.push(Socket { name: name.clone(), kind: kind_of(name) });
        } else {
            values.push((name.clone(), shown(value)));
        }
    }
    let declared = definition.map(|node| node.outputs.as_slice()).unwrap_or_default();
    let carried = |output| definition.map(|node| carried(node, output)).unwrap_or_default();
    let outputs = declared.iter().map(|output| Socket { name: output.name.clone(), kind: carried(output) });
    Node {
        id: id.clone(),
        title: Text::new(title.unwrap_or(by_class)),
        class: class.into(),
        inputs,
        outputs: outputs.collect(),
        declared: declared.len(),
        values,
        errors: Vec::new(),
        warnings: Vec::new(),
    }
}

fn inputs_of(node: &Value) -> impl Iterator<Item = (&Text, &Value)> {
    let inputs = node.as_object().and_then(|node| node.get("inputs")).and_then(Value::as_object);
    inputs.into_iter().flat_map(Map::iter)
}

/// `[id, slot]`
fn link(value: &Value) -> Option<(&str, usize)> {
    match value.as_array()? {
        [Value::String(id), slot] => Some((id, usize::try_from(slot.as_i128()?).ok()?)),
        _ => None,
    }
}

/// A value as people read it: texts bare, wrapped lists unwrapped.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Object(map) => map.get("__value__").unwrap_or(value).to_string(),
        other => other.to_string(),
    }
}
