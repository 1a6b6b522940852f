//! What changed on the live server since the program's nodes were generated.

use comfy_schema::drift::{Comparison, Finding, Level};
use comfy_schema::validate::Replacements;
use comfy_schema::{Schema, Value};

use super::error::Error;
use super::{Client, json};
use crate::workflow::Workflow;

/// What an update of the server does to one workflow.
///
/// Each finding says the node, the input or output, and what changed.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[must_use = "the workflow may no longer run"]
pub struct Drift {
    /// What was right is refused, or fails when it runs.
    pub breaking: Vec<Finding>,
    /// A required input is new and has a default; the server refuses a prompt without it. [`Drift::fill`] adds it.
    pub defaulted: Vec<Finding>,
    /// What is ignored from now on.
    pub additive: Vec<Finding>,
    prompt: Value,
    old: Schema,
    new: Schema,
    replacements: Replacements,
}

impl Drift {
    /// Whether the workflow may be sent as it is: nothing breaks, and nothing must be filled in.
    pub fn is_ok(&self) -> bool {
        self.breaking.is_empty() && self.defaulted.is_empty()
    }

    /// The workflow with the new required inputs added that have a default, each with that default; everything else as
    /// it was, what breaks included.
    ///
    /// It has no handles: its results are found by node id.
    ///
    /// Errors: [`Error::Answer`] if the filled prompt is no workflow, which only a definition of the server can cause.
    pub fn fill(&self) -> Result<Workflow<()>, Error> {
        let mut prompt = self.prompt.clone();
        let comparison = Comparison::new(&self.old, &self.new).replacements(&self.replacements);
        comparison.fill(&mut prompt).map_err(|error| odd(&error))?;
        serde_json::from_str(&prompt.to_string()).map_err(|error| odd(&error))
    }
}

impl Client {
    /// Compares the definitions that a program was generated from with those that this server has now, for the classes
    /// that the workflow uses. Runs nothing. Meant for the start of a program, after an update of the server.
    ///
    /// `old` is the snapshot that `build.rs` reads: `Schema::from_slice(include_bytes!("../schemas/comfyui.json"))`.
    /// Models and input files that came or went are no drift; [`preflight`](Self::preflight) looks at them.
    ///
    /// Errors: only those of asking. What changed is in the result.
    pub async fn check_drift<T>(&self, workflow: &Workflow<T>, old: &Schema) -> Result<Drift, Error> {
        let prompt = Value::parse(workflow.to_json().as_bytes()).map_err(|error| odd(&error))?;
        let (new, replacements) = self.definitions(&prompt).await?;
        let found = Comparison::new(old, &new).replacements(&replacements).workflow(&prompt);
        let (mut breaking, mut defaulted, mut additive) = (Vec::new(), Vec::new(), Vec::new());
        for finding in found.map_err(|error| odd(&error))? {
            match finding.change.level {
                Level::Breaking => breaking.push(finding),
                Level::Defaulted => defaulted.push(finding),
                Level::Additive => additive.push(finding),
            }
        }
        // Of the old definitions, `fill` needs those of the workflow's classes.
        let used = old.nodes.iter().filter(|node| uses(&prompt, &node.class)).cloned().collect();
        Ok(Drift { breaking, defaulted, additive, prompt, old: Schema::new(used), new, replacements })
    }
}

fn uses(prompt: &Value, class: &str) -> bool {
    json::members(Some(prompt)).any(|(_, node)| json::text(node, "class_type") == Some(class))
}

fn odd(error: &dyn std::error::Error) -> Error {
    Error::Answer { call: "check_drift".into(), why: error.to_string() }
}
