//! The progress of the nodes of a run.

use comfy_schema::{Map, Text, Value};

use crate::json::{map, object};

/// The progress of all nodes that were started so far, as the event `progress_state` reports it.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    nodes: Map,
}

impl Progress {
    /// Marks a node as started.
    pub(crate) fn start(&mut self, prompt_id: &Text, node: &Text) {
        self.set(prompt_id, node, Value::Float(0.0), Value::Float(1.0), "running");
    }

    /// Sets the number of steps that a node has made.
    pub(crate) fn step(&mut self, prompt_id: &Text, node: &Text, value: u32, max: u32) {
        self.set(prompt_id, node, Value::from(value), Value::from(max), "running");
    }

    /// Marks a node as finished.
    pub(crate) fn finish(&mut self, prompt_id: &Text, node: &Text) {
        let max = self.nodes.get(node).and_then(Value::as_object).and_then(|state| state.get("max")).cloned();
        // The server reports a cached node, which never started, with integers in place of floats.
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

    /// Returns the data of the event.
    pub(crate) fn to_value(&self, prompt_id: &Text) -> Value {
        object([("prompt_id", Value::from(prompt_id)), ("nodes", Value::Object(self.nodes.clone()))])
    }
}
