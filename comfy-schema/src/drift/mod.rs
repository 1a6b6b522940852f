//! What changed between two schemas, and what that does to workflows.
//!
//! After an update of a server, or when a workflow moves to another one, three things happen: something that the
//! workflow uses is gone or narrower ([`Level::Breaking`]), something must be given that was not there before and has a
//! default ([`Level::Defaulted`]: the editor fills it in, the server does not), or there is only more
//! ([`Level::Additive`]).
//!
//! [`Comparison::workflow`] judges a workflow by what it uses: its values, its options, its links. It looks at every
//! input with the validator's own rules, once through each schema, and tells what is wrong now and was not before.
//! [`Comparison::class`] tells everything that changed of a class, for code that is not known in such detail.
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
//! assert_eq!(findings[0].change.to_string(), "input `quality`: new and required; its default is 90");
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
use thiserror::Error;
pub use workflow::Finding;

use crate::validate::Replacements;
use crate::{Schema, Text, Value};

/// Why a workflow cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DriftError {
    /// What was given is no prompt.
    #[error("a prompt is an object of node id to node, not {found}; give a workflow in API format")]
    NotAPrompt {
        /// What it is.
        found: &'static str,
    },
}

/// Two schemas to compare: what a server said before, and what one says now.
#[derive(Debug, Clone)]
#[must_use]
pub struct Comparison<'s> {
    old: &'s Schema,
    new: &'s Schema,
    replacements: Cow<'s, Replacements>,
}

impl<'s> Comparison<'s> {
    /// Compares `old` with `new`. Classes that every server replaces by others are replaced.
    pub fn new(old: &'s Schema, new: &'s Schema) -> Self {
        Self { old, new, replacements: Cow::Owned(Replacements::built_in()) }
    }

    /// Takes the replacements of the new server instead of the built-in ones.
    pub fn replacements(mut self, replacements: &'s Replacements) -> Self {
        self.replacements = Cow::Borrowed(replacements);
        self
    }

    /// Everything that changed of a class. Nothing if neither schema has it.
    ///
    /// Options that are files of a server (models, inputs) are not compared: they change without it. Paths inside of
    /// dynamic inputs name no branch.
    pub fn class(&self, class: &str) -> Vec<Change> {
        let whole = |class: &Text, kind: ChangeKind| {
            let level = kind.level();
            vec![Change { class: class.clone(), place: None, kind, level }]
        };
        match (self.old.node(class), self.new.node(class)) {
            (Some(old), Some(new)) => {
                let mut changes = classes::differences(old, new);
                // What all branches of a dynamic input share is told once.
                let mut told: Vec<Change> = Vec::new();
                changes.retain(|change| {
                    let again = told.contains(change);
                    told.push(change.clone());
                    !again
                });
                changes
            }
            (Some(old), None) => whole(&old.class, self.removed(class)),
            (None, Some(new)) => whole(&new.class, ChangeKind::NodeAdded),
            (None, None) => Vec::new(),
        }
    }

    /// Everything that changed of every class, by class.
    pub fn all(&self) -> Vec<Change> {
        let old = self.old.classes();
        let added = self.new.classes().filter(|class| self.old.node(class).is_none());
        old.chain(added).flat_map(|class| self.class(class)).collect()
    }

    /// The changes that make wrong what was right in this workflow, node by node. `prompt` is in API format.
    ///
    /// What was wrong by the old schema already is not told, nor what else is wrong with such a node by now; that a file
    /// is not on the server that gave the schema does not count as wrong. Neither are changes told that the workflow
    /// does not use: an option that it does not choose, an output that it does not link. A literal for an input that is
    /// gone is [`Level::Additive`]: the server ignores it.
    ///
    /// A server accepts three breaking changes and then fails at the node: a link to an input that is gone, a branch of
    /// a dynamic combo that is gone, and a dynamic combo that is new and must be chosen from.
    ///
    /// # Errors
    ///
    /// If `prompt` is no object.
    pub fn workflow(&self, prompt: &Value) -> Result<Vec<Finding>, DriftError> {
        workflow::findings(self.old, self.new, &self.replacements, prompt)
    }

    /// Adds the inputs that are new, required and have a default ([`Level::Defaulted`]) with that default, and gives
    /// what was added. Everything else stays as it is.
    ///
    /// # Errors
    ///
    /// If `prompt` is no object.
    pub fn fill(&self, prompt: &mut Value) -> Result<Vec<Finding>, DriftError> {
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
