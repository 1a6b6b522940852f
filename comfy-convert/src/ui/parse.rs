//! Parsing of a workflow's JSON into the model.

use std::cell::LazyCell;
use std::fmt::Display;

use comfy_schema::{Map, Text, Value};

use super::{Saved, UiGraph, UiInput, UiLink, UiNode, UiOutput, UiPort, UiSubgraph, UiWorkflow, fields};
use crate::error::DocumentError;
use crate::limits::{MAX_SLOTS, MAX_SUBGRAPHS};

impl UiWorkflow {
    /// Reads a workflow in UI format.
    ///
    /// # Errors
    ///
    /// Returns [`DocumentError::NotAWorkflow`] if the JSON is not an object with an array `nodes`,
    /// [`DocumentError::Node`] if a node has no id or type, and [`DocumentError::TooManySubgraphs`] or
    /// [`DocumentError::TooManySlots`] if a limit is exceeded. Minor faults, such as an entry of `links` that is not a
    /// link, are ignored, and the conversion of the workflow gives a warning about each.
    pub fn from_value(value: &Value) -> Result<Self, DocumentError> {
        let Some(file) = value.as_object() else {
            return Err(DocumentError::NotAWorkflow { found: value.kind_name().into() });
        };
        if file.get("nodes").and_then(Value::as_array).is_none() {
            return Err(DocumentError::NotAWorkflow { found: "an object without an array `nodes`".into() });
        }
        let mut reader = Reader::default();
        let root = reader.graph(file, "")?;
        let subgraphs = reader.subgraphs(file)?;
        let extra = file.get("extra").and_then(Value::as_object);
        let group_nodes = extra.and_then(|extra| extra.get("groupNodes")).and_then(Value::as_object);
        let state = file.get("state").and_then(Value::as_object);
        let last = file.get("last_node_id").or_else(|| state.and_then(|state| state.get("lastNodeId")));
        Ok(Self {
            root,
            subgraphs,
            group_nodes: group_nodes.cloned().unwrap_or_default(),
            last_node_id: last.and_then(Value::as_i128).unwrap_or_default(),
            ignored: reader.ignored,
        })
    }
}

impl UiNode {
    /// Reads an inner node of a group node's definition. Such nodes need no id.
    pub(crate) fn of_group(value: &Value) -> Option<Self> {
        let mut node = value.as_object()?.clone();
        node.insert("id", -1);
        Reader::default().node(&node.into(), 0, "").ok()
    }
}

#[derive(Default)]
struct Reader {
    ignored: Vec<String>,
    /// The number of inputs and outputs so far.
    slots: usize,
}

impl Reader {
    fn ignore(&mut self, at: impl Display, message: impl Display) {
        // A hostile file could cause millions of messages; a few are enough.
        if self.ignored.len() < 100 {
            self.ignored.push(format!("{at}{message}"));
        }
    }

    /// Reads all definitions. There is no recursion, because definitions may be nested deeply.
    fn subgraphs(&mut self, file: &Map) -> Result<Vec<UiSubgraph>, DocumentError> {
        let mut subgraphs = Vec::new();
        let mut waiting = std::collections::VecDeque::from([(file, false)]);
        while let Some((holder, nested)) = waiting.pop_front() {
            let definitions = holder.get("definitions").and_then(Value::as_object);
            for definition in definitions.map(|definitions| fields::array(definitions, "subgraphs")).unwrap_or_default()
            {
                let Some(definition) = definition.as_object() else {
                    self.ignore("definitions.subgraphs: ", "an entry is not an object and is left out");
                    continue;
                };
                subgraphs.push(self.subgraph(definition, nested)?);
                waiting.push_back((definition, true));
                if subgraphs.len() > MAX_SUBGRAPHS {
                    return Err(DocumentError::TooManySubgraphs { max: MAX_SUBGRAPHS });
                }
            }
        }
        Ok(subgraphs)
    }

    fn subgraph(&mut self, definition: &Map, nested: bool) -> Result<UiSubgraph, DocumentError> {
        let name = fields::text(definition, "name");
        let graph = self.graph(definition, &format!("subgraph `{name}`: "))?;
        let ports = |key| fields::array(definition, key).iter().filter_map(Value::as_object).map(port).collect();
        let id = fields::id(definition.get("id")).unwrap_or_default();
        Ok(UiSubgraph { id, name, inputs: ports("inputs"), outputs: ports("outputs"), graph, nested })
    }

