//! What a server would say of a prompt, without the server.
//!
//! The verdict follows ComfyUI 0.26 step by step: replacement of missing classes, a look at the class of every node,
//! then the recursive validation of every selected output. What only newer servers know (`COMFY_DYNAMICGROUP_V3`,
//! `remote_combo`) counts where the definitions hold it.
//!
//! ```
//! use comfy_schema::validate::{NodeErrorKind, Validator};
//! use comfy_schema::{Schema, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::from_slice(br#"{"Blank": {
//!     "input": {"required": {"width": ["INT", {"min": 16, "max": 4096}]}}, "output": [], "output_node": true
//! }}"#)?;
//! let prompt = Value::parse(br#"{"1": {"class_type": "Blank", "inputs": {"width": "8"}}}"#)?;
//! let verdict = Validator::new(&schema).check(&prompt, None);
//! assert!(!verdict.is_valid());
//! let error = &verdict.node_errors().get("1").expect("it has errors").errors[0];
//! assert_eq!(error.kind, NodeErrorKind::ValueSmallerThanMin);
//! assert_eq!(error.message(), "Value 8 smaller than min of 16");
//! # Ok(())
//! # }
//! ```

mod body;
mod declared;
mod error;
mod files;
mod inspect;
mod link;
mod literal;
mod order;
mod python;
mod replace;
mod rules;
mod scan;
mod single;
mod verdict;
mod walk;
mod warning;

use std::borrow::Cow;

#[doc(hidden)]
pub use body::is_canonical_uuid;
pub use error::{Cycle, NodeError, NodeErrorKind, RequestErrorKind};
pub use files::{Files, Folder};
pub use python::Exception;
#[doc(hidden)]
pub use python::{to_float, truthy};
pub use replace::Replacements;
pub(crate) use single::{Flaw, Problem, declaration, problems, replaced};
pub use verdict::{NodeErrors, NodeReport, PromptReport, RequestError, ServerException, Verdict};
pub use warning::{PromptWarning, PromptWarningKind, Unverifiable, UnverifiableKind};

use files::Disk;
use order::Order;
use scan::Refused;
use walk::Walk;

use crate::{Map, Schema, Value};

/// Checks prompts against the definitions of a server.
#[derive(Debug, Clone)]
#[must_use]
pub struct Validator<'s> {
    schema: &'s Schema,
    replacements: Cow<'s, Replacements>,
    disk: Disk<'s>,
    order: Order,
    warnings: bool,
}

impl<'s> Validator<'s> {
    /// A validator for the server that gave these definitions, with the replacements that every server has.
    pub fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            replacements: Cow::Owned(Replacements::built_in()),
            disk: Disk::default(),
            order: Order::Declared,
            warnings: true,
        }
    }

    /// Takes the replacements of this server instead of the built-in ones.
    pub fn replacements(mut self, replacements: &'s Replacements) -> Self {
        self.replacements = Cow::Borrowed(replacements);
        self
    }

    /// Takes the files on the server's disk, so that what loads a file can be decided.
    pub fn files(mut self, files: &'s Files) -> Self {
        self.disk.files = Some(files);
        self
    }

    /// Whether any file name passes where the definitions list no file at all; false unless said otherwise. That is
    /// what a snapshot of a server without models needs. Each such name is marked [`UnverifiableKind::File`].
    pub fn any_model(mut self, any: bool) -> Self {
        self.disk.any_model = any;
        self
    }

    /// Whether to look for what passes and then breaks; true unless said otherwise. The verdict does not depend on it.
    pub fn warnings(mut self, warnings: bool) -> Self {
        self.warnings = warnings;
        self
    }

    /// Walks outputs and inputs in another order.
    ///
    /// The server's own order changes from start to start. The verdict and the types of errors do not depend on it;
    /// under which input an exception is reported, and which nodes of cycles that share nodes are named, does. With
    /// several seeds one sees the answers that are possible.
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.order = Order::Shuffled(seed);
        self
    }

    /// What the server would say of `prompt`, the value of the key `prompt` of a request; `targets` is that of
    /// `partial_execution_targets`, a list of node ids: `None` selects every output.
    pub fn check(&self, prompt: &Value, targets: Option<&Value>) -> Verdict {
        let Value::Object(nodes) = prompt else {
            return Verdict::Raised(ServerException {
                node: None,
                reason: format!("the prompt is {}, not an object of nodes", prompt.kind_name()),
                exception: Exception { kind: "AttributeError".into(), message: "no attribute 'items'".into() },
            });
        };
        let mut nodes = nodes.clone();
        let Found { findings, warnings } = match self.look(&mut nodes, targets) {
            Ok(found) => found,
            Err(Refused::Raised(exception)) => return Verdict::Raised(exception),
            Err(Refused::Error(error)) => {
                return Verdict::Refused { error, report: PromptReport::new(Value::Object(nodes)) };
            }
        };
        let report = PromptReport {
            prompt: Value::Object(nodes),
            node_errors: findings.node_errors,
            unverifiable: findings.unverifiable,
            warnings,
        };
        if !findings.good_outputs.is_empty() {
            return Verdict::Accepted { outputs: findings.good_outputs, report };
        }
        let error = RequestError {
            kind: RequestErrorKind::OutputsFailed,
            message: "Prompt outputs failed validation".into(),
            details: findings.details.join("\n"),
            extra_info: Map::new(),
        };
        Verdict::Refused { error, report }
    }

    fn look(&self, prompt: &mut Map, targets: Option<&Value>) -> Result<Found, Refused> {
        replace::apply(prompt, self.schema, &self.replacements)?;
        let graph = scan::scan(prompt, self.schema, targets)?;
        let findings = Walk::new(&graph, prompt, self.disk, self.order).run();
        let warnings = if self.warnings { inspect::inspect(prompt, &graph) } else { Vec::new() };
        Ok(Found { findings, warnings })
    }
}

/// What there is to say of a prompt whose nodes are all known.
struct Found {
    findings: walk::Findings,
    warnings: Vec<PromptWarning>,
}
