//! Replaces classes that the server does not have, as the server does before it validates a prompt.

use std::collections::{HashMap, HashSet};

use super::python::{Exception, equal, is_link, repr};
use super::verdict::ServerException;
use crate::{Map, Schema, Text, Value};

/// The answer of a server of version 0.26 without custom nodes to `GET /node_replacements`.
const BUILT_IN: &str = r#"{
"ResizeImagesByLongerEdge": [{"new_node_id": "ImageScaleToMaxDimension", "old_node_id": "ResizeImagesByLongerEdge",
    "old_widget_ids": ["longer_edge"], "input_mapping": [
    {"new_id": "image", "old_id": "images"}, {"new_id": "largest_size", "old_id": "longer_edge"},
    {"new_id": "upscale_method", "set_value": "lanczos"}], "output_mapping": [{"new_idx": 0, "old_idx": 0}]}],
"ImageBatch": [{"new_node_id": "BatchImagesNode", "old_node_id": "ImageBatch",
    "old_widget_ids": null, "input_mapping": [
    {"new_id": "images.image0", "old_id": "image1"}, {"new_id": "images.image1", "old_id": "image2"}],
    "output_mapping": null}],
"ImageScaleBy": [{"new_node_id": "ResizeImageMaskNode", "old_node_id": "ImageScaleBy",
    "old_widget_ids": ["upscale_method", "scale_by"], "input_mapping": [
    {"new_id": "input", "old_id": "image"}, {"new_id": "resize_type", "set_value": "scale by multiplier"},
    {"new_id": "resize_type.multiplier", "old_id": "scale_by"},
    {"new_id": "scale_method", "old_id": "upscale_method"}], "output_mapping": null}],
"T2IAdapterLoader": [{"new_node_id": "ControlNetLoader", "old_node_id": "T2IAdapterLoader",
    "old_widget_ids": null, "input_mapping": [
    {"new_id": "control_net_name", "old_id": "t2i_adapter_name"}], "output_mapping": null}],
