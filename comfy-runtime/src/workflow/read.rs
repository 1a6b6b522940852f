//! A workflow read from API format.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Workflow;
use crate::graph::ids::Ids;
use crate::graph::site::NO_LITERAL;
use crate::graph::store::{Body, NodeRecord, Store, Verbatim};

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
