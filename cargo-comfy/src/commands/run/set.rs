//! The option `--set NODE.INPUT=VALUE`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use comfy_schema::prompt::Prompt;
use comfy_schema::shown::escaped;
use comfy_schema::{JsonErrorKind, Map, Value, suggest};

use crate::failure::{Failure, IntoFailure};

/// How to write a text that begins with the sign of a file.
pub(super) const TEXT_HINT: &str = "write @@ for a text that begins with @";

/// A new value for one input.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    /// The text `NODE.INPUT`. Both parts may contain dots, so only the nodes of the workflow determine where the input
    /// begins.
    target: String,
    pub(super) value: NewValue,
}

/// The value that an input gets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum NewValue {
    /// This value.
    Json(Value),
    /// The name that this file gets on the server.
    File(PathBuf),
}

/// An input of a node of the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) node: String,
    pub(super) input: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, value) = text.split_once('=').ok_or("expected node.input=value, such as samples.seed=7")?;
        if !target.contains('.') {
            return Err("no input is named; expected node.input=value, such as samples.seed=7".into());
        }
        Ok(Self { target: target.to_owned(), value: value.parse()? })
    }
}

impl FromStr for NewValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix('@') {
            None => json_or_text(text).map(Self::Json),
            Some("") => Err(format!("no file is named after @; {TEXT_HINT}")),
            Some(text) if text.starts_with('@') => Ok(Self::Json(text.into())),
            Some(path) => Ok(Self::File(path.into())),
        }
    }
}

/// Returns the value of a text that is JSON, or else the text. What a request cannot hold, and can hardly be meant as a
/// text, is an error.
fn json_or_text(text: &str) -> Result<Value, String> {
    match Value::parse(text.as_bytes()) {
        Ok(value) if has_infinite(&value) => {
            Err("expected a finite number; write a text that looks like another one in quotes, such as '\"NaN\"'"
                .into())
        }
        Ok(value) => Ok(value),
        Err(error) if error.kind == JsonErrorKind::Surrogate => Err(error.to_string()),
        Err(_) => Ok(Value::from(text)),
    }
}

/// Returns whether a value holds a number that JSON does not have: NaN or an infinity.
fn has_infinite(value: &Value) -> bool {
    match value {
        Value::Float(number) => !number.is_finite(),
        Value::Array(items) => items.iter().any(has_infinite),
        Value::Object(members) => members.iter().any(|(_, value)| has_infinite(value)),
        _ => false,
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.node, self.input)
    }
}

impl Place {
    /// Sets the value of the input in a prompt that has the node.
    pub(super) fn set(&self, prompt: &mut Value, value: impl Into<Value>) {
        let Value::Object(nodes) = prompt else { return };
        let Some(Value::Object(node)) = nodes.get_mut(&self.node) else { return };
        match node.get_mut("inputs") {
            Some(Value::Object(map)) => {
                map.insert(&self.input, value);
            }
            _ => {
                node.insert("inputs", Value::Object(Map::from_iter([(self.input.as_str(), value.into())])));
            }
        }
    }

    /// Returns the class of the node in a prompt.
    pub(super) fn class<'p>(&self, prompt: &'p Value) -> Option<&'p str> {
        prompt.as_object()?.get(&self.node)?.as_object()?.get("class_type")?.as_str()
    }

    /// Returns the failure of the option.
    pub(super) fn failure(&self, message: &str) -> Failure {
        format!("--set {}: {message}", escaped(self)).into_failure()
    }
}

impl Assignment {
    /// Returns the input of a prompt that gets the value.
    pub(super) fn place(&self, prompt: &Value) -> Result<Place, Failure> {
        let Value::Object(nodes) = prompt else { return Err(self.failure("the workflow is not an object of nodes")) };
        let (node, input) = self.resolve(nodes)?;
        if nodes.get(&node).is_none_or(|node| node.as_object().is_none()) {
            return Err(self.failure(&format!("node {node} is not an object")));
        }
        let known: Vec<String> =
            inputs(nodes, &node).map(|map| map.keys().map(ToString::to_string).collect()).unwrap_or_default();
        // An input that the file lacks may have a default. It is more likely misspelt if the file has a similar one.
        if !known.contains(&input) {
            let hint = suggest::did_you_mean(suggest::similar(&input, known.iter().map(String::as_str)));
            if !hint.is_empty() {
                return Err(self.failure(&format!("node {node} has no input `{input}`{hint}")));
            }
        }
        Ok(Place { node, input })
    }

