//! Prompts in API format as graphs: the nodes, in the order of the document, and the links between them.
//!
//! A [`Prompt`] borrows from the JSON and requires only that it is an object. Malformed content reads as `None`, so
//! that each caller decides what it means. A value is a link if the server treats it as one when it
//! runs the prompt.
//!
//! The crates of the workspace read prompts through this module, with two exceptions: the validator, which converts
//! literals in place and follows slots as Python does, and the workflow of `comfy-runtime`, which depends on this crate
//! only with its feature `client`.
//!
//! ```
//! use comfy_schema::{Value, prompt::Prompt};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let json = Value::parse(br#"{
//!     "1": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}},
//!     "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}}
//! }"#)?;
//! let prompt = Prompt::new(&json)?;
//! assert_eq!(prompt.nodes()[1].class(), Some("SaveImage"));
//! assert_eq!(prompt.edges(1).next().and_then(|edge| edge.from), Some(0));
//! # Ok(())
//! # }
//! ```

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use thiserror::Error;

use crate::shown::shortened;
use crate::{Map, Text, Value};

/// The maximum length of an id, class or title that a [`NodeLabel`] displays, in characters.
const MAX_LABEL_LEN: usize = 80;

/// A prompt in API format, borrowed from its JSON.
#[derive(Debug, Clone)]
pub struct Prompt<'p> {
    nodes: Vec<PromptNode<'p>>,
    positions: HashMap<&'p str, usize>,
}

/// A node of a prompt.
#[derive(Debug, Clone, Copy)]
pub struct PromptNode<'p> {
    /// The node's id: its key in the prompt.
    pub id: &'p Text,
    /// The node's JSON, which need not be an object.
    pub json: &'p Value,
}

/// The value of a linked input: `[node id, slot]`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Link<'p> {
    /// The id of the node that the link comes from.
    pub source: &'p str,
    /// The output slot, as written: a number or a boolean.
    pub slot: &'p Value,
}

/// A linked input of a node, with the node at the other end.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Edge<'p> {
    /// The name of the input.
    pub input: &'p Text,
    /// The value of the input.
    pub link: Link<'p>,
    /// The position of the node that the link comes from, or `None` if the prompt has no such node.
    pub from: Option<usize>,
}

/// The error for JSON that is not a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected a prompt in API format (an object of node id to node), found {found}")]
#[non_exhaustive]
pub struct NotAPrompt {
    /// The kind of JSON value found, as [`Value::kind_name`] names it.
    pub found: &'static str,
}

/// The name of a node in messages: `node 12:5 (KSampler, "Upscale")`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NodeLabel {
    /// The node's id; inside subgraphs, the ids of the instances around it come first, joined with `:`.
    pub id: Text,
    /// The node's class, if it is known.
    pub class: Option<Text>,
    /// The node's title, if it has one.
    pub title: Option<Text>,
    /// The name of the subgraph definition that contains the node, if any.
    pub subgraph: Option<Text>,
}

impl<'p> Prompt<'p> {
    /// Creates a graph from the JSON of a prompt.
    ///
    /// # Errors
    ///
    /// Returns [`NotAPrompt`] if the JSON is not an object.
    pub fn new(json: &'p Value) -> Result<Self, NotAPrompt> {
        json.as_object().map(Self::of).ok_or_else(|| NotAPrompt { found: json.kind_name() })
    }

    /// Creates a graph from the members of a prompt's object.
    pub fn of(nodes: &'p Map) -> Self {
        let nodes: Vec<PromptNode<'p>> = nodes.iter().map(|(id, json)| PromptNode { id, json }).collect();
        let positions = nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        Self { nodes, positions }
    }

    /// Returns the nodes, in the order of the document.
    pub fn nodes(&self) -> &[PromptNode<'p>] {
        &self.nodes
    }

    /// Returns the position in [`nodes`](Self::nodes) of the node with this id.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// Returns the linked inputs of the node at this position, in the order of the document. The iterator is empty if
    /// the position does not exist or the node's inputs are not an object.
    pub fn edges(&self, at: usize) -> impl Iterator<Item = Edge<'p>> {
        let inputs = self.nodes.get(at).and_then(|node| node.inputs());
        inputs.into_iter().flat_map(Map::iter).filter_map(|(input, value)| {
            let link = Link::of(value)?;
            Some(Edge { input, link, from: self.position(link.source) })
        })
    }

    /// Returns, for each node, whether one of the nodes in `from` needs it, directly or through others. The nodes in
    /// `from` are included.
    pub fn reachable(&self, from: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(at) = open.pop() {
            let Some(seen) = reached.get_mut(at).filter(|seen| !**seen) else { continue };
            *seen = true;
            open.extend(self.edges(at).filter_map(|edge| edge.from));
        }
        reached
    }
}

