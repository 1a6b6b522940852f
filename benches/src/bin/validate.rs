//! Compares the validator with the recorded verdicts of a real server, and measures its speed on one core.
//!
//! The environment variable `COMFY_DATA` names the folder with the recordings. `--runs 20` takes the minimum of twenty runs; the
//! default is ten.

use std::collections::BTreeSet;
use std::error::Error;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs};

use comfy_benches::measure::{min_time, option, verdict};
use comfy_schema::validate::{Validator, Verdict};
use comfy_schema::{Map, Schema, Value};

/// The number of orders to try before a verdict counts as different; the server checks outputs in the order of a Python set.
const MAX_ORDERS: u64 = 400;

struct Case {
    /// The request body, as one line of JSON.
    line: String,
    prompt: Value,
    targets: Option<Value>,
    recorded: Value,
}

fn main() -> Result<(), Box<dyn Error>> {
    let runs = option("--runs", 10)?;
    let root = env::var_os("COMFY_DATA").ok_or("COMFY_DATA is not set: it must name the folder with the recordings")?;
    let root = comfy_benches::workspace().join(PathBuf::from(root));
    let snapshot = fs::read(comfy_benches::schema())?;
    let loading = min_time(runs, || _ = black_box(Schema::from_slice(black_box(&snapshot))));
    let full = fs::read(root.join("validation/object_info.json"))?;
    let loading_full = min_time(runs, || _ = black_box(Schema::from_slice(black_box(&full))));
    let schema = Schema::from_slice(&full)?;
    let validator = Validator::new(&schema);

    let cases = fs::read_to_string(root.join("validation/cases.jsonl"))?;
    let cases = cases.lines().map(read).collect::<Result<Vec<_>, _>>()?;
    let (mut first, mut by_order) = (0, 0);
    for case in &cases {
        let agrees = |validator: &Validator<'_>| agrees(case, &validator.check(&case.prompt, case.targets.as_ref()));
        if agrees(&validator) {
            first += 1;
        } else if (0..MAX_ORDERS).any(|seed| agrees(&validator.clone().shuffled(seed))) {
            by_order += 1;
        }
    }
    println!("{} cases: {first} agree, {by_order} more in another order of the outputs", cases.len());

    let checking = min_time(runs, || {
        for case in &cases {
            _ = black_box(validator.check(&case.prompt, case.targets.as_ref()));
        }
    });
    let quiet = validator.clone().warnings(false);
    let lines = min_time(runs, || {
        for case in &cases {
            if let Ok(body) = Value::parse(case.line.as_bytes()) {
                _ = black_box(quiet.check_body(&body));
            }
        }
    });
    println!("\nMinimum of {runs} runs, one core\n");
    let milliseconds = loading.as_secs_f64() * 1e3;
    println!("loading schemas/comfyui-0.26.0.json  {milliseconds:8.2} ms  ≤ 30 ms {}", verdict(milliseconds, 30.0));
    println!("loading the definitions with texts   {:8.2} ms", loading_full.as_secs_f64() * 1e3);
    per_second("checking, warnings included", cases.len(), checking);
    per_second("parsing and checking, no warnings", cases.len(), lines);
    if first + by_order == cases.len() { Ok(()) } else { Err("not all cases agree".into()) }
}

#[expect(clippy::cast_precision_loss, reason = "the figure is rounded for display")]
fn per_second(label: &str, cases: usize, time: Duration) {
    let rate = cases as f64 / time.as_secs_f64();
    let reached = if rate >= 1000.0 { "ok" } else { "MISSED" };
    println!("{label:36} {rate:8.0} prompts/s  ≥ 1000 {reached}");
}

fn read(line: &str) -> Result<Case, Box<dyn Error>> {
    let case = Value::parse(line.as_bytes())?;
    let part = |key| at(&case, key).cloned();
    let prompt = part("prompt").ok_or("no prompt")?;
    let targets = part("partial_execution_targets");
    let body =
        Map::from_iter([("prompt", prompt.clone()), ("partial_execution_targets", Value::from(targets.clone()))]);
    Ok(Case { line: body.to_string(), prompt, targets, recorded: part("verdict").ok_or("no verdict")? })
}

fn agrees(case: &Case, verdict: &Verdict) -> bool {
    let error = at(&case.recorded, "error").and_then(|error| at(error, "type")).and_then(Value::as_str);
    at(&case.recorded, "valid").and_then(Value::as_bool) == Some(verdict.is_valid())
        && error == verdict.error().map(|error| error.kind.as_str())
        && entries(&verdict.node_errors().to_value())
            == at(&case.recorded, "node_errors").map(entries).unwrap_or_default()
}

/// Returns node, type and input of each error in `node_errors`.
fn entries(node_errors: &Value) -> BTreeSet<(&str, Option<&str>, Option<&str>)> {
    let nodes = node_errors.as_object().into_iter().flatten();
    let errors = nodes.flat_map(|(id, node)| {
        let errors = at(node, "errors").and_then(Value::as_array).unwrap_or_default();
        errors.iter().map(move |error| (id.as_str(), error))
    });
    errors
        .map(|(id, error)| {
            let input = at(error, "extra_info").and_then(|info| at(info, "input_name"));
            (id, at(error, "type").and_then(Value::as_str), input.and_then(Value::as_str))
        })
        .collect()
}

fn at<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object()?.get(key)
}
