//! The changes of a server's node definitions that affect one workflow.

use std::fmt;

use comfy_schema::drift::Finding;
use comfy_schema::shown::escaped;
use comfy_schema::validate::Replacements;
use comfy_schema::{Schema, Value};

/// The changes of the server's node definitions that affect one workflow.
///
/// Each finding names the node, the input or output, and the change.
#[derive(Clone)]
#[non_exhaustive]
#[must_use = "the workflow may no longer run"]
pub struct Drift {
    /// Changes after which the workflow is rejected or fails while it runs.
    pub breaking: Vec<Finding>,
    /// New required inputs that have a default; the server rejects a prompt without them, and [`Drift::fill`] adds
    /// them.
    pub defaulted: Vec<Finding>,
    /// Changes that the workflow can ignore, and inputs that the server now ignores.
    pub additive: Vec<Finding>,
    pub(super) prompt: Value,
    pub(super) old: Schema,
    pub(super) new: Schema,
    pub(super) replacements: Replacements,
}

impl Drift {
    /// Returns whether the workflow may be sent as it is: nothing breaks, and nothing must be filled in.
    pub fn is_ok(&self) -> bool {
        self.breaking.is_empty() && self.defaulted.is_empty()
    }
}

/// Writes one line for each finding, the most severe first.
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let findings = self.breaking.iter().chain(&self.defaulted).chain(&self.additive);
        for (at, finding) in findings.enumerate() {
            let (line, level) = (if at == 0 { "" } else { "\n" }, finding.change.level);
            write!(f, "{line}{}: node `{}`", level.as_str(), escaped(&finding.node))?;
            if let Some(title) = &finding.title {
                write!(f, " {}", escaped(format_args!("{title:?}")))?;
            }
            write!(f, ": {}", finding.change)?;
        }
        Ok(())
    }
}

/// Omits the definitions, which are long.
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
