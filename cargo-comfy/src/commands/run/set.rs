//! The option `--set NODE.INPUT=VALUE`.

use std::str::FromStr;

use comfy_schema::prompt::Prompt;
use comfy_schema::shown::escaped;
use comfy_schema::{Map, Value, suggest};

use crate::failure::{Failure, IntoFailure};

/// A new value for one input.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    /// The text `NODE.INPUT`. Both parts may contain dots, so only the nodes of the workflow determine where the input
    /// begins.
    target: String,
    value: Value,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, value) = text.split_once('=').ok_or("expected node.input=value, such as samples.seed=7")?;
        if !target.contains('.') {
            return Err("no input is named; expected node.input=value, such as samples.seed=7".into());
        }
        let value = Value::parse(value.as_bytes()).unwrap_or_else(|_| Value::from(value));
        Ok(Self { target: target.to_owned(), value })
    }
}

impl Assignment {
    /// Sets the value in a prompt.
    pub(super) fn apply(&self, prompt: &mut Value) -> Result<(), Failure> {
        let Value::Object(nodes) = prompt else { return Err(self.failure("the workflow is not an object of nodes")) };
        let (id, input) = self.resolve(nodes)?;
        let known: Vec<String> =
            inputs(nodes, &id).map(|map| map.keys().map(ToString::to_string).collect()).unwrap_or_default();
        // An input that the file lacks may have a default. It is more likely misspelt if the file has a similar one.
        if !known.contains(&input) {
            let hint = suggest::did_you_mean(suggest::similar(&input, known.iter().map(String::as_str)));
            if !hint.is_empty() {
                return Err(self.failure(&format!("node {id} has no input `{input}`{hint}")));
            }
        }
        let Some(Value::Object(node)) = nodes.get_mut(&id) else {
            return Err(self.failure(&format!("node {id} is not an object")));
        };
        match node.get_mut("inputs") {
            Some(Value::Object(map)) => {
                map.insert(input, self.value.clone());
            }
            _ => {
                let mut map = Map::new();
                map.insert(input, self.value.clone());
                node.insert("inputs", Value::Object(map));
            }
        }
        Ok(())
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
        match Assignment::from_str(text)?.apply(&mut prompt) {
            Ok(()) => Ok(prompt),
            Err(Failure::Error(error)) => Err(error.to_string()),
            Err(other) => Err(format!("{other:?}")),
        }
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
