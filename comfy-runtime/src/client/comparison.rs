//! Compares a workflow with the prompt that the server has.

use std::collections::BTreeSet;
use std::sync::Arc;

use comfy_schema::validate::{Validator, Verdict};
use comfy_schema::{Map, Value};

use super::difference::{Difference, DifferenceKind};
use super::error::Error;
use super::find::Found;
use super::inner::Inner;
use super::origin::Origin;
use super::{Client, json};

/// Returns the first difference between a workflow in API format and a prompt that the server has; `None` if the prompt
/// was made from this workflow.
///
/// The server converts values when it accepts a prompt. If the prompt does not equal the workflow as it is, it is
/// compared with the workflow as the server would convert it with its present definitions.
pub(crate) async fn compare(
    inner: &Arc<Inner>,
    workflow: &str,
    origin: &Origin,
    found: &Found,
) -> Result<Option<Difference>, Error> {
    let difference = |node, kind| Difference { prompt_id: found.prompt_id.clone(), node, kind };
    let own = Value::parse(workflow.as_bytes()).unwrap_or(Value::Null);
    let (Some(own), Some(server)) = (own.as_object(), found.workflow().and_then(Value::as_object)) else {
        return Ok(Some(difference(origin.node(""), DifferenceKind::NotShown)));
    };
    if first_difference(own, own, server).is_none() {
        return Ok(None);
    }
    let converted = converted(inner, own).await?;
    Ok(first_difference(own, &converted, server).map(|(id, kind)| {
        let mut node = origin.node(id);
        if node.class.is_empty() {
            node.class = server.get(id).and_then(|node| json::string(node, "class_type")).unwrap_or_default();
        }
        difference(node, kind)
    }))
}

/// Returns the workflow as the server would store it: with converted values and replaced classes.
async fn converted(inner: &Arc<Inner>, own: &Map) -> Result<Map, Error> {
    let classes: BTreeSet<String> = own.iter().filter_map(|(_, node)| json::string(node, "class_type")).collect();
    let (schema, replacements) = Client { inner: Arc::clone(inner) }.definitions(&classes).await?;
    let verdict = Validator::new(&schema).replacements(&replacements).check(&Value::Object(own.clone()), None);
    let (Verdict::Accepted { report, .. } | Verdict::Refused { report, .. }) = verdict else {
        return Ok(own.clone());
    };
    Ok(report.prompt.as_object().cloned().unwrap_or_else(|| own.clone()))
}

/// Returns the first node of a workflow that differs from that of the server's prompt, in the order of the workflow.
/// Values may be those of the workflow or its converted form, because the server converts only the nodes that it
/// validates.
fn first_difference<'w>(own: &'w Map, converted: &Map, server: &'w Map) -> Option<(&'w str, DifferenceKind)> {
    for (id, node) in own {
        let Some(stored) = server.get(id) else { return Some((id, DifferenceKind::MissingOnServer)) };
        let forms = [node, converted.get(id).unwrap_or(node)];
        if let Some(kind) = node_difference(forms, stored) {
            return Some((id, kind));
        }
    }
    server.keys().find(|id| !own.contains_key(id)).map(|id| (id.as_str(), DifferenceKind::OnlyOnServer))
}

/// Compares a node, in its own and its converted form, with the server's. Only classes and inputs are compared: the
/// server adds keys to nodes, and titles have no effect.
fn node_difference(forms: [&Value; 2], server: &Value) -> Option<DifferenceKind> {
    let class = |node| json::text(node, "class_type").unwrap_or_default();
    // A class that was replaced has other inputs.
    let form = *forms.iter().find(|form| class(form) == class(server)).unwrap_or(&forms[0]);
    if class(form) != class(server) {
        return Some(DifferenceKind::Class { server: class(server).to_owned() });
    }
    let own = if class(forms[0]) == class(server) { forms[0] } else { form };
    let [own, converted, stored] = [own, forms[1], server].map(|node| json::get(node, "inputs"));
    let value = |inputs: Option<&Value>, name: &str| inputs.and_then(|inputs| json::get(inputs, name)).cloned();
    let names = json::members(own).chain(json::members(stored)).map(|(name, _)| name);
    for name in names {
        let (own, converted, server) = (value(own, name), value(converted, name), value(stored, name));
        let is_same = |form: &Option<Value>| match (form, &server) {
            (Some(form), Some(server)) => equal(form, server),
            (form, server) => form.is_none() && server.is_none(),
        };
        if !is_same(&own) && !is_same(&converted) {
            return Some(DifferenceKind::InputValue { name: name.to_owned(), own, server });
        }
    }
    None
}

/// Returns whether two values are the same to the server, which converts whole numbers to floats and back.
fn equal(own: &Value, server: &Value) -> bool {
    match (own, server) {
        (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => {
            #[expect(clippy::cast_precision_loss, reason = "the server rounds in the same way")]
            let a = Value::Float(*a as f64);
            a == Value::Float(*b)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        (a, b) => a == b,
    }
}