    /// Returns the node's id and the input. The longest matching id takes precedence, then a title or class that only
    /// one node has.
    fn resolve(&self, nodes: &Map) -> Result<(String, String), Failure> {
        let dots = self.target.match_indices('.').map(|(at, _)| at).rev();
        let splits: Vec<(&str, &str)> = dots
            .map(|at| (&self.target[..at], &self.target[at + 1..]))
            .filter(|(node, input)| !node.is_empty() && !input.is_empty())
            .collect();
        if let Some((id, input)) = splits.iter().find(|(id, _)| nodes.contains_key(id)) {
            return Ok(((*id).to_owned(), (*input).to_owned()));
        }
        let prompt = Prompt::of(nodes);
        for (name, input) in &splits {
            let named = prompt.nodes().iter().filter(|node| node.title() == Some(name) || node.class() == Some(name));
            match named.map(|node| node.id.as_str()).collect::<Vec<_>>()[..] {
                [id] => return Ok((id.to_owned(), (*input).to_owned())),
                [] => {}
                ref ids => {
                    let ids = ids.join(", ");
                    return Err(self.failure(&format!("several nodes are named {name:?}; give one of the ids {ids}")));
                }
            }
        }
        let ids = nodes.keys().map(ToString::to_string).collect::<Vec<_>>();
        let node = splits.last().map_or(self.target.as_str(), |(node, _)| node);
        let mut hint = suggest::did_you_mean(suggest::similar(node, ids.iter().map(String::as_str)));
        if hint.is_empty() {
            hint = format!("; the ids are {}", ids.join(", "));
        }
        Err(self.failure(&format!("no node has this id, title or class{hint}")))
    }

    fn failure(&self, message: &str) -> Failure {
        format!("--set {}: {}", escaped(&self.target), escaped(message)).into_failure()
    }
}

fn inputs<'n>(nodes: &'n Map, id: &str) -> Option<&'n Map> {
    nodes.get(id)?.as_object()?.get("inputs")?.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMPT: &str = r#"{
        "3": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20}, "_meta": {"title": "Sampling"}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a"}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "b"}},
        "12:5": {"class_type": "Resize", "inputs": {"mode": "fit", "mode.width": 8}},
        "a.b": {"class_type": "X", "inputs": {"c": 1}}
    }"#;

    fn set(text: &str) -> Result<Value, String> {
        let mut prompt = Value::parse(PROMPT.as_bytes()).unwrap();
        let assignment = Assignment::from_str(text)?;
        let place = assignment.place(&prompt).map_err(|failure| failure.to_string())?;
        match assignment.value {
            NewValue::Json(value) => place.set(&mut prompt, value),
            NewValue::File(path) => place.set(&mut prompt, format!("file {}", path.display())),
        }
        Ok(prompt)
    }

    fn input(prompt: &Value, node: &str, input: &str) -> Value {
        inputs(prompt.as_object().unwrap(), node).unwrap().get(input).unwrap().clone()
    }

    #[test]
    fn a_node_can_be_named_by_id_title_or_class() {
        for target in ["3", "Sampling", "KSampler"] {
            let prompt = set(&format!("{target}.seed=18446744073709551615")).unwrap();
            assert_eq!(input(&prompt, "3", "seed"), Value::Int(u64::MAX.into()));
        }
    }

    #[test]
    fn a_value_is_json_or_plain_text() {
        assert_eq!(input(&set("6.text=a cat, [raining]").unwrap(), "6", "text"), Value::from("a cat, [raining]"));
        assert_eq!(input(&set(r#"6.text="7""#).unwrap(), "6", "text"), Value::from("7"));
        assert_eq!(input(&set("3.steps=7").unwrap(), "3", "steps"), Value::Int(7));
        assert_eq!(input(&set("6.text=a=b").unwrap(), "6", "text"), Value::from("a=b"));
    }

    #[test]
    fn a_value_that_no_request_can_hold_is_an_error() {
        for text in ["3.seed=NaN", "3.seed=-Infinity", "3.seed=[1, NaN]", "3.seed=1e999"] {
            assert!(set(text).unwrap_err().contains("finite"), "{text}");
        }
        assert_eq!(input(&set(r#"6.text="NaN""#).unwrap(), "6", "text"), Value::from("NaN"));
        assert!(set(r#"6.text="\ud83d""#).unwrap_err().contains("half a character"));
        assert_eq!(input(&set("6.text=\"a").unwrap(), "6", "text"), Value::from("\"a"));
    }

    #[test]
    fn a_value_after_an_at_sign_is_a_file_and_two_signs_are_one() {
        assert_eq!(input(&set("6.text=@a=b.png").unwrap(), "6", "text"), Value::from("file a=b.png"));
        assert_eq!(input(&set("6.text=@@artist, 7").unwrap(), "6", "text"), Value::from("@artist, 7"));
        assert_eq!(input(&set("6.text=@@@").unwrap(), "6", "text"), Value::from("@@"));
        assert_eq!(input(&set(r#"6.text="@artist""#).unwrap(), "6", "text"), Value::from("@artist"));
        assert!(set("6.text=@").unwrap_err().contains("write @@"));
    }

    #[test]
    fn ids_and_inputs_may_contain_dots() {
        assert_eq!(input(&set("12:5.mode.width=9").unwrap(), "12:5", "mode.width"), Value::Int(9));
        assert_eq!(input(&set("a.b.c=9").unwrap(), "a.b", "c"), Value::Int(9));
    }

    #[test]
    fn errors_name_the_candidates() {
        let error = |text: &str| set(text).unwrap_err();
        assert!(error("CLIPTextEncode.text=x").contains("give one of the ids 6, 7"));
        assert!(error("3.sead=1").contains("did you mean `seed`?"));
        assert!(error("Samplin.seed=1").contains("no node has this id"));
        assert!(error("seed=1").contains("no input is named"));
        assert!(error("3.seed").contains("node.input=value"));
    }
}
