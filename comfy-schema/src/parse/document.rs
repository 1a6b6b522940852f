//! Parses the document, one class at a time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::report::{Place, Report};
use super::{node, sniff};
use crate::limits::{MAX_JSON_DEPTH, MAX_SURROGATE_ISSUES};
use crate::value::read::Reader;
use crate::value::{decode, replace_lone_surrogates};
use crate::{Issue, LoneSurrogate, NodeDef, Schema, SchemaError, Step, Text, Value};

/// Parses a whole document, holding the JSON of one definition at a time in memory.
pub(super) fn read(bytes: &[u8]) -> Result<Schema, SchemaError> {
    let text = decode(bytes).map_err(|error| SchemaError::from_json(error, None))?;
    sniff::text(&text)?;
    match definitions(&text) {
        Err(SchemaError::Surrogate { .. }) => {
            let replaced = replace_lone_surrogates(&text);
            let mut schema = definitions(&replaced.text)?;
            let (mut issues, mut left_out) = (Vec::new(), 0);
            let mut allows = |at: &LoneSurrogate<'_>| {
                if issues.len() < MAX_SURROGATE_ISSUES {
                    issues.push(surrogate_issue(at))
                } else {
                    left_out += 1
                }
                is_for_people(at)
            };
            replaced.check(&mut allows).map_err(|error| SchemaError::from_json(error, None))?;
            if left_out > 0 {
                let message = format!("{left_out} more texts have lone surrogates and are not listed");
                issues.push(Issue { path: "(document)".into(), message });
            }
            schema.issues.splice(0..0, issues);
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

/// Returns whether a text only describes something to people, and no name or value of a prompt is made from it.
fn is_for_people(at: &LoneSurrogate<'_>) -> bool {
    let [Step::Key(_), path @ ..] = at.path() else { return false };
    let is_text = match path {
        [Step::Key(key)] => {
            matches!(
                key.as_str(),
                "description" | "display_name" | "category" | "python_module" | "essentials_category"
            )
        }
        [Step::Key(list), Step::Index(_)] => matches!(list.as_str(), "output_tooltips" | "search_aliases"),
        // The options of an input, also inside a dynamic one, are the second element of its array.
        [Step::Key(input), .., Step::Key(_), Step::Index(1), Step::Key(option)] => {
            input == "input" && matches!(option.as_str(), "tooltip" | "placeholder")
        }
        _ => false,
    };
    is_text && !at.is_key()
}

fn surrogate_issue(at: &LoneSurrogate<'_>) -> Issue {
    let message = format!(
        "half a character (a lone surrogate) at line {} column {}; it is read as U+FFFD",
        at.line(),
        at.column()
    );
    Issue { path: at.to_string(), message }
}
