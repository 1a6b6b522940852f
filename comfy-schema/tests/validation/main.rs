//! Compares the validator with the recorded verdicts of real servers.
//!
//! `cases` and `templates` need the folder that the environment variable `COMFY_DATA` names, and are skipped without it.
//! `rules` needs nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod cases;
mod rules;
mod templates;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use comfy_schema::validate::Verdict;
use comfy_schema::{Map, Value};

/// The compared parts of a node's error: node, kind and input.
type Entry = (String, String, Option<String>);

/// Returns the folder with the data. Without one, it returns `None` and says so.
fn data() -> Option<PathBuf> {
    let root = std::env::var_os("COMFY_DATA");
    if root.is_none() {
        eprintln!("skipped: COMFY_DATA does not name the folder with the data");
    }
    // Tests run in the folder of the crate, but a relative path is relative to the workspace.
    root.map(|root| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root))
}

/// Returns (node, kind, input) for each error of a verdict.
fn entries(verdict: &Verdict) -> BTreeSet<Entry> {
    let of_node = verdict.node_errors().iter().flat_map(|node| node.errors.iter().map(move |error| (node, error)));
    of_node
        .map(|(node, error)| {
            (node.id.to_string(), error.kind.as_str().to_owned(), error.input_name.as_ref().map(ToString::to_string))
        })
        .collect()
}

/// Returns (node, kind, input) for each error in a server's `node_errors`.
fn recorded_entries(node_errors: &Value) -> BTreeSet<Entry> {
    let mut found = BTreeSet::new();
    for (id, node) in node_errors.as_object().into_iter().flat_map(Map::iter) {
        let errors = at(node, "errors").and_then(Value::as_array).unwrap_or_default();
        for error in errors {
            let kind = at(error, "type").and_then(Value::as_str).unwrap_or_default();
            let input = at(error, "extra_info").and_then(|info| at(info, "input_name")).and_then(Value::as_str);
            found.insert((id.to_string(), kind.to_owned(), input.map(str::to_owned)));
        }
    }
    found
}

fn at<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object()?.get(key)
}
