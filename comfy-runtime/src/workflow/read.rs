//! A workflow read from API format.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Workflow;
use crate::graph::ids::Ids;
use crate::graph::site::NO_LITERAL;
use crate::graph::store::{Body, NodeRecord, Store, Verbatim};

/// Most characters of a value that an error repeats.
const MOST_SHOWN: usize = 40;

/// Reads API format and keeps every node to the letter. Of two nodes with the same id the last one counts, as on the
/// server.
///
/// The order and the text of the nodes are kept only by `serde_json`, whose raw values hold them.
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
    /// Reads a workflow in API format, such as the editor exports it, and keeps every node to the letter. Of two nodes
    /// with the same id the last one counts, as on the server.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if it is no JSON, no object of nodes, or the editor's own format. What is inside of the nodes is not
    /// looked at.
    pub fn from_json(json: &str) -> Result<Self, ReadError> {
        let workflow: Self = serde_json::from_str(json).map_err(|error| ReadError(Wrong::Json(error)))?;
        for node in &workflow.store.nodes {
            let Body::Verbatim(body) = &node.body else { continue };
            let (id, text) = (workflow.store.ids.get(node.id), body.json.get());
            match (id, text.chars().next()) {
                (_, Some('{')) => {}
                ("nodes", Some('[')) => return Err(ReadError(Wrong::Editor)),
                (id, _) => return Err(ReadError(Wrong::Node { id: id.to_owned(), text: beginning(text) })),
            }
        }
        Ok(workflow)
    }
}

impl FromStr for Workflow<()> {
    type Err = ReadError;

    /// As [`from_json`](Self::from_json).
    fn from_str(json: &str) -> Result<Self, ReadError> {
        Self::from_json(json)
    }
}

/// A text that is no workflow in API format. Its text says why, and where.
#[derive(Debug)]
pub struct ReadError(Wrong);

#[derive(Debug)]
enum Wrong {
    Json(serde_json::Error),
    Editor,
    Node { id: String, text: String },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no workflow in API format: ")?;
        match &self.0 {
            Wrong::Json(error) => error.fmt(f),
            Wrong::Editor => f.write_str(
                "it is one in the editor's own format; export it with \"Export (API)\", or with `cargo comfy convert`",
            ),
            Wrong::Node { id, text } => write!(f, "`{id}` is {text}, and a node is an object"),
        }
    }
}

impl std::error::Error for ReadError {}

/// So much of a value as a message shows.
fn beginning(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The members of a JSON object, in order; of equal keys the last value, in the place of the first.
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
        f.write_str("an object: node ids and nodes, as ComfyUI's API format has them")
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
