//! Reading a workflow from API format.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Workflow;
use crate::desc::NO_LITERAL;
use crate::graph::store::{Body, Ids, NodeRecord, Store, Verbatim};
use crate::shown::escaped;

/// Maximum number of characters of a value that an error shows.
const MAX_SHOWN_CHARS: usize = 40;

/// Reads API format and keeps the text of every node. If two nodes have the same id, the last one counts, as on the
/// server.
///
/// Only `serde_json` preserves the text of the nodes, as raw values; other formats cannot be read.
impl<'de> Deserialize<'de> for Workflow<()> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let at = Location::caller();
        let nodes: Vec<(String, Box<RawValue>)> = members(deserializer)?;
        let mut ids = Ids::default();
        let nodes = nodes.into_iter().map(|(id, json)| NodeRecord {
            body: Body::Verbatim(Box::new(Verbatim { json })),
            id: ids.push_any(&id),
            ..NodeRecord::new(&NO_LITERAL, at)
        });
        let nodes = nodes.collect();
        let store = Store::verbatim(nodes, ids);
        Ok(Self { outputs: (), graph: None, store })
    }
}

impl Workflow<()> {
    /// Reads a workflow in API format, as the editor exports it, and keeps the text of every node. If two nodes have the
    /// same id, the last one counts, as on the server.
    ///
    /// # Errors
    ///
    /// Returns an error if `json` is not JSON, not an object of nodes, or in the editor's own format. The content of the
    /// nodes is not checked.
    pub fn from_json(json: &str) -> Result<Self, ParseWorkflowError> {
        let workflow: Self = serde_json::from_str(json).map_err(|error| ParseWorkflowError(Reason::Json(error)))?;
        for node in &workflow.store.nodes {
            let Body::Verbatim(body) = &node.body else { continue };
            let (id, text) = (workflow.store.ids.get(node.id), body.json.get());
            match (id, text.chars().next()) {
                (_, Some('{')) => {}
                ("nodes", Some('[')) => return Err(ParseWorkflowError(Reason::Editor)),
                (id, _) => {
                    let reason = Reason::Node { id: id.to_owned(), text: beginning(text) };
                    return Err(ParseWorkflowError(reason));
                }
            }
        }
        Ok(workflow)
    }
}

impl FromStr for Workflow<()> {
    type Err = ParseWorkflowError;

    /// Does the same as [`from_json`](Self::from_json).
    fn from_str(json: &str) -> Result<Self, ParseWorkflowError> {
        Self::from_json(json)
    }
}

/// The error of reading text that is not a workflow in API format. Its message contains the reason and the position.
#[derive(Debug)]
pub struct ParseWorkflowError(Reason);

#[derive(Debug)]
enum Reason {
    Json(serde_json::Error),
    Editor,
    Node { id: String, text: String },
}

impl fmt::Display for ParseWorkflowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Json(error) => {
                write!(f, "expected a workflow in API format: {}", escaped(error))
            }
            Reason::Editor => f.write_str(
                "expected a workflow in API format, found the editor's own format; export it with \"Export (API)\", or \
                 convert it with `cargo comfy convert`",
            ),
            Reason::Node { id, text } => {
                let (id, text) = (escaped(id), escaped(text));
                write!(f, "expected a workflow in API format: node `{id}` must be an object, found {text}")
            }
        }
    }
}

impl std::error::Error for ParseWorkflowError {}

/// Returns as much of a value as a message shows.
fn beginning(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Returns the members of a JSON object in order. A repeated key has the position of its first and the value of its last
/// occurrence.
pub(super) fn members<'de, D, V>(deserializer: D) -> Result<Vec<(String, V)>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    deserializer.deserialize_map(Members(PhantomData))
}

struct Members<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
    type Value = Vec<(String, V)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of node ids and nodes, as in ComfyUI's API format")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(String, V)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, V>()? {
            match places.get(&key).and_then(|&place| members.get_mut(place)) {
                Some(member) => member.1 = value,
                None => {
                    places.insert(key.clone(), members.len());
                    members.push((key, value));
                }
            }
        }
        Ok(members)
    }
}
