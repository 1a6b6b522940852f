//! What changed on the live server since the program's nodes were generated.

use std::fmt;

use comfy_schema::drift::{Comparison, Finding, Level};
use comfy_schema::validate::Replacements;
use comfy_schema::{Schema, Value};

use super::error::Error;
use super::{Client, json};
use crate::workflow::Workflow;

/// What an update of the server does to one workflow.
///
/// Each finding says the node, the input or output, and what changed.
#[derive(Clone)]
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

    /// What is ignored from now on, if the workflow may be sent as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Drift`] with all of it if something breaks, or must be filled in first.
    pub fn into_result(self) -> Result<Vec<Finding>, Error> {
        if self.is_ok() { Ok(self.additive) } else { Err(Error::Drift(Box::new(self))) }
    }

    /// The workflow with the new required inputs added that have a default, each with that default; everything else as
    /// it was, what breaks included.
    ///
    /// It has no handles: its results are found by node id.
    ///
    /// # Errors
    ///
    /// [`Error::Answer`] if the filled prompt is no workflow, which only a definition of the server can cause.
    pub fn fill(&self) -> Result<Workflow<()>, Error> {
        let mut prompt = self.prompt.clone();
        let comparison = Comparison::new(&self.old, &self.new).replacements(&self.replacements);
        comparison.fill(&mut prompt).map_err(|error| odd(&error))?;
        serde_json::from_str(&prompt.to_string()).map_err(|error| odd(&error))
    }
}

/// One line a finding, the worst first; empty if there are none.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let findings = self.breaking.iter().chain(&self.defaulted).chain(&self.additive);
        for (at, finding) in findings.enumerate() {
            let (line, level) = (if at == 0 { "" } else { "\n" }, finding.change.level);
            write!(f, "{line}{}: node `{}`", level.as_str(), finding.node)?;
            if let Some(title) = &finding.title {
                write!(f, " {title:?}")?;
            }
            write!(f, ": {}", finding.change)?;
        }
        Ok(())
    }
}

/// Without the definitions: they are long.
impl fmt::Debug for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Drift")
            .field("breaking", &self.breaking)
            .field("defaulted", &self.defaulted)
            .field("additive", &self.additive)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Drift {}

impl Client {
    /// Compares the definitions that a program was generated from with those that this server has now, for the classes
    /// that the workflow uses. Runs nothing. Meant for the start of a program, after an update of the server.
    ///
    /// `old` is the snapshot that `build.rs` reads: `Schema::from_slice(include_bytes!("../schemas/comfyui.json"))`.
    /// Models and input files that came or went are no drift; [`preflight`](Self::preflight) looks at them.
    ///
    /// ```no_run
    /// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow, bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// use comfy_runtime::client::Schema;
    ///
    /// let old = Schema::from_slice(bytes)?;
    /// for finding in client.check_drift(&workflow, &old).await?.into_result()? {
    ///     eprintln!("ignored from now on: node {}: {}", finding.node, finding.change);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Only those of asking: [`Error::Transport`], [`Error::Status`], [`Error::Answer`]. What changed is in the result;
    /// see [`Drift::into_result`].
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
