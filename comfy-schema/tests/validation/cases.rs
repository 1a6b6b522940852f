//! Compares the verdict on every recorded prompt: the outcome, the error of the request, and the set of (node, kind,
//! input) of its node errors.
//!
//! Two kinds of cases may differ, and are listed: those that depend on files which no list of options shows, which the
//! validator reports itself; and those in which the hash order of the server decides what is reported. Of the latter, the
//! recorded answer must be the answer for some order.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use comfy_schema::validate::{UnverifiableKind, Validator, Verdict};
use comfy_schema::{Schema, Text, Value};

use super::{Entry, at, data, entries, recorded_entries};

/// The number of orders that are tried before an answer counts as impossible.
const ORDERS: u64 = 400;

struct Case {
    name: String,
    prompt: Value,
    targets: Option<Value>,
    recorded: Value,
    coerced: Option<Value>,
}

fn read(line: &str, number: usize) -> Result<Case, Box<dyn Error>> {
    let case = Value::parse(line.as_bytes())?;
    let text = |key| at(&case, key).and_then(Value::as_str).unwrap_or_default();
    Ok(Case {
        name: format!("{} {} (line {number})", text("base"), text("mutation")),
        prompt: at(&case, "prompt").cloned().ok_or("no prompt")?,
        targets: at(&case, "partial_execution_targets").cloned(),
        recorded: at(&case, "verdict").cloned().ok_or("no verdict")?,
        coerced: at(&case, "coerced").filter(|value| !value.is_null()).cloned(),
    })
}

impl Case {
    fn agrees(&self, verdict: &Verdict) -> bool {
        self.answer_agrees(verdict) && entries(verdict) == self.entries()
    }

    /// Compares the outcome, the good outputs and the kind of the request's error, which do not depend on the order.
    fn answer_agrees(&self, verdict: &Verdict) -> bool {
        let recorded = |key| at(&self.recorded, key);
        let raised = recorded("raised").is_some_and(|raised| !raised.is_null());
        let error = recorded("error").and_then(|error| at(error, "type")).and_then(Value::as_str);
        let outputs = recorded("outputs").and_then(Value::as_array).unwrap_or_default();
        let outputs: BTreeSet<&str> = outputs.iter().filter_map(Value::as_str).collect();
        recorded("valid").and_then(Value::as_bool) == Some(verdict.is_valid())
            && raised == verdict.exception().is_some()
            && error == verdict.error().map(|error| error.kind.as_str())
            && outputs == verdict.outputs().iter().map(Text::as_str).collect()
    }

    fn entries(&self) -> BTreeSet<Entry> {
        at(&self.recorded, "node_errors").map(recorded_entries).unwrap_or_default()
    }
}

#[test]
fn every_case_agrees() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(root.join("validation/object_info.json"))?)?;
    let validator = Validator::new(&schema);
    let cases = fs::read_to_string(root.join("validation/cases.jsonl"))?;
    let (mut count, mut agreed, mut by_file, mut by_order) = (0, 0, Vec::new(), Vec::new());
    let mut wrong = Vec::new();
    for (at, line) in cases.lines().enumerate() {
        let case = read(line, at + 1)?;
        let verdict = validator.check(&case.prompt, case.targets.as_ref());
        count += 1;
        let same = |seed| case.agrees(&validator.clone().shuffled(seed).check(&case.prompt, case.targets.as_ref()));
        let assumed: Vec<&str> = verdict
            .unverifiable()
            .iter()
            .filter(|unverifiable| unverifiable.kind == UnverifiableKind::File)
            .map(|unverifiable| unverifiable.reason.as_str())
            .collect();
        if case.agrees(&verdict) {
            agreed += 1;
        } else if case.answer_agrees(&verdict) && (0..ORDERS).any(same) {
            by_order.push(case.name);
        } else if assumed.is_empty() {
            wrong.push(format!("{}: {:?} instead of {:?}", case.name, verdict.to_response(), case.recorded));
        } else {
            by_file.push(format!("{}: {}", case.name, assumed.join("; ")));
        }
    }
    println!("{agreed} of {count} cases agree in the first order tried");
    println!("{} depend on files on the server's disk:\n  {}", by_file.len(), by_file.join("\n  "));
    println!("{} depend on the server's hash order:\n  {}", by_order.len(), by_order.join("\n  "));
    assert!(wrong.is_empty(), "{} disagree:\n{}", wrong.len(), wrong.join("\n"));
    // At most one case in fifty may depend on the order, and one in fifty on files.
    assert!(by_order.len() * 50 <= count && by_file.len() * 50 <= count, "too many exceptions");
    Ok(())
}

