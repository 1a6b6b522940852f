//! Changes between two schemas, and their effect on workflows.
//!
//! After an update of a server, or when a workflow moves to another server, a change has one of three levels. Something
//! that the workflow uses was removed or restricted ([`Level::Breaking`]), a required input with a default was added
//! ([`Level::Defaulted`]: the editor fills the default in, the server does not), or there are only additions
//! ([`Level::Additive`]).
//!
//! [`Comparison::workflow`] judges a workflow by the parts of the schema that it uses: its values, options and links.
//! It checks every input by the validator's rules, once with each schema, and returns the changes that explain the
//! errors that are new. [`Comparison::class`] returns all changes of a class, for callers that do not have a workflow.
//!
//! ```
//! use comfy_schema::drift::{Comparison, Level};
//! use comfy_schema::{Schema, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = |inputs: &str| {
//!     let text = format!(r#"{{"Save": {{"input": {{"required": {inputs}}}, "output": [], "output_node": true}}}}"#);
//!     Schema::from_slice(text.as_bytes())
//! };
//! let old = schema(r#"{"name": ["STRING"]}"#)?;
//! let new = schema(r#"{"name": ["STRING"], "quality": ["INT", {"default": 90}]}"#)?;
//! let comparison = Comparison::new(&old, &new);
//!
//! let mut prompt = Value::parse(br#"{"1": {"class_type": "Save", "inputs": {"name": "cat"}}}"#)?;
//! let findings = comparison.workflow(&prompt)?;
//! assert_eq!(findings[0].change.level, Level::Defaulted);
//! assert_eq!(findings[0].change.to_string(), "input `quality`: added and required; its default is 90");
//!
//! comparison.fill(&mut prompt)?;
//! assert!(comparison.workflow(&prompt)?.is_empty());
//! # Ok(())
//! # }
//! ```

mod change;
mod classes;
mod default;
mod workflow;

use std::borrow::Cow;

pub use change::{Bound, Change, ChangeKind, ChangedMember, Level};
pub use workflow::Finding;

use crate::prompt::NotAPrompt;
use crate::validate::Replacements;
use crate::{Schema, Text, Value};

/// A comparison of two schemas: an old one, and a new one of the same or of another server.
#[derive(Debug, Clone)]
#[must_use]
pub struct Comparison<'s> {
    old: &'s Schema,
    new: &'s Schema,
    replacements: Cow<'s, Replacements>,
}

impl<'s> Comparison<'s> {
    /// Creates a comparison of `old` with `new` that applies the server's built-in replacements of classes.
    pub fn new(old: &'s Schema, new: &'s Schema) -> Self {
        Self { old, new, replacements: Cow::Owned(Replacements::built_in()) }
    }

    /// Sets the replacements of the new server, in place of the built-in ones.
    pub fn replacements(mut self, replacements: &'s Replacements) -> Self {
        self.replacements = Cow::Borrowed(replacements);
        self
    }

    /// Returns all changes of a class. The list is empty if neither schema has the class.
    ///
    /// Options that are files of a server (models, input files) are not compared, since they differ between servers of
    /// the same version. The name of an input inside a dynamic combo does not contain the branch.
    pub fn class(&self, class: &str) -> Vec<Change> {
        let whole = |class: &Text, kind: ChangeKind| {
            let level = kind.level();
            vec![Change { class: class.clone(), place: None, kind, level }]
        };
        match (self.old.node(class), self.new.node(class)) {
            (Some(old), Some(new)) => {
                let mut changes = classes::differences(old, new);
                // A change that several branches of a dynamic combo share is listed once.
                let mut listed: Vec<Change> = Vec::new();
                changes.retain(|change| {
                    let again = listed.contains(change);
                    listed.push(change.clone());
                    !again
                });
                changes
            }
            (Some(old), None) => whole(&old.class, self.removed(class)),
            (None, Some(new)) => whole(&new.class, ChangeKind::NodeAdded),
            (None, None) => Vec::new(),
        }
    }

    /// Returns all changes of all classes, grouped by class.
    pub fn all(&self) -> Vec<Change> {
        let old = self.old.classes();
        let added = self.new.classes().filter(|class| self.old.node(class).is_none());
        old.chain(added).flat_map(|class| self.class(class)).collect()
    }

    /// Returns the changes that affect the nodes of a workflow, node by node. `prompt` is in API format.
    ///
    /// A node that is invalid by the old schema is left out; a file that the old server lacks does not make a node
    /// invalid here. Changes of parts that the workflow does not use (an option that it does not choose, an output that
    /// it does not link) are left out too. A literal for a removed input is [`Level::Additive`], since the server
    /// ignores it.
    ///
    /// In three cases of [`Level::Breaking`], the server accepts the prompt and fails only when it runs the node: a
    /// link to a removed input, a removed branch of a dynamic combo, and a new required dynamic combo.
    ///
    /// # Errors
    ///
    /// Returns an error if `prompt` is not an object.
    pub fn workflow(&self, prompt: &Value) -> Result<Vec<Finding>, NotAPrompt> {
        workflow::findings(self.old, self.new, &self.replacements, prompt)
    }

    /// Adds the inputs that are new, required and have a default ([`Level::Defaulted`]), with that default. The
    /// prompt does not change otherwise. Returns the findings about the inputs that were added.
    ///
    /// # Errors
    ///
    /// Returns an error if `prompt` is not an object.
    pub fn fill(&self, prompt: &mut Value) -> Result<Vec<Finding>, NotAPrompt> {
        workflow::fill(self.old, self.new, &self.replacements, prompt)
    }

    fn removed(&self, class: &str) -> ChangeKind {
        match self.replacements.class_for(class).filter(|by| self.new.node(by).is_some()) {
            Some(by) => ChangeKind::NodeReplaced { by: by.clone() },
            None => ChangeKind::NodeRemoved { similar: self.new.suggest(class).into_iter().map(Text::new).collect() },
        }
    }
}

#[cfg(test)]
mod tests;
