//! How far the nodes of a run are.

use comfy_schema::{Map, Text, Value};

use crate::json::{map, object};

/// How far the nodes of a run are, as `progress_state` tells it: all nodes so far.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    nodes: Map,
}

impl Progress {
    /// A node starts.
    pub(crate) fn start(&mut self, prompt_id: &Text, node: &Text) {
        self.set(prompt_id, node, Value::Float(0.0), Value::Float(1.0), "running");
    }

    /// A node has made so many of so many steps.
    pub(crate) fn step(&mut self, prompt_id: &Text, node: &Text, value: u32, max: u32) {
        self.set(prompt_id, node, Value::from(value), Value::from(max), "running");
    }

    /// A node has ended.
    pub(crate) fn finish(&mut self, prompt_id: &Text, node: &Text) {
        let max = self.nodes.get(node).and_then(Value::as_object).and_then(|state| state.get("max")).cloned();
        // One that never started, because it was in the cache, counts in whole numbers.
        let max = max.unwrap_or(Value::from(1));
        self.set(prompt_id, node, max.clone(), max, "finished");
    }

    fn set(&mut self, prompt_id: &Text, node: &Text, value: Value, max: Value, state: &str) {
        let id = || Value::from(node);
        let state = map([
            ("value", value),
            ("max", max),
            ("state", Value::from(state)),
            ("node_id", id()),
            ("prompt_id", Value::from(prompt_id)),
            ("display_node_id", id()),
            ("parent_node_id", Value::Null),
            ("real_node_id", id()),
        ]);
        self.nodes.insert(node.clone(), state);
    }

    /// The data of the event.
    pub(crate) fn to_value(&self, prompt_id: &Text) -> Value {
        object([("prompt_id", Value::from(prompt_id)), ("nodes", Value::Object(self.nodes.clone()))])
    }
}