/// Compares whole bodies (messages, details and all else), except for tracebacks and the parts that depend on the order.
#[test]
fn bodies_agree_word_for_word() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(root.join("validation/object_info.json"))?)?;
    let validator = Validator::new(&schema).warnings(false);
    let cases = fs::read_to_string(root.join("validation/cases.jsonl"))?;
    for (at, line) in cases.lines().enumerate() {
        let case = read(line, at + 1)?;
        let body =
            |validator: &Validator<'_>| body(&validator.check(&case.prompt, case.targets.as_ref()).to_response());
        let recorded = self::body(&case.recorded);
        let first = body(&validator);
        let same = first == recorded || (0..ORDERS).any(|seed| body(&validator.clone().shuffled(seed)) == recorded);
        assert!(same, "{}:\n  {first:?}\n  {recorded:?}", case.name);
    }
    Ok(())
}

/// Returns the parts of a body that do not depend on the order.
fn body(answer: &Value) -> (Option<RequestError>, BTreeSet<String>) {
    let nodes = at(answer, "node_errors").and_then(Value::as_object).into_iter().flatten();
    let nodes = nodes.map(|(id, node)| {
        let errors = at(node, "errors").and_then(Value::as_array).unwrap_or_default();
        let mut errors: Vec<String> = errors.iter().map(sorted).collect();
        errors.sort();
        format!("{id} {:?} {errors:?}", at(node, "class_type"))
    });
    (at(answer, "error").and_then(request_error), nodes.collect())
}

/// The kind and message, the lines of the details, and the other parts of an error.
type RequestError = (String, BTreeSet<String>, String);

/// Returns an error as a text with sorted keys, to be put into a set.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut parts: Vec<String> = map.iter().map(|(key, value)| format!("{key}:{}", sorted(value))).collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(values) => format!("[{}]", values.iter().map(sorted).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// Returns the parts of a request's error. The lines of its details have the order of the outputs, which is undefined.
fn request_error(error: &Value) -> Option<RequestError> {
    let text = |key| at(error, key).and_then(Value::as_str);
    let details = text("details")?.lines().map(str::to_owned).collect();
    Some((format!("{}: {}", text("type")?, text("message")?), details, sorted(at(error, "extra_info")?)))
}

/// Compares the prompts that are queued: literals are converted in place, in the nodes that validation reached.
#[test]
fn converted_prompts_agree() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let schema = Schema::from_slice(&fs::read(root.join("validation/object_info.json"))?)?;
    let cases = fs::read_to_string(root.join("validation/cases.jsonl"))?;
    let validator = Validator::new(&schema).warnings(false);
    let mut compared = 0;
    for (at, line) in cases.lines().enumerate() {
        let case = read(line, at + 1)?;
        let Some(coerced) = &case.coerced else { continue };
        let converted =
            |validator: &Validator<'_>| validator.check(&case.prompt, case.targets.as_ref()).report().prompt.clone();
        // If a node raises an exception, the order decides which of its literals are converted.
        let same = converted(&validator) == *coerced
            || (0..ORDERS).any(|seed| converted(&validator.clone().shuffled(seed)) == *coerced);
        assert!(same, "{}:\n  {}\n  {coerced}", case.name, converted(&validator));
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
    Ok(())
}
