//! Checks that the comparison of schemas reports the workflows that a newer server refuses, and no others.
//!
//! `cargo test -p comfy-schema --test drift -- --nocapture` prints the numbers. The workflows are in the folder that the
//! environment variable `COMFY_DATA` names; without it, these tests are skipped. `src/drift/tests.rs` needs nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod mutations;
mod versions;

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use comfy_schema::drift::{ChangeKind, Comparison, Finding, Level};
use comfy_schema::validate::{Files, Folder, Validator};
use comfy_schema::{BranchDef, InputDef, InputKind, Map, Schema, Value, open};

/// Prompts by name.
type Prompts = BTreeMap<String, Value>;

/// Returns the folder with the data. Without one, it returns `None` and says so.
fn data() -> Option<PathBuf> {
    let root = std::env::var_os("COMFY_DATA");
    if root.is_none() {
        eprintln!("skipped: COMFY_DATA does not name the folder with the data");
    }
    // Tests run in the folder of the crate, but a relative path is relative to the workspace.
    root.map(|root| Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root))
}

fn templates(root: &Path) -> Result<Prompts, Box<dyn Error>> {
    let mut found = Prompts::new();
    for entry in fs::read_dir(root.join("templates"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".api.json") {
            found.insert(name.to_owned(), Value::parse(&fs::read(&path)?)?);
        }
    }
    Ok(found)
}

fn schema(root: &Path, version: &str) -> Result<Schema, Box<dyn Error>> {
    Ok(Schema::from_slice(&fs::read(root.join(format!("schemas/comfyui-{version}.json")))?)?)
}

/// The files that prompts name, as if they were on the server's disk.
struct Disk {
    names: Vec<Value>,
    inputs: Files,
}

impl Disk {
    fn of(prompts: &Prompts) -> Self {
        let mut names: HashSet<&str> = HashSet::new();
        for prompt in prompts.values() {
            for (_, node) in prompt.as_object().into_iter().flat_map(Map::iter) {
                let inputs = node.as_object().and_then(|node| node.get("inputs")).and_then(Value::as_object);
                let texts = inputs.into_iter().flat_map(Map::iter).filter_map(|(_, value)| value.as_str());
                names.extend(texts.filter(|text| open::is_file_name(text)));
            }
        }
        let inputs = Files::new().with(Folder::Input, names.iter().copied());
        Self { names: names.into_iter().map(Value::from).collect(), inputs }
    }

    /// Returns the schema of a server that has these files. The snapshots come from servers without models, which refuse
    /// every workflow that loads one.
    fn on(&self, mut schema: Schema) -> Schema {
        schema.nodes.iter_mut().for_each(|node| self.inputs(&mut node.inputs));
        schema
    }

    fn inputs(&self, inputs: &mut [InputDef]) {
        for input in inputs {
            let is_open = matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo));
            match &mut input.kind {
                InputKind::Combo(combo) if is_open => combo.values.extend(self.names.iter().cloned()),
                InputKind::DynamicCombo(branches) => {
                    for BranchDef { inputs, .. } in branches {
                        self.inputs(inputs);
                    }
                }
                _ => {}
            }
        }
    }

    fn validator<'s>(&'s self, schema: &'s Schema) -> Validator<'s> {
        Validator::new(schema).files(&self.inputs).warnings(false)
    }
}

/// The number of workflows with each outcome.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    /// Accepted by both servers, and not reported.
    fine: usize,
    /// Accepted by the older server, refused by the newer one, and reported.
    refused_and_reported: usize,
    /// Those of `refused_and_reported` with no more than [`Level::Defaulted`].
    defaulted: usize,
    /// Accepted by both servers and reported: the workflow loses an output.
    loses_an_output: usize,
    /// Accepted by both servers and reported: the workflow fails when it runs.
    fails_when_run: usize,
    /// Refused by the older server.
    refused_before: usize,
}

impl Counts {
    /// Counts one workflow. Returns a message if the comparison and the validator disagree.
    fn add(
        &mut self,
        old: &Validator<'_>,
        new: &Validator<'_>,
        comparison: &Comparison<'_>,
        prompt: &Value,
    ) -> Option<String> {
        let before = old.check(prompt, None);
        let after = new.check(prompt, None);
        let findings = comparison.workflow(prompt).unwrap();
        let level = findings.iter().map(|finding| finding.change.level).max();
        let reported = level >= Some(Level::Defaulted);
        if !before.is_valid() || !before.node_errors().is_empty() {
            self.refused_before += 1;
            return None;
        }
        match (after.is_valid(), reported) {
            (true, false) if after.node_errors().is_empty() => self.fine += 1,
            (false, true) => {
                self.refused_and_reported += 1;
                self.defaulted += usize::from(level == Some(Level::Defaulted));
            }
            (true, true) if !after.node_errors().is_empty() => self.loses_an_output += 1,
            (true, true) if findings.iter().any(fails_when_run) => self.fails_when_run += 1,
            _ => {
                let lines: Vec<String> = findings.iter().map(line).collect();
                return Some(format!("accepted: {}, reported: {lines:?}; {}", after.is_valid(), after.to_response()));
            }
        }
        None
    }
}

/// Returns whether the server accepts the change and fails when it runs the node.
fn fails_when_run(finding: &Finding) -> bool {
    finding.change.level >= Level::Defaulted
        && matches!(
            finding.change.kind,
            ChangeKind::InputRemoved
                | ChangeKind::OptionsRemoved(_)
                | ChangeKind::InputAdded { .. }
                | ChangeKind::NoLongerOutput
        )
}

fn line(finding: &Finding) -> String {
    format!("{} {}: {}", finding.node, finding.change.class, finding.change)
}
