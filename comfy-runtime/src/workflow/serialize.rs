//! Writing a workflow through serde, for pretty printing, snapshots and conversion to other data.

use std::borrow::Cow;

use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::value::RawValue;

use super::Workflow;
use super::walk::{self, Key, Leaf, Visitor};
use crate::graph::store::{Body, NodeRecord, Store};
use crate::slot::Slot;

impl<T> Serialize for Workflow<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let nodes = || self.store.nodes.iter().filter(|node| !node.is_branch());
        let mut map = serializer.serialize_map(Some(nodes().count()))?;
        for node in nodes() {
            map.serialize_key(self.store.ids.get(node.id))?;
            map.serialize_value(&Node { store: &self.store, record: node })?;
        }
        map.end()
    }
}

struct Node<'a> {
    store: &'a Store,
    record: &'a NodeRecord,
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Body::Verbatim(node) = &self.record.body {
            return Json(node.json.get()).serialize(serializer);
        }
        let body = &self.record.body;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("inputs", &Inputs(self))?;
        if !body.is_anonymous() {
            map.serialize_entry("class_type", &*self.record.class())?;
        }
        if let Some(meta) = body.meta().and_then(|meta| walk::leaf(self.store, meta)) {
            map.serialize_entry("_meta", &Stored(self.store, meta))?;
        } else if let Some(title) = self.store.title_of(self.record) {
            map.serialize_entry("_meta", &Meta(title))?;
        }
        map.end()
    }
}

struct Meta<'a>(&'a str);

impl Serialize for Meta<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry("title", self.0)?;
        map.end()
    }
}

struct Inputs<'a>(&'a Node<'a>);

impl Serialize for Inputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = Entries(serializer.serialize_map(None)?);
        walk::inputs(self.0.store, self.0.record, &mut map)?;
        map.0.end()
    }
}

struct Entries<M>(M);

impl<M: SerializeMap> Visitor for Entries<M> {
    type Error = M::Error;

    fn input(&mut self, store: &Store, key: Key<'_>, leaf: Leaf<'_>) -> Result<(), M::Error> {
        let quoted = match key {
            Key::Own(key) => Cow::Borrowed(key.trim_start_matches(',').trim_end_matches(':')),
            Key::Child(prefix, name) => Cow::Owned(format!("\"{prefix}{name}\"")),
        };
        let name: Cow<'_, str> = serde_json::from_str(&quoted).map_err(M::Error::custom)?;
        self.0.serialize_entry(&name, &Stored(store, leaf))
    }
}

struct Stored<'a>(&'a Store, Leaf<'a>);

impl Serialize for Stored<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(store, leaf) = *self;
        match leaf {
            Leaf::Json(json) => Json(json).serialize(serializer),
            Leaf::Text(text) => serializer.serialize_str(text),
            Leaf::Int(value) => serializer.serialize_i64(value),
            Leaf::Unsigned(value) => serializer.serialize_u64(value),
            Leaf::Float(value) => serializer.serialize_f64(value),
            Leaf::Bool(value) => serializer.serialize_bool(value),
            Leaf::Link(id, slot) => (store.ids.get(id), slot).serialize(serializer),
            Leaf::Wrapped(items) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("__value__", &Items(store, items))?;
                map.end()
            }
        }
    }
}

struct Items<'a>(&'a Store, &'a [Slot]);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(None)?;
        for leaf in self.1.iter().filter_map(|item| walk::leaf(self.0, item)) {
            seq.serialize_element(&Stored(self.0, leaf))?;
        }
        seq.end()
    }
}

/// JSON text, which is serialized as data, so that it is indented like everything else.
///
/// Numbers that this would round (integers beyond 64 bits, numbers beyond the range of `f64`) are passed on as raw JSON.
struct Json<'a>(&'a str);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.trim();
        match text.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(text).map_err(S::Error::custom)?;
                let mut map = serializer.serialize_map(Some(members.0.len()))?;
                for (key, value) in &members.0 {
                    map.serialize_entry(key, &Json(value.get()))?;
                }
                map.end()
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(S::Error::custom)?;
                serializer.collect_seq(items.into_iter().map(|item| Json(item.get())))
            }
            Some(b'"') => serializer.serialize_str(&serde_json::from_str::<String>(text).map_err(S::Error::custom)?),
            Some(b't' | b'f') => serializer.serialize_bool(text == "true"),
            Some(b'n') => serializer.serialize_unit(),
            _ => number(text, serializer),
        }
    }
}

fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(value) = text.parse::<u64>() {
        return serializer.serialize_u64(value);
    }
    if let Ok(value) = text.parse::<i64>() {
        return serializer.serialize_i64(value);
    }
    let is_integer = !text.contains(['.', 'e', 'E']);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && !is_integer => serializer.serialize_f64(value),
        _ => serde_json::from_str::<&RawValue>(text).map_err(S::Error::custom)?.serialize(serializer),
    }
}

/// The members of a JSON object, in order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::read::members(deserializer).map(Self)
    }
}
