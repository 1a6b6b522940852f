//! The outputs of nodes that events reported, for a run whose history is lost.

use std::collections::HashMap;

use comfy_schema::{Map, Value};

use super::halves::Halves;
use super::json;
use super::limits::{MAX_OUTPUT_BYTES, MAX_OUTPUT_NODES};

/// The outputs that events reported, in the order of the events and within limits.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    outputs: Vec<(String, Value)>,
    /// The position of each node's output.
    places: HashMap<String, usize>,
    /// About how much memory the outputs take, in bytes.
    bytes: usize,
    halves: Halves,
}

impl Reported {
    /// Keeps the output of a node, which replaces an earlier one, unless there are too many.
    pub(crate) fn insert(&mut self, node: String, output: &Value, halves: Halves) {
        let bytes = self.bytes + json::size(output);
        let place = self.places.get(&node).copied();
        if bytes > MAX_OUTPUT_BYTES || (place.is_none() && self.outputs.len() >= MAX_OUTPUT_NODES) {
            return;
        }
        self.bytes = bytes;
        self.halves.remove(&node);
        self.halves.append(halves.of_node(&node));
        if let Some(place) = place {
            let old = std::mem::replace(&mut self.outputs[place].1, output.clone());
            self.bytes -= json::size(&old);
        } else {
            self.places.insert(node.clone(), self.outputs.len());
            self.outputs.push((node, output.clone()));
        }
    }

    /// Returns the half characters in the outputs.
    pub(crate) fn halves(&self) -> &Halves {
        &self.halves
    }

    /// Returns the outputs by node.
    pub(crate) fn to_map(&self) -> Map {
        self.outputs.iter().map(|(node, output)| (node.as_str(), output.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outputs_that_events_report_are_limited() {
        let mut reported = Reported::default();
        for node in 0..=MAX_OUTPUT_NODES {
            reported.insert(node.to_string(), &"x".into(), Halves::default());
        }
        assert_eq!(reported.to_map().len(), MAX_OUTPUT_NODES);
        // A node that reports again replaces its output, and a large output takes the place of no other.
        reported.insert("0".to_owned(), &"new".into(), Halves::default());
        reported.insert("1".to_owned(), &"x".repeat(MAX_OUTPUT_BYTES).as_str().into(), Halves::default());
        let outputs = reported.to_map();
        assert_eq!(outputs.get("0").and_then(Value::as_str), Some("new"));
        assert_eq!(outputs.get("1").and_then(Value::as_str), Some("x"));
    }
}
