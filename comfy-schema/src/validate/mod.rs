//! Offline validation: the verdict of a server on a prompt, without the server.
//!
//! The validator follows ComfyUI 0.26 step by step: it replaces missing classes, looks up the class of every node, then
//! validates every selected output and everything upstream of it. Features that only newer servers have
//! (`COMFY_DYNAMICGROUP_V3`, `remote_combo`) are supported where the definitions use them.
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

use crate::{Map, Schema, Text, Value};

/// A validator of prompts against the node definitions of a server.
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
    /// Creates a validator for a server with these definitions and with the built-in replacements of classes.
    pub fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            replacements: Cow::Owned(Replacements::built_in()),
            disk: Disk::default(),
            order: Order::Declared,
            warnings: true,
        }
    }

    /// Sets the replacements of the server, in place of the built-in ones.
    pub fn replacements(mut self, replacements: &'s Replacements) -> Self {
        self.replacements = Cow::Borrowed(replacements);
        self
    }

    /// Sets the files on the server's disk, so that inputs that name a file can be checked.
    pub fn files(mut self, files: &'s Files) -> Self {
        self.disk.files = Some(files);
        self
    }

    /// Sets whether to assume that every file exists that a prompt names: models, inputs, and everything else that a
    /// server lists from its disk. Defaults to false.
    ///
    /// Prompts are then valid wherever their files are. An input takes any file name if its combo is
    /// [open](crate::open), and the checks of classes that load files find them. Each name that is accepted in this way is
    /// reported as [`UnverifiableKind::File`]. Combos of other values, such as samplers, take only their options.
    pub fn assume_files(mut self, assume: bool) -> Self {
        self.disk.assume_files = assume;
        self
    }

    /// Sets the inputs, each a class and a name, whose lists of files are complete even if [`Self::assume_files`] is set.
    pub fn complete_lists(mut self, inputs: &'s [(Text, Text)]) -> Self {
        self.disk.complete_lists = inputs;
        self
    }

    /// Sets whether to look for [warnings](PromptWarning). They do not change the verdict. Defaults to true.
    pub fn warnings(mut self, warnings: bool) -> Self {
        self.warnings = warnings;
        self
    }

    /// Sets a seed for the order in which outputs and inputs are validated, in place of the declared order.
    ///
    /// The order of a server changes with each start. The verdict and the kinds of errors do not depend on it, but two
    /// things do: the input for which an exception is reported, and, if cycles share nodes, the nodes that are listed
    /// for each cycle. Different seeds may yield different results, each of which the server could return.
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.order = Order::Shuffled(seed);
        self
    }

    /// Returns the server's verdict on a prompt, the value of the key `prompt` in a request. `targets` is the value of
    /// `partial_execution_targets`, an array of node ids; `None` selects every output.
    pub fn check(&self, prompt: &Value, targets: Option<&Value>) -> Verdict {
        let Value::Object(nodes) = prompt else {
            return Verdict::Raised(ServerException {
                node: None,
                reason: format!("expected a prompt that is an object of nodes, found {}", prompt.kind_name()),
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

/// The findings about a prompt whose classes are all known.
struct Found {
    findings: walk::Findings,
    warnings: Vec<PromptWarning>,
}
