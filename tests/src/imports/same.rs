//! Compares prompts regardless of the ids of their nodes.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use comfy_schema::{Map, Value};

/// Returns a difference between two prompts, or `None` if they differ at most in the ids of nodes and the order of keys.
///
/// Every node is coloured by its content, then repeatedly by the colours of its neighbours, until no colour splits.
/// Nodes that still have the same colour are paired in their order. The paired nodes are then compared exactly, so that
/// prompts that differ are never taken for equal.
pub fn difference(file: &Value, ours: &Value) -> Option<String> {
    let (Some(file), Some(ours)) = (Graph::new(file), Graph::new(ours)) else {
        return Some("expected two prompts, found other JSON".to_owned());
    };
    if file.nodes.len() != ours.nodes.len() {
        return Some(format!("expected {} nodes, found {}", file.nodes.len(), ours.nodes.len()));
    }
    let mut left = file.colours();
    let mut right = ours.colours();
    loop {
        refine(&file, &mut left);
        refine(&ours, &mut right);
        let (mut of_file, mut of_ours) = (groups(&left), groups(&right));
        let tie = (0..left.len()).find(|&at| of_file.get(&left[at]).is_some_and(|group| group.len() > 1));
        if let Some(at) = tie
            && let Some(other) = of_ours.get(&left[at]).and_then(|group| group.first())
        {
            let colour = hash(&("paired", left[at], at));
            (left[at], right[*other]) = (colour, colour);
            continue;
        }
        for (colour, group) in &mut of_file {
            let other = of_ours.remove(colour).unwrap_or_default();
            if other.len() != group.len() {
                return Some(format!("not sent: {}", file.describe(group[0])));
            }
        }
        break;
    }
    let pairs: HashMap<u64, usize> = right.iter().enumerate().map(|(at, colour)| (*colour, at)).collect();
    let renamed: HashMap<&str, &str> = left
        .iter()
        .enumerate()
        .filter_map(|(at, colour)| Some((ours.nodes[*pairs.get(colour)?].0, file.nodes[at].0)))
        .collect();
    left.iter().enumerate().find_map(|(at, colour)| {
        let other = ours.nodes[*pairs.get(colour)?].1;
        let (theirs, ours) = (file.nodes[at].1, rename(other, &renamed, &ours));
        (*theirs != ours).then(|| format!("{} is sent as {ours}", file.describe(at)))
    })
}

/// Returns the prompt without the members that must not be sent again.
pub fn sendable(prompt: &Value) -> Value {
    let Some(map) = prompt.as_object() else { return prompt.clone() };
    let nodes = map.iter().map(|(id, node)| {
        let node = node.as_object().into_iter().flatten();
        let kept = node.filter(|(key, _)| matches!(key.as_str(), "class_type" | "inputs" | "_meta"));
        (id.clone(), kept.map(|(key, value)| (key.clone(), value.clone())).collect::<Map>())
    });
    Value::Object(nodes.collect())
}

/// A prompt with its links resolved.
struct Graph<'v> {
    nodes: Vec<(&'v str, &'v Map)>,
    places: HashMap<&'v str, usize>,
    /// The links: source node, target node, and a hash of the input's name and the slot.
    links: Vec<(usize, usize, u64)>,
}

impl<'v> Graph<'v> {
    fn new(prompt: &'v Value) -> Option<Self> {
        let nodes: Option<Vec<(&str, &Map)>> =
            prompt.as_object()?.iter().map(|(id, node)| Some((id.as_str(), node.as_object()?))).collect();
        let nodes = nodes?;
        let places: HashMap<&str, usize> = nodes.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let mut graph = Self { nodes, places, links: Vec::new() };
        for at in 0..graph.nodes.len() {
            for (name, value) in inputs(graph.nodes[at].1) {
                if let Some((source, slot)) = graph.link(value) {
                    graph.links.push((source, at, hash(&(name, slot))));
                }
            }
        }
        Some(graph)
    }

    /// Returns the node and slot that a value links to, if it is a link.
    fn link(&self, value: &Value) -> Option<(usize, i128)> {
        match value.as_array()? {
            [Value::String(id), Value::Int(slot)] => Some((*self.places.get(id.as_str())?, *slot)),
            _ => None,
        }
    }

