//! Runs the steps from node definitions to source text: parse, plan, pack, emit.

use std::collections::HashSet;

use crate::config::Config;
use crate::document::Document;
use crate::error::Error;
use crate::output::{Fingerprint, Names, head};
use crate::plan::{Plan, Selection};
use crate::report::Report;
use crate::{emit, pack};

/// The generated source and the report, as [`Config::source`] returns them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// The content of a Rust file.
    pub source: String,
    /// The report about the source and the definitions.
    pub report: Report,
}

impl Config {
    /// Returns the classes that would be generated, in the order of their Rust names: all, those that are named
    /// ([`nodes`](Self::nodes)), or those that the sources use ([`used_in`](Self::used_in)). Reads no environment
    /// variable.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`source`](Self::source).
    pub fn classes(&self) -> Result<Vec<String>, Error> {
        let document = self.document()?;
        let words = self.words()?;
        let schema = document.schema()?;
        let plan = Plan::with(&schema, self.overrides()).map_err(Error::Overrides)?;
        let plan = selected(plan, self, words.as_ref())?;
        Ok(plan.nodes.iter().map(|node| node.source.class.to_string()).collect())
    }

    /// Generates the source and returns it with the report. Writes nothing and reads no environment variable.
    ///
    /// # Errors
    ///
    /// Returns an error if the definitions cannot be read or understood, if a source file cannot be read, or if a node
    /// or an override names something that the schema does not have.
    pub fn source(&self) -> Result<Generated, Error> {
        let document = self.document()?;
        let words = self.words()?;
        let draft = draft(self, &document, words.as_ref())?;
        Ok(Generated { source: draft.text, report: draft.report })
    }

    /// Generates the file and returns the report. A file set with [`out_file`](Self::out_file) is not written if its
    /// content would not change. Reads no environment variable but `OUT_DIR`. If generating fails, an existing file
    /// stays unchanged.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`source`](Self::source), and an error if the file cannot be written or its path is
    /// unknown.
    pub fn generate(&self) -> Result<Report, Error> {
        let target = self.target()?;
        let generated = self.source()?;
        target.write(&generated.source)?;
        Ok(generated.report)
    }
}

/// The result of generating, before it is written.
pub(crate) struct Draft {
    /// The content of the file.
    pub(crate) text: String,
    /// The names to look for in the sources, if only the nodes that they use are generated.
    pub(crate) names: Option<Names>,
    pub(crate) report: Report,
}

/// Generates the source for `config` from the definitions in `document`. `words` are the words of the sources, if only
/// the nodes that they use are generated.
pub(crate) fn draft(config: &Config, document: &Document, words: Option<&HashSet<String>>) -> Result<Draft, Error> {
    let schema = document.schema()?;
    let plan = Plan::with(&schema, config.overrides()).map_err(Error::Overrides)?;
    let mut fingerprint = Fingerprint::new(&config.description(), &document.bytes);
    let names = words.map(|words| {
        let names = Names::new(fingerprint, plan.names());
        fingerprint = names.fingerprint(words);
        names
    });
    let mut plan = selected(plan, config, words)?;
    for node in &mut plan.nodes {
        pack::pack(node, &plan.shared);
    }
    let report = Report::new(&schema, &plan);
    let body = emit::emit(&plan, config.style());
    // Formatting the code takes memory too.
    drop(plan);
    drop(schema);
    Ok(Draft { text: text(config, document, fingerprint, body)?, names, report })
}

fn selected<'s>(plan: Plan<'s>, config: &Config, words: Option<&HashSet<String>>) -> Result<Plan<'s>, Error> {
    plan.select(Selection { names: config.node_names(), words }).map_err(Error::Nodes)
}

/// Returns the content of the file with this code.
fn text(config: &Config, document: &Document, fingerprint: Fingerprint, mut body: String) -> Result<String, Error> {
    let head = head(fingerprint, &document.name, Fingerprint::of_definitions(&document.bytes));
    if config.is_pretty() {
        let file = syn::parse_file(&body)
            .map_err(|error| Error::Unparsable { origin: document.origin.clone(), source: Box::new(error) })?;
        body = prettyplease::unparse(&file);
    }
    // The code may be as long as all else together, so it is moved instead of copied.
    body.insert_str(0, &head);
    Ok(body)
}