"Load3DAnimation": [{"new_node_id": "Load3D", "old_node_id": "Load3DAnimation",
    "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
"Preview3DAnimation": [{"new_node_id": "Preview3D", "old_node_id": "Preview3DAnimation",
    "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
"SDV_img2vid_Conditioning": [{"new_node_id": "SVD_img2vid_Conditioning", "old_node_id": "SDV_img2vid_Conditioning",
    "old_widget_ids": null, "input_mapping": null, "output_mapping": null}],
"ConditioningAverage ": [{"new_node_id": "ConditioningAverage", "old_node_id": "ConditioningAverage ",
    "old_widget_ids": null, "input_mapping": null, "output_mapping": null}]
}"#;

/// The replacements of classes by others that a server makes (`GET /node_replacements`).
#[derive(Debug, Clone, PartialEq)]
pub struct Replacements(HashMap<Text, Replacement>);

/// The first replacement of a class. The server ignores others.
#[derive(Debug, Clone, PartialEq)]
struct Replacement {
    class: Text,
    inputs: Vec<Mapping>,
    /// Pairs of an old slot and the new one.
    outputs: Vec<(Value, Value)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Mapping {
    Set(Text, Value),
    Copy(Text, Text),
}

impl Replacements {
    /// Creates an empty set of replacements.
    pub fn none() -> Self {
        Self(HashMap::new())
    }

    /// Returns the replacements that are built into the server.
    pub fn built_in() -> Self {
        Self::from_value(&Self::built_in_answer())
    }

    /// Returns the answer of a server of version 0.26 without custom nodes to `GET /node_replacements`.
    ///
    /// Not public API: the other crates of the workspace use it, and it may change in any version.
    #[doc(hidden)]
    pub fn built_in_answer() -> Value {
        // A test parses the text, so this cannot fail.
        Value::parse(BUILT_IN.as_bytes()).unwrap_or_else(|_| Map::new().into())
    }

    /// Returns the class that replaces another.
    pub(crate) fn class_for(&self, class: &str) -> Option<&Text> {
        self.0.get(class).map(|replacement| &replacement.class)
    }

    /// Parses the answer of a server to `GET /node_replacements`. Malformed entries are ignored.
    pub fn from_value(value: &Value) -> Self {
        let pairs = value.as_object().into_iter().flat_map(Map::iter);
        Self(
            pairs
                .filter_map(|(old, list)| Some((old.clone(), Replacement::read(list.as_array()?.first()?)?)))
                .collect(),
        )
    }
}

impl Replacement {
    fn read(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let list = |key: &str| map.get(key).and_then(Value::as_array).unwrap_or_default();
        let output = |value: &Value| {
            let pair = value.as_object()?;
            Some((pair.get("old_idx")?.clone(), pair.get("new_idx")?.clone()))
        };
        Some(Self {
            class: map.get("new_node_id")?.as_str()?.into(),
            inputs: list("input_mapping").iter().filter_map(Mapping::read).collect(),
            outputs: list("output_mapping").iter().filter_map(output).collect(),
        })
    }
}

impl Mapping {
    fn read(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let new = Text::new(map.get("new_id")?.as_str()?);
        match map.get("set_value") {
            Some(value) => Some(Self::Set(new, value.clone())),
            None => Some(Self::Copy(new, map.get("old_id")?.as_str()?.into())),
        }
    }
}

/// An input that is linked to a replaced node.
struct Consumer {
    node: Text,
    input: Text,
    slot: Value,
}

/// Replaces the classes that the server does not have. The server does this before everything else, so exceptions
/// raised here come first.
pub(super) fn apply(prompt: &mut Map, schema: &Schema, replacements: &Replacements) -> Result<(), ServerException> {
    let replaced = find(prompt, schema, replacements)?;
    if replaced.is_empty() {
        return Ok(());
    }
    let mut consumers = consumers(prompt, &replaced.iter().map(|(id, _)| id.clone()).collect());
    for (id, replacement) in replaced {
        let node = prompt.get(&id).and_then(Value::as_object);
        let new = node.map_or_else(|| Ok(Map::new()), |node| rebuilt(node, replacement));
        let new = new.map_err(|exception| raised(&id, "the node cannot be replaced", exception))?;
        prompt.insert(id.clone(), new);
        for consumer in consumers.remove(&id).unwrap_or_default() {
            relink(prompt, &consumer, replacement)
                .map_err(|exception| raised(&consumer.node, "the link to a replaced node is missing", exception))?;
        }
    }
    Ok(())
}

/// Returns whether [`apply`] changes a prompt.
pub(super) fn is_needed(prompt: &Map, schema: &Schema, replacements: &Replacements) -> bool {
    find(prompt, schema, replacements).is_ok_and(|replaced| !replaced.is_empty())
}

/// Returns the nodes to replace, in the order of the prompt, or the exception that the server raises while it looks for
/// them.
fn find<'r>(
    prompt: &Map,
    schema: &Schema,
    replacements: &'r Replacements,
) -> Result<Vec<(Text, &'r Replacement)>, ServerException> {
    let mut found = Vec::new();
    for (id, node) in prompt {
        let (class, inputs) = match node {
            Value::Object(node) => match (node.get("class_type"), node.get("inputs")) {
                (Some(class), Some(inputs)) => (class, inputs),
                _ => continue,
            },
            // Python's `in` also searches strings and lists. If it finds both keys, using one as an index raises.
            Value::String(text) if !text.contains("class_type") || !text.contains("inputs") => continue,
            Value::Array(items) if !holds(items, "class_type") || !holds(items, "inputs") => continue,
            other => return Err(not_a_node(id, other)),
        };
        if matches!(class, Value::Array(_) | Value::Object(_)) {
            let reason = format!("expected a string in `class_type`, found {}", class.kind_name());
            return Err(raised(id, reason, Exception::type_error("unhashable type")));
        }
        if inputs.as_object().is_none() {
            let reason = format!("expected an object in `inputs`, found {}", inputs.kind_name());
            return Err(raised(id, reason, Exception::new("AttributeError", "no attribute 'items'")));
        }
        let Some(class) = class.as_str() else { continue };
        if let Some(replacement) = replacements.0.get(class)
            && schema.node(class).is_none()
            && schema.node(&replacement.class).is_some()
        {
            found.push((id.clone(), replacement));
        }
    }
    Ok(found)
}

fn holds(items: &[Value], word: &str) -> bool {
    items.iter().any(|item| item.as_str() == Some(word))
}

/// Returns the inputs that are linked to these nodes, by the id of the node that they are linked to.
fn consumers(prompt: &Map, sources: &HashSet<Text>) -> HashMap<Text, Vec<Consumer>> {
    let mut found: HashMap<Text, Vec<Consumer>> = HashMap::new();
    for (id, node) in prompt {
        let inputs =
            node.as_object().filter(|node| node.contains_key("class_type")).and_then(|node| node.get("inputs"));
        for (input, value) in inputs.and_then(Value::as_object).into_iter().flat_map(Map::iter) {
            if let Value::Array(link) = value
                && is_link(value)
                && let [Value::String(source), slot] = link.as_slice()
                && sources.contains(source)
            {
                let consumer = Consumer { node: id.clone(), input: input.clone(), slot: slot.clone() };
                found.entry(source.clone()).or_default().push(consumer);
            }
        }
    }
    found
}

/// Returns the node that replaces another.
fn rebuilt(node: &Map, replacement: &Replacement) -> Result<Map, Exception> {
    let mut new = node.clone();
    match node.get("_meta") {
        Some(Value::Object(_) | Value::Array(_)) => {}
        Some(_) => return Err(Exception::new("AttributeError", "no attribute 'copy'")),
        None => return Err(Exception::new("KeyError", "'_meta'")),
    }
    let old_inputs = node.get("inputs").and_then(Value::as_object);
    let mut inputs = Map::new();
    for mapping in &replacement.inputs {
        match mapping {
            Mapping::Set(name, value) => inputs.insert(name.clone(), value.clone()),
            Mapping::Copy(name, old) => {
                let value = old_inputs.and_then(|inputs| inputs.get(old));
                let value = value.ok_or_else(|| Exception::new("KeyError", repr(&Value::from(old))))?;
                inputs.insert(name.clone(), value.clone())
            }
        };
    }
    new.insert("inputs", inputs);
    new.insert("class_type", &replacement.class);
    Ok(new)
}

/// Changes the slot of a link to a replaced node.
fn relink(prompt: &mut Map, consumer: &Consumer, replacement: &Replacement) -> Result<(), Exception> {
    for (_, slot) in replacement.outputs.iter().filter(|(old, _)| equal(old, &consumer.slot)) {
        let inputs = prompt.get_mut(&consumer.node).and_then(as_object_mut).and_then(|node| node.get_mut("inputs"));
        let link = inputs.and_then(as_object_mut).and_then(|inputs| inputs.get_mut(&consumer.input));
        // A consumer that was replaced itself may lack the input.
        let Some(Value::Array(link)) = link else {
            return Err(Exception::new("KeyError", repr(&Value::from(&consumer.input))));
        };
        if let Some(last) = link.get_mut(1) {
            *last = slot.clone();
        }
    }
    Ok(())
}

pub(super) fn as_object_mut(value: &mut Value) -> Option<&mut Map> {
    match value {
        Value::Object(map) => Some(map),
        _ => None,
    }
}

/// Returns the exception for a node that is not an object.
pub(super) fn not_a_node(id: &Text, value: &Value) -> ServerException {
    raised(id, format!("expected an object, found {}", value.kind_name()), Exception::type_error("not an object"))
}

pub(super) fn raised(id: &Text, reason: impl Into<String>, exception: Exception) -> ServerException {
    ServerException { node: Some(id.clone()), reason: reason.into(), exception }
}

#[cfg(test)]
mod tests {
    use super::Replacements;

    #[test]
    fn the_built_in_replacements_are_read() {
        assert_eq!(Replacements::built_in().0.len(), 8);
    }
}
