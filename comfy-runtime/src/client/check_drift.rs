//! Compares the definitions of a program with those of the server: `Client::check_drift`.

use comfy_schema::drift::{Comparison, Finding, Level};
use comfy_schema::{Schema, Value};

use super::Client;
use super::drift::Drift;
use super::error::Error;
use super::preflight::classes;
use crate::workflow::Workflow;

impl Drift {
    /// Returns the additive changes if the workflow may be sent as it is.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Drift`] with all findings if a change is breaking or an input must be filled in first.
    pub fn into_result(self) -> Result<Vec<Finding>, Error> {
        if self.is_ok() { Ok(self.additive) } else { Err(Error::Drift(Box::new(self))) }
    }

    /// Returns the workflow with the new required inputs added, each with its default. Everything else is unchanged,
    /// including inputs that breaking changes affect.
    ///
    /// The result has no handles, so that its outputs are found by node id.
    ///
    /// # Errors
    ///
    /// Returns [`Error::InvalidResponse`] if the filled prompt is not a workflow, which only an invalid definition of
    /// the server can cause.
    pub fn fill(&self) -> Result<Workflow<()>, Error> {
        let mut prompt = self.prompt.clone();
        let comparison = Comparison::new(&self.old, &self.new).replacements(&self.replacements);
        comparison.fill(&mut prompt).map_err(|error| invalid(&error))?;
        serde_json::from_str(&prompt.to_string()).map_err(|error| invalid(&error))
    }
}

impl Client {
    /// Compares the node definitions that a program was generated from with those that this server has now, for the
    /// classes that the workflow uses.
    ///
    /// Nothing runs. The check is meant for the start of a program, after an update of the server. `old` is the
    /// snapshot that `build.rs` reads: `Schema::from_slice(include_bytes!("../schemas/comfyui.json"))`. Models and
    /// input files that were added or removed are not drift; [`preflight`](Self::preflight) checks them.
    ///
    /// ```no_run
    /// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow, bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    /// use comfy_runtime::client::Schema;
    ///
    /// let old = Schema::from_slice(bytes)?;
    /// for finding in client.check_drift(&workflow, &old).await?.into_result()? {
    ///     eprintln!("node {}: {}", finding.node, finding.change);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call to the server fails.
    /// Changes are not errors, but part of the result; see [`Drift::into_result`].
    pub async fn check_drift<T>(&self, workflow: &Workflow<T>, old: &Schema) -> Result<Drift, Error> {
        let prompt = Value::parse(workflow.to_json().as_bytes()).map_err(|error| invalid(&error))?;
        let classes = classes(workflow);
        let (new, replacements) = self.definitions(&classes).await?;
        let found = Comparison::new(old, &new).replacements(&replacements).workflow(&prompt);
        let (mut breaking, mut defaulted, mut additive) = (Vec::new(), Vec::new(), Vec::new());
        for finding in found.map_err(|error| invalid(&error))? {
            match finding.change.level {
                Level::Breaking => breaking.push(finding),
                Level::Defaulted => defaulted.push(finding),
                Level::Additive => additive.push(finding),
            }
        }
        // `fill` needs only the old definitions of the workflow's classes.
        let used = old.nodes.iter().filter(|node| classes.contains(node.class.as_str())).cloned().collect();
        Ok(Drift { breaking, defaulted, additive, prompt, old: Schema::new(used), new, replacements })
    }
}

fn invalid(error: &dyn std::error::Error) -> Error {
    Error::InvalidResponse { call: "check_drift".into(), reason: error.to_string() }
}
