//! Parses the document, one class at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::report::{Place, Report};
use super::{node, sniff};
use crate::limits::MAX_JSON_DEPTH;
use crate::value::read::Reader;
use crate::value::{decode, replace_lone_surrogates};
use crate::{Issue, JsonError, JsonErrorKind, NodeDef, Schema, SchemaError, Text, Value};

/// Parses a whole document, holding the JSON of one definition at a time in memory.
pub(super) fn read(bytes: &[u8]) -> Result<Schema, SchemaError> {
    let text = decode(bytes).map_err(|error| SchemaError::from_json(error, None))?;
    sniff::text(&text)?;
    match definitions(&text) {
        Err(SchemaError::Syntax { node, source }) if source.kind == JsonErrorKind::Surrogate => {
            let mut schema = definitions(&replace_lone_surrogates(&text))?;
            schema.issues.insert(0, surrogate_issue(node, &source));
            Ok(schema)
        }
        read => read,
    }
}

fn definitions(text: &str) -> Result<Schema, SchemaError> {
    let mut reader = Reader::new(text);
    let mut found = Found::default();
    let mut key = reader.first_key().map_err(|error| SchemaError::from_json(error, None))?;
    while let Some(class) = key {
        let value = reader.value(MAX_JSON_DEPTH).map_err(|error| SchemaError::from_json(error, Some(class.clone())))?;
        found.add(class, value, std::mem::take(&mut reader.duplicates));
        key = reader.next_key().map_err(|error| SchemaError::from_json(error, None))?;
    }
    reader.finish().map_err(|error| SchemaError::from_json(error, None))?;
    found.finish()
}

/// The definitions parsed so far.
#[derive(Default)]
struct Found {
    nodes: Vec<NodeDef>,
    issues: Vec<Issue>,
    places: HashMap<Text, usize>,
    any_definition: bool,
    hints: sniff::Hints,
}

impl Found {
    fn add(&mut self, class: Text, value: Value, duplicate_keys: Vec<Text>) {
        if sniff::is_definition(&value) {
            self.any_definition = true;
        } else if !self.any_definition {
            self.hints.look(&class, &value);
        }
        let mut report = Report::default();
        for key in duplicate_keys {
            report
                .add(&Place::new(&class), format_args!("key `{key}` occurs twice in one object; the last one counts"));
        }
        let node = node::node(class.clone(), value, &mut report);
        match self.places.entry(class) {
            Entry::Occupied(place) => {
                report.add(&Place::new(place.key()), "the class is defined twice; the last definition counts");
                self.nodes[*place.get()] = node;
            }
            Entry::Vacant(place) => {
                place.insert(self.nodes.len());
                self.nodes.push(node);
            }
        }
        self.issues.extend(report.into_issues());
    }

    fn finish(mut self) -> Result<Schema, SchemaError> {
        if let (false, Some(first)) = (self.any_definition, self.nodes.first()) {
            return Err(self.hints.into_error(&first.class));
        }
        if self.nodes.is_empty() {
            return Err(SchemaError::NoNodes);
        }
        self.nodes.shrink_to_fit();
        self.issues.shrink_to_fit();
        Ok(Schema::with_issues(self.nodes, self.issues))
    }
}

fn surrogate_issue(node: Option<Text>, source: &JsonError) -> Issue {
    Issue {
        path: node.map_or_else(|| "(document)".into(), String::from),
        message: format!(
            "lone surrogate at line {} column {}, as in a file name that is not UTF-8; it and any others are read as U+FFFD",
            source.line, source.column
        ),
    }
}
