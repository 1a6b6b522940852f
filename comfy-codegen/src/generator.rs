//! From a document to source text: parse, plan, pack, emit.

use std::collections::HashSet;

use comfy_schema::Schema;

use crate::config::{Config, Document};
use crate::output::{Fingerprint, Names, head};
use crate::plan::{Plan, Selection};
use crate::{Error, Report, emit, pack, plan};

/// What a run gives, before it is formatted and written.
pub(crate) struct Draft<'c> {
    config: &'c Config,
    document: &'c Document,
    body: String,
    fingerprint: Fingerprint,
    /// The words of sources that decide what is generated from these definitions, if sources do.
    pub(crate) names: Option<Names>,
    pub(crate) report: Report,
}

/// Generates what `config` asks for from the definitions in `document`. `words` are those of the sources, if only
/// what they use is wanted.
pub(crate) fn generate<'c>(
    config: &'c Config,
    document: &'c Document,
    words: Option<&HashSet<String>>,
) -> Result<Draft<'c>, Error> {
    let schema = document.schema()?;
    let plan = plan::plan(&schema, config.overrides()).map_err(Error::Overrides)?;
    let mut fingerprint = Fingerprint::new(config, document);
    let names = words.map(|words| {
        let names = Names::new(fingerprint, plan.names());
        fingerprint = names.fingerprint(words);
        names
    });
    let mut plan = plan.select(Selection { names: config.node_names(), words }).map_err(Error::Nodes)?;
    pack_all(&mut plan);
    let body = emit::emit(&plan, config.style());
    let report = Report::new(&schema, &plan);
    Ok(Draft { config, document, body, fingerprint, names, report })
}

/// The classes that `config` asks for.
pub(crate) fn classes(config: &Config, schema: &Schema, words: Option<&HashSet<String>>) -> Result<Vec<String>, Error> {
    let plan = plan::plan(schema, config.overrides()).map_err(Error::Overrides)?;
    let plan = plan.select(Selection { names: config.node_names(), words }).map_err(Error::Nodes)?;
    Ok(plan.nodes.iter().map(|node| node.source.class.to_string()).collect())
}

fn pack_all(plan: &mut Plan<'_>) {
    for node in &mut plan.nodes {
        pack::pack(node, &plan.shared);
    }
}

impl Draft<'_> {
    /// The whole file.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let head = head(self.fingerprint, &self.document.name);
        if !self.config.is_pretty() {
            return Ok(format!("{head}{}", self.body));
        }
        let file = syn::parse_file(&self.body)
            .map_err(|error| Error::Unparsable { origin: self.document.origin.clone(), source: Box::new(error) })?;
        Ok(format!("{head}{}", prettyplease::unparse(&file)))
    }
}
