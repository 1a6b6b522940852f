//! The definition of a group node: an entry of `extra.groupNodes`.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Map, Value};

use crate::limits::MAX_GROUP_NODES;
use crate::ui::UiNode;

/// The definition of a group node.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) nodes: Vec<UiNode>,
    /// The links inside the group: the source (inner node and output) by the target (inner node and input number).
    pub(crate) links: HashMap<(usize, usize), (usize, usize)>,
    /// The outputs that are also linked outside the group, by inner node and output.
    pub(crate) external: HashSet<(usize, usize)>,
    config: Map,
}

impl Definition {
    /// Returns the number of parts of a definition: one for itself, and one for each node, link and external output. It
    /// counts against the limit on parts of group nodes.
    pub(crate) fn parts(value: &Value) -> usize {
        let length =
            |key| value.as_object().and_then(|map| map.get(key)).and_then(Value::as_array).map_or(0, <[Value]>::len);
        1 + length("nodes") + length("links") + length("external")
    }

    /// Reads a definition. Returns `None` if it has no nodes or an invalid one.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let nodes = map.get("nodes")?.as_array().filter(|nodes| nodes.len() <= MAX_GROUP_NODES)?;
        let nodes = nodes.iter().map(UiNode::of_group).collect::<Option<Vec<_>>>()?;
        let array = |key| map.get(key).and_then(Value::as_array).unwrap_or_default();
        let number = |value: Option<&Value>| value.and_then(Value::as_i128).and_then(|at| usize::try_from(at).ok());
        let mut links = HashMap::new();
        for link in array("links").iter().filter_map(Value::as_array) {
            let part = |at| number(link.get(at));
            if let (Some(from), Some(output), Some(to), Some(input)) = (part(0), part(1), part(2), part(3))
                && from < nodes.len()
            {
                links.insert((to, input), (from, output));
            }
        }
        let external = array("external").iter().filter_map(Value::as_array);
        let external = external.filter_map(|entry| Some((number(entry.first())?, number(entry.get(1))?))).collect();
        let config = map.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
        Some(Self { nodes, links, external, config })
    }

    /// Returns the user's settings for an input or output (`side`) of an inner node.
    pub(crate) fn config(&self, node: usize, side: &str, name: &str) -> Option<&Map> {
        let node = self.config.get(&node.to_string())?.as_object()?;
        node.get(side)?.as_object()?.get(name)?.as_object()
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::Definition;

    #[test]
    fn a_definition_with_too_many_nodes_is_none() {
        let read = |count: usize| {
            let nodes: Vec<String> = (0..count).map(|at| format!(r#"{{"type":"A","index":{at}}}"#)).collect();
            Definition::read(&Value::parse(format!(r#"{{"nodes":[{}]}}"#, nodes.join(",")).as_bytes()).unwrap())
        };
        assert!(read(1_000).is_some() && read(1_001).is_none());
    }
}