    /// Returns a colour for every node, computed from its content without links.
    fn colours(&self) -> Vec<u64> {
        let colour = |node: &Map| {
            let mut parts: Vec<String> = node
                .iter()
                .filter(|(key, _)| *key != "inputs")
                .map(|(key, value)| format!("{key}:{}", sorted(value)))
                .chain(
                    inputs(node)
                        .filter(|(_, value)| self.link(value).is_none())
                        .map(|(name, value)| format!("inputs.{name}:{}", sorted(value))),
                )
                .collect();
            parts.sort();
            hash(&parts)
        };
        self.nodes.iter().map(|(_, node)| colour(node)).collect()
    }

    fn describe(&self, at: usize) -> String {
        let (id, node) = self.nodes[at];
        format!("node {id}: {node}").chars().take(600).collect()
    }
}

fn inputs(node: &Map) -> impl Iterator<Item = (&str, &Value)> {
    let inputs = node.get("inputs").and_then(Value::as_object);
    inputs.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Colours every node by the colours of its neighbours until the number of different colours no longer grows.
fn refine(graph: &Graph<'_>, colours: &mut [u64]) {
    let mut count = groups(colours).len();
    loop {
        let mut around: Vec<Vec<(u64, bool, u64)>> = vec![Vec::new(); colours.len()];
        for &(from, to, input) in &graph.links {
            around[to].push((input, true, colours[from]));
            around[from].push((input, false, colours[to]));
        }
        for (colour, mut around) in colours.iter_mut().zip(around) {
            around.sort_unstable();
            *colour = hash(&(*colour, around));
        }
        let found = groups(colours).len();
        // The last round changes all colours but separates no nodes. Equal prompts need equally many rounds.
        if found <= count {
            return;
        }
        count = found;
    }
}

fn groups(colours: &[u64]) -> HashMap<u64, Vec<usize>> {
    let mut groups: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, colour) in colours.iter().enumerate() {
        groups.entry(*colour).or_default().push(at);
    }
    groups
}

/// Returns a node that was sent, with the ids in its links replaced by those of the file.
fn rename(node: &Map, ids: &HashMap<&str, &str>, graph: &Graph<'_>) -> Map {
    let mut node = node.clone();
    if let Some(Value::Object(inputs)) = node.get_mut("inputs") {
        let names: Vec<_> = inputs.keys().cloned().collect();
        for name in names {
            let Some(value) = inputs.get_mut(&name) else { continue };
            if graph.link(value).is_some()
                && let Value::Array(parts) = value
                && let Some(id) = parts[0].as_str().and_then(|id| ids.get(id))
            {
                parts[0] = Value::from(*id);
            }
        }
    }
    node
}

/// Returns the JSON of a value with its keys sorted.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut parts: Vec<String> = map.iter().map(|(key, value)| format!("{key:?}:{}", sorted(value))).collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference_of(file: &str, ours: &str) -> Option<String> {
        difference(&Value::parse(file.as_bytes()).unwrap(), &Value::parse(ours.as_bytes()).unwrap())
    }

    const FILE: &str = r#"{
        "1": {"class_type": "A", "inputs": {"x": 1}},
        "2": {"class_type": "A", "inputs": {"x": 1}},
        "3": {"class_type": "B", "inputs": {"a": ["1", 0]}},
        "4": {"class_type": "C", "inputs": {"a": ["1", 0], "b": ["3", 0]}}
    }"#;

    #[test]
    fn ids_and_the_order_of_keys_do_not_matter() {
        let ours = r#"{
            "c": {"class_type": "C", "inputs": {"b": ["b", 0], "a": ["y", 0]}},
            "x": {"class_type": "A", "inputs": {"x": 1}},
            "y": {"inputs": {"x": 1}, "class_type": "A"},
            "b": {"class_type": "B", "inputs": {"a": ["y", 0]}}
        }"#;
        assert_eq!(difference_of(FILE, ours), None);
    }

    #[test]
    fn everything_else_matters() {
        for (from, to) in [
            (r#""a": ["1", 0], "b""#, r#""a": ["2", 0], "b""#),
            (r#""a": ["1", 0], "b""#, r#""a": ["1", 1], "b""#),
            (r#"{"x": 1}},"#, r#"{"x": 1.0}},"#),
            (r#"{"x": 1}},"#, r#"{"x": 1}, "_meta": {"title": "A"}},"#),
            (r#""b": ["3", 0]"#, r#""b": ["9", 0]"#),
        ] {
            let ours = FILE.replacen(from, to, 1);
            assert_ne!(ours, FILE);
            assert!(difference_of(FILE, &ours).is_some(), "{ours}");
        }
    }
}
