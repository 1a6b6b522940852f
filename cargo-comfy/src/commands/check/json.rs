//! Verdicts as JSON.

use comfy_schema::validate::{NodeError, PromptWarning, Unverifiable, Verdict};
use comfy_schema::{Map, Value};

/// Returns the complete form: the server's response and everything that the validator adds to it.
pub(super) fn whole(file: &str, verdict: &Verdict) -> Value {
    let mut answer = Map::from_iter([("file", Value::from(file)), ("valid", Value::from(verdict.is_valid()))]);
    add_raised(&mut answer, verdict);
    let Value::Object(response) = verdict.to_response() else { return Value::Null };
    for (key, value) in response {
        answer.insert(key, value);
    }
    answer.insert("outputs", verdict.outputs().iter().collect::<Value>());
    answer.insert("dropped_outputs", verdict.dropped_outputs().iter().collect::<Value>());
    answer.insert("warnings", verdict.warnings().iter().map(warning).collect::<Value>());
    answer.insert("unverifiable", verdict.unverifiable().iter().map(unverifiable).collect::<Value>());
    Value::Object(answer)
}

/// Returns the short form, in which errors are types and names only.
pub(super) fn short(verdict: &Verdict) -> Value {
    let error = verdict.error().map(|error| error.kind.as_str());
    let nodes = verdict.node_errors().iter();
    let node_errors: Map =
        nodes.map(|node| (node.id.clone(), node.errors.iter().map(kind_and_input).collect::<Value>())).collect();
    let mut answer = Map::from_iter([
        ("valid", Value::from(verdict.is_valid())),
        ("error", Value::from(error)),
        ("node_errors", Value::Object(node_errors)),
        ("unverifiable", verdict.unverifiable().iter().map(unverifiable).collect()),
    ]);
    add_raised(&mut answer, verdict);
    Value::Object(answer)
}

/// Returns the answer for a file or line that could not be checked.
pub(super) fn failure(key: &str, subject: impl Into<Value>, reason: &str) -> Value {
    Value::Object(Map::from_iter([(key, subject.into()), ("failure", Value::from(reason))]))
}

fn kind_and_input(error: &NodeError) -> Value {
    let kind = Value::from(error.kind.as_str());
    Value::Object(Map::from_iter([("type", kind), ("input_name", Value::from(error.input_name.clone()))]))
}

fn add_raised(answer: &mut Map, verdict: &Verdict) {
    if let Some(raised) = verdict.exception() {
        answer.insert("raised", raised.reason.as_str());
    }
}

fn warning(warning: &PromptWarning) -> Value {
    Value::Object(Map::from_iter([
        ("node", Value::from(&warning.node)),
        ("input", Value::from(warning.input.clone())),
        ("kind", Value::from(warning.kind.as_str())),
        ("message", Value::from(warning.message.as_str())),
        ("suggestions", warning.suggestions.iter().collect()),
    ]))
}

fn unverifiable(unverifiable: &Unverifiable) -> Value {
    Value::Object(Map::from_iter([
        ("node", Value::from(&unverifiable.node)),
        ("input", Value::from(unverifiable.input.clone())),
        ("kind", Value::from(unverifiable.kind.as_str())),
        ("why", Value::from(unverifiable.reason.as_str())),
    ]))
}