    fn graph(&mut self, holder: &Map, at: &str) -> Result<UiGraph, DocumentError> {
        let mut nodes = Vec::with_capacity(fields::array(holder, "nodes").len());
        for (index, node) in fields::array(holder, "nodes").iter().enumerate() {
            nodes.push(self.node(node, index, at)?);
        }
        let mut links = Vec::with_capacity(fields::array(holder, "links").len());
        for (index, value) in fields::array(holder, "links").iter().enumerate() {
            match link(value) {
                Some(link) => links.push(link),
                None if value.is_null() => {}
                None => self.ignore(at, format_args!("links[{index}] is not a link and is left out")),
            }
        }
        Ok(UiGraph { nodes, links })
    }

    fn node(&mut self, value: &Value, index: usize, at: &str) -> Result<UiNode, DocumentError> {
        let bad = |reason: &'static str| DocumentError::Node { path: format!("{at}nodes[{index}]"), reason };
        let node = value.as_object().ok_or_else(|| bad("is not an object"))?;
        let id = fields::id(node.get("id")).ok_or_else(|| bad("has no `id` that is a number or string"))?;
        let class = node.get("type").and_then(Value::as_str).ok_or_else(|| bad("has no `type` that is a string"))?;
        let (saved_inputs, saved_outputs) = (fields::array(node, "inputs"), fields::array(node, "outputs"));
        self.slots += saved_inputs.len() + saved_outputs.len();
        if self.slots > MAX_SLOTS {
            return Err(DocumentError::TooManySlots { max: MAX_SLOTS });
        }
        let at = LazyCell::new(|| format!("{at}node {id} `{class}`: "));
        let mut inputs = Vec::with_capacity(saved_inputs.len());
        for value in saved_inputs {
            match value.as_object() {
                Some(saved) => inputs.push(input(saved)),
                None => self.ignore(&*at, "an entry of `inputs` is not an object and is left out"),
            }
        }
        let values = match node.get("widgets_values") {
            Some(Value::Array(values)) => Saved::List(values.clone()),
            Some(Value::Object(_)) => Saved::Named,
            None | Some(Value::Null) => Saved::None,
            Some(other) => {
                self.ignore(&*at, format_args!("`widgets_values` is {} and is left out", other.kind_name()));
                Saved::None
            }
        };
        Ok(UiNode {
            number: node.get("id").filter(|id| id.is_number()).and_then(Value::as_i128),
            id,
            class: class.into(),
            title: node.get("title").and_then(Value::as_str).filter(|title| !title.is_empty()).map(Text::new),
            mode: fields::mode(node.get("mode")),
            inputs,
            outputs: saved_outputs.iter().filter_map(Value::as_object).map(output).collect(),
            values,
            properties: node.get("properties").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    }
}

fn input(saved: &Map) -> UiInput {
    let widget = saved.get("widget").and_then(Value::as_object);
    UiInput {
        name: fields::text(saved, "name"),
        kind: fields::kind(saved.get("type")),
        link: fields::link_id(saved.get("link")),
        label: saved.get("label").and_then(Value::as_str).map(Text::new),
        widget: widget.map(|widget| fields::text(widget, "name")),
    }
}

fn output(saved: &Map) -> UiOutput {
    let links = fields::array(saved, "links").iter().filter_map(|link| fields::link_id(Some(link))).collect();
    UiOutput { kind: fields::kind(saved.get("type")), links }
}

fn port(saved: &Map) -> UiPort {
    UiPort {
        name: fields::text(saved, "name"),
        kind: fields::kind(saved.get("type")),
        link_ids: fields::array(saved, "linkIds").iter().filter_map(|id| fields::link_id(Some(id))).collect(),
    }
}

/// Reads a link: an array (0.4) or an object (v1 and subgraphs).
fn link(value: &Value) -> Option<UiLink> {
    let [id, origin, origin_slot, target, target_slot] = match value {
        Value::Array(parts) => std::array::from_fn(|at| parts.get(at)),
        Value::Object(map) => ["id", "origin_id", "origin_slot", "target_id", "target_slot"].map(|key| map.get(key)),
        _ => return None,
    };
    Some(UiLink {
        id: fields::link_id(id)?,
        origin: fields::id(origin)?,
        origin_slot: fields::slot(origin_slot)?,
        target: fields::id(target)?,
        target_slot: fields::slot(target_slot)?,
    })
}
