//! `--set NODE.INPUT=VALUE`

use std::str::FromStr;

use comfy_schema::{Map, Value, suggest};

use crate::failure::Failure;

/// Another value for one input.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assignment {
    /// `NODE.INPUT`: either part may hold dots, so what is which is known only with the workflow.
    target: String,
    value: Value,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (target, value) = text.split_once('=').ok_or("write it as node.input=value, like samples.seed=7")?;
        if !target.contains('.') {
            return Err("there is no input: write it as node.input=value, like samples.seed=7".into());
        }
        let value = Value::parse(value.as_bytes()).unwrap_or_else(|_| Value::from(value));
        Ok(Self { target: target.to_owned(), value })
    }
}

impl Assignment {
    /// Sets the value in a prompt.
    pub(super) fn apply(&self, prompt: &mut Value) -> Result<(), Failure> {
        let Value::Object(nodes) = prompt else { return Err(no("the workflow is no object of nodes".into())) };
        let (id, input) = self.resolve(nodes)?;
        let known: Vec<String> =
            inputs(nodes, &id).map(|map| map.keys().map(ToString::to_string).collect()).unwrap_or_default();
        // An input that is not in the file may be one that has a default; but one like it is rather meant.
        if !known.contains(&input) {
            let near = suggest::similar(&input, known.iter().map(String::as_str));
            if let Some(near) = near.first() {
                return Err(no(format!(
                    "--set {}: node {id} has no input `{input}`; did you mean `{near}`?",
                    self.target
                )));
            }
        }
        let Some(Value::Object(node)) = nodes.get_mut(&id) else { return Err(no(format!("node {id} is no object"))) };
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

    /// The node's id and the input. The longest id that fits wins; then a title or a class of which there is one.
    fn resolve(&self, nodes: &Map) -> Result<(String, String), Failure> {
        let dots = self.target.match_indices('.').map(|(at, _)| at).rev();
        let splits: Vec<(&str, &str)> = dots
            .map(|at| (&self.target[..at], &self.target[at + 1..]))
            .filter(|(node, input)| !node.is_empty() && !input.is_empty())
            .collect();
        if let Some((id, input)) = splits.iter().find(|(id, _)| nodes.contains_key(id)) {
            return Ok(((*id).to_owned(), (*input).to_owned()));
        }
        for (name, input) in &splits {
            let named: Vec<&str> =
                nodes.iter().filter(|(_, node)| is_called(node, name)).map(|(id, _)| id.as_str()).collect();
            match named[..] {
                [id] => return Ok((id.to_owned(), (*input).to_owned())),
                [] => {}
                _ => {
                    let ids = named.join(", ");
                    return Err(no(format!(
                        "--set {}: several nodes are called {name:?}; say which by id: {ids}",
                        self.target
                    )));
                }
            }
        }
        let ids = nodes.keys().map(ToString::to_string).collect::<Vec<_>>();
        let wanted = splits.last().map_or(self.target.as_str(), |(node, _)| node);
        let near = suggest::similar(wanted, ids.iter().map(String::as_str));
        let help = near
            .first()
            .map_or_else(|| format!("there are {}", ids.join(", ")), |near| format!("did you mean {near}?"));
        Err(no(format!("--set {}: no node has this id, title or class; {help}", self.target)))
    }
}

fn inputs<'n>(nodes: &'n Map, id: &str) -> Option<&'n Map> {
    nodes.get(id)?.as_object()?.get("inputs")?.as_object()
}

fn is_called(node: &Value, name: &str) -> bool {
    let Some(node) = node.as_object() else { return false };
    let title = node.get("_meta").and_then(Value::as_object).and_then(|meta| meta.get("title")).and_then(Value::as_str);
    title == Some(name) || node.get("class_type").and_then(Value::as_str) == Some(name)
}

fn no(message: String) -> Failure {
    Failure::Error(message.into())
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
    fn a_node_is_named_by_id_title_or_class() {
        for target in ["3", "Sampling", "KSampler"] {
            let prompt = set(&format!("{target}.seed=18446744073709551615")).unwrap();
            assert_eq!(input(&prompt, "3", "seed"), Value::Int(u64::MAX.into()));
        }
    }

    #[test]
    fn a_value_is_json_or_else_text() {
        assert_eq!(input(&set("6.text=a cat, [raining]").unwrap(), "6", "text"), Value::from("a cat, [raining]"));
        assert_eq!(input(&set(r#"6.text="7""#).unwrap(), "6", "text"), Value::from("7"));
        assert_eq!(input(&set("3.steps=7").unwrap(), "3", "steps"), Value::Int(7));
        assert_eq!(input(&set("6.text=a=b").unwrap(), "6", "text"), Value::from("a=b"));
    }

    #[test]
    fn ids_and_inputs_may_hold_dots() {
        assert_eq!(input(&set("12:5.mode.width=9").unwrap(), "12:5", "mode.width"), Value::Int(9));
        assert_eq!(input(&set("a.b.c=9").unwrap(), "a.b", "c"), Value::Int(9));
    }

    #[test]
    fn what_is_wrong_is_said_with_what_was_meant() {
        let error = |text: &str| set(text).unwrap_err();
        assert!(error("CLIPTextEncode.text=x").contains("say which by id: 6, 7"));
        assert!(error("3.sead=1").contains("did you mean `seed`?"));
        assert!(error("Samplin.seed=1").contains("no node has this id"));
        assert!(error("seed=1").contains("there is no input"));
        assert!(error("3.seed").contains("node.input=value"));
    }
}
