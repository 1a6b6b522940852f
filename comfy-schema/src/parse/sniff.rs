//! Recognizes documents that are not schemas, for the sake of a helpful error.

use crate::limits::MAX_SNIFFED_BYTES;
use crate::{Key, Map, SchemaError, Text, Value};

/// Returns an error that names the kind of the text, unless it begins like a JSON object.
pub(super) fn text(text: &str) -> Result<(), SchemaError> {
    let text = text.trim_start();
    match text.chars().next() {
        None => Err(SchemaError::Empty),
        Some('{') => Ok(()),
        Some('<') => Err(SchemaError::Html { start: first_words(text) }),
        Some('[') => Err(SchemaError::NotAnObject { found: "an array" }),
        Some(_) if text.len() > MAX_SNIFFED_BYTES => Err(SchemaError::NotJson { start: first_words(text) }),
        Some(_) => Err(match Value::parse(text.as_bytes()) {
            Ok(value) => SchemaError::NotAnObject { found: value.kind_name() },
            Err(_) => SchemaError::NotJson { start: first_words(text) },
        }),
    }
}

/// Returns the beginning of a text as one short line.
fn first_words(text: &str) -> String {
    let mut words = String::new();
    for word in text.split_whitespace().take(12) {
        if !words.is_empty() {
            words.push(' ');
        }
        words.extend(word.chars().take(60));
        if words.chars().count() >= 60 {
            break;
        }
    }
    words
}

/// Returns whether a value looks like a node definition: it has one of the keys that servers of every version write
/// and workflows do not have.
pub(super) fn is_definition(value: &Value) -> bool {
    let Some(definition) = value.as_object() else {
        return false;
    };
    let has = |key: Key| definition.contains_key(key.as_str());
    has(Key::Input) || has(Key::Output) || has(Key::OutputName) || has(Key::PythonModule) || has(Key::OutputNode)
}

/// The hints at the kind of a document without definitions, collected from its entries.
#[derive(Default)]
pub(super) struct Hints {
    error: Option<String>,
    api_workflow: bool,
    ui_nodes: bool,
    ui_links: bool,
}

impl Hints {
    pub(super) fn look(&mut self, key: &str, value: &Value) {
        match (key, value) {
            ("error", _) => self.error = Some(error_text(value)),
            ("nodes", Value::Array(_)) => self.ui_nodes = true,
            ("links", Value::Array(_)) => self.ui_links = true,
            // The body of a POST to /prompt wraps an API-format workflow.
            ("prompt", Value::Object(prompt)) => {
                self.api_workflow |= prompt.iter().any(|(_, node)| is_api_node(node));
            }
            _ => self.api_workflow |= is_api_node(value),
        }
    }

    pub(super) fn into_error(self, first: &Text) -> SchemaError {
        if self.ui_nodes && self.ui_links {
            return SchemaError::Workflow { format: "UI" };
        }
        if self.api_workflow {
            return SchemaError::Workflow { format: "API" };
        }
        match self.error {
            Some(message) => SchemaError::ServerError { message },
            None => SchemaError::NoDefinitions { first: first.clone() },
        }
    }
}

fn is_api_node(value: &Value) -> bool {
    value.as_object().is_some_and(|node| node.get("class_type").is_some_and(|class| class.as_str().is_some()))
}

/// Returns the message of `{"error": "…"}` and of `{"error": {"type": …, "message": …, "details": …}}`.
fn error_text(error: &Value) -> String {
    let part = |map: &Map, key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let text = match error {
        Value::String(text) => text.to_string(),
        Value::Object(map) => {
            let (message, details) = (part(map, "message"), part(map, "details"));
            if details.is_empty() { message } else { format!("{message} ({details})") }
        }
        other => other.to_string(),
    };
    if text.is_empty() { error.to_string().chars().take(200).collect() } else { text.chars().take(200).collect() }
}

#[cfg(test)]
mod tests {
    use super::{MAX_SNIFFED_BYTES, SchemaError, text};

    #[test]
    fn a_long_text_is_not_parsed_for_its_error_message() {
        let quoted = |length: usize| format!("\"{}\"", "a".repeat(length - 2));
        let error = text(&quoted(MAX_SNIFFED_BYTES)).unwrap_err();
        assert!(matches!(error, SchemaError::NotAnObject { .. }), "{error}");
        let error = text(&quoted(MAX_SNIFFED_BYTES + 1)).unwrap_err();
        assert!(matches!(error, SchemaError::NotJson { .. }), "{error}");
    }
}