impl<'p> PromptNode<'p> {
    /// Returns the `class_type`, if it is a string.
    pub fn class(self) -> Option<&'p str> {
        self.member("class_type")?.as_str()
    }

    /// Returns the title in `_meta`, if it is a string that is not empty.
    pub fn title(self) -> Option<&'p str> {
        let title = self.member("_meta")?.as_object()?.get("title")?.as_str()?;
        (!title.is_empty()).then_some(title)
    }

    /// Returns the inputs, if they are an object.
    pub fn inputs(self) -> Option<&'p Map> {
        self.member("inputs")?.as_object()
    }

    /// Returns the name of this node in messages.
    pub fn label(self) -> NodeLabel {
        NodeLabel::new(self.id.clone(), self.class().map(Text::new), self.title().map(Text::new))
    }

    fn member(self, key: &str) -> Option<&'p Value> {
        self.json.as_object()?.get(key)
    }
}

impl<'p> Link<'p> {
    /// Interprets an input's value as the server's execution does: an array of a string and a number or boolean is a
    /// link, anything else is a literal.
    pub fn of(value: &'p Value) -> Option<Self> {
        match value.as_array()? {
            [Value::String(source), slot] if slot.is_number() || slot.as_bool().is_some() => {
                Some(Self { source, slot })
            }
            _ => None,
        }
    }

    /// Returns the slot as an index, if it is a whole number that is not negative (`2` or `2.0`).
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.slot.as_i128()?).ok()
    }
}

impl NodeLabel {
    /// Creates a label for a node outside of subgraph definitions.
    pub const fn new(id: Text, class: Option<Text>, title: Option<Text>) -> Self {
        Self { id, class, title, subgraph: None }
    }
}

impl Display for NodeLabel {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let short = |text: &str| shortened(text, MAX_LABEL_LEN);
        let quoted = |title: &str| format!("\"{}\"", short(title).replace('"', "\\\""));
        write!(f, "node {}", short(&self.id))?;
        match (&self.class, &self.title) {
            (Some(class), Some(title)) if class != title => write!(f, " ({}, {})", short(class), quoted(title))?,
            (Some(class), _) => write!(f, " ({})", short(class))?,
            (None, Some(title)) => write!(f, " ({})", quoted(title))?,
            (None, None) => {}
        }
        match &self.subgraph {
            Some(name) => write!(f, " in subgraph `{}`", short(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Link, NodeLabel, Prompt};
    use crate::Value;

    fn parse(json: &str) -> Value {
        Value::parse(json.as_bytes()).unwrap()
    }

    #[test]
    fn malformed_content_reads_as_none() {
        let json = parse(r#"{"1": 5, "2": {"class_type": 7, "inputs": [], "_meta": {"title": ""}}}"#);
        let prompt = Prompt::new(&json).unwrap();
        for node in prompt.nodes() {
            assert!(node.class().is_none() && node.title().is_none() && node.inputs().is_none());
        }
        assert_eq!(prompt.edges(0).count() + prompt.edges(9).count(), 0);
        assert_eq!(Prompt::new(&Value::Null).unwrap_err().found, "null");
    }

    #[test]
    fn a_link_is_an_array_of_a_string_and_a_number_or_boolean() {
        let is_link = |json: &str| Link::of(&parse(json)).is_some();
        assert!(is_link(r#"["1", 0]"#) && is_link(r#"["1", 0.5]"#) && is_link(r#"["1", true]"#));
        assert!(!is_link("[1, 0]") && !is_link(r#"["1", "0"]"#) && !is_link(r#"["1", 0, 1]"#));
        let index = |json: &str| Link::of(&parse(json)).and_then(Link::index);
        assert_eq!((index(r#"["1", 2.0]"#), index(r#"["1", -1]"#), index(r#"["1", 0.5]"#)), (Some(2), None, None));
    }

    #[test]
    fn reachable_follows_links_and_ends_at_cycles_and_missing_nodes() {
        let json = parse(
            r#"{"a": {"inputs": {"x": ["b", 0], "y": ["gone", 0]}}, "b": {"inputs": {"x": ["a", 0]}}, "c": {"inputs": {}}}"#,
        );
        let prompt = Prompt::new(&json).unwrap();
        assert_eq!(prompt.reachable([0]), [true, true, false]);
        assert_eq!(prompt.reachable([9]), [false; 3]);
        let dangling: Vec<&str> =
            prompt.edges(0).filter(|edge| edge.from.is_none()).map(|edge| edge.link.source).collect();
        assert_eq!(dangling, ["gone"]);
    }

    #[test]
    fn labels_name_class_title_and_subgraph() {
        let mut label = NodeLabel::new("12:5".into(), Some("KSampler".into()), Some("Up\nscale".into()));
        assert_eq!(label.to_string(), r#"node 12:5 (KSampler, "Up\nscale")"#);
        label.title = Some("a \"b\" \u{202e}".into());
        assert_eq!(label.to_string(), r#"node 12:5 (KSampler, "a \"b\" \u{202e}")"#);
        label.title = label.class.clone();
        label.subgraph = Some("Refine".into());
        assert_eq!(label.to_string(), "node 12:5 (KSampler) in subgraph `Refine`");
    }
}
