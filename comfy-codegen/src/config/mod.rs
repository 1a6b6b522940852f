//! What to generate, from where and to where.

mod document;
mod environment;

use std::collections::HashSet;
use std::fmt::{self, Debug, Formatter, Write as _};
use std::path::{Path, PathBuf};

use comfy_schema::Schema;

use crate::emit::Style;
use crate::output::Target;
use crate::plan::Overrides;
use crate::{Error, Report, cargo, generator, live, scan};

pub(crate) use document::Document;
pub(crate) use environment::Environment;

/// What to generate: from which definitions, for which nodes, in what form, to which file.
///
/// In the `main` of a `build.rs`:
///
/// ```no_run
/// comfy_codegen::Config::new()
///     .schema("schemas/comfyui-0.26.0.json")
///     .used_in("src")
///     .closed("CheckpointLoader.config_name")
///     .build();
/// ```
///
/// Without further words every node of the schema is generated, with constructors, setters and documentation, into
/// `$OUT_DIR/comfy_nodes.rs`, where `comfy_runtime::include_nodes!()` finds it.
#[derive(Clone)]
#[must_use = "a configuration does nothing until `build`, `generate` or `source` is called"]
pub struct Config {
    schema: Option<PathBuf>,
    server: Option<String>,
    nodes: Option<Vec<String>>,
    sources: Vec<PathBuf>,
    overrides: Overrides,
    style: Style,
    out_file: Option<PathBuf>,
    pretty: bool,
}

impl Debug for Config {
    /// The server's URL is shown without user, password and query.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("schema", &self.schema)
            .field("server", &self.server.as_deref().map(live::shown))
            .field("nodes", &self.nodes)
            .field("sources", &self.sources)
            .field("overrides", &self.overrides)
            .field("style", &self.style)
            .field("out_file", &self.out_file)
            .field("pretty", &self.pretty)
            .finish()
    }
}

/// The node definitions that a [`Config`] names.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Definitions {
    /// The definitions themselves.
    pub schema: Schema,
    /// If there is a server that did not answer: a word about it and the file that was read instead.
    pub fallback: Option<String>,
}

/// What [`Config::source`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// A Rust file.
    pub source: String,
    /// What is in it, and what was odd.
    pub report: Report,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// Everything of a schema that is still to be named.
    pub fn new() -> Self {
        Self {
            schema: None,
            server: None,
            nodes: None,
            sources: Vec::new(),
            overrides: Overrides::default(),
            style: Style { builders: true, docs: true },
            out_file: None,
            pretty: false,
        }
    }

    /// The file with the node definitions: what a server answered to `GET /object_info`. Relative paths start at the
    /// working directory, which in a build script is the folder of its `Cargo.toml`.
    pub fn schema(mut self, path: impl Into<PathBuf>) -> Self {
        self.schema = Some(path.into());
        self
    }

    /// The base URL of a running server (`http://127.0.0.1:8188`) to ask for its node definitions. If it cannot be
    /// reached the file of [`schema`](Self::schema) is used.
    ///
    /// The server has 5 seconds to take the connection, 60 seconds for all, and its answer may have 512 MiB. A user and
    /// a password in the URL are sent, and appear in no message and no file.
    ///
    /// Needs the feature `live` of this crate. Nothing is fetched on docs.rs.
    pub fn server(mut self, url: impl Into<String>) -> Self {
        self.server = Some(url.into());
        self
    }

    /// Only these nodes, by class (`KSampler`, `ImageFlip+`) or by Rust name. Several calls add up.
    pub fn nodes<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.nodes.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// Only the nodes that these sources use: a folder, of which every `.rs` file at any depth is read, or a file.
    /// Several calls add up, with [`nodes`](Self::nodes) too.
    ///
    /// A node counts as used if its Rust name stands anywhere in the sources, in a macro, a comment or a string as
    /// well. So there may be more nodes than needed, but none is missing. Files that this crate generated do not
    /// count.
    pub fn used_in(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(path.into());
        self
    }

    /// Takes any string for this combo (`Class.input`, `Class.input.child` for a dynamic one): its options are files
    /// of the server, although they do not look like it.
    pub fn open(mut self, combo: impl Into<String>) -> Self {
        self.overrides.add(combo.into(), true);
        self
    }

    /// Takes only the options of the schema for this combo, although they look like files of the server.
    pub fn closed(mut self, combo: impl Into<String>) -> Self {
        self.overrides.add(combo.into(), false);
        self
    }

    /// Takes only the options of the schema for every combo that lists any, models and files included: for programs
    /// that are built against the very server they run with. Off by default.
    pub fn exact(mut self, exact: bool) -> Self {
        self.overrides.set_exact(exact);
        self
    }

    /// Whether to generate constructors and setters, for code without the macro. On by default; they cost two thirds
    /// of the time to compile.
    pub const fn builders(mut self, builders: bool) -> Self {
        self.style.builders = builders;
        self
    }

    /// Whether to generate documentation. On by default.
    pub const fn docs(mut self, docs: bool) -> Self {
        self.style.docs = docs;
        self
    }

    /// Writes to this file instead of `$OUT_DIR/comfy_nodes.rs`: one to check in. Its `mod` item wants
    /// `#[rustfmt::skip]`.
    pub fn out_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_file = Some(path.into());
        self
    }

    /// Whether to format the source as rustfmt would, long lines broken. Off by default: it takes five times as long
    /// as generating.
    pub const fn pretty(mut self, pretty: bool) -> Self {
        self.pretty = pretty;
        self
    }

    /// The node definitions themselves, for what else can be done with them. Looks at no environment variable.
    ///
    /// # Errors
    ///
    /// If the definitions cannot be read or are none.
    pub fn definitions(&self) -> Result<Definitions, Error> {
        let document = Document::load(self.schema.as_deref(), self.server.as_deref())?;
        Ok(Definitions { schema: document.schema()?, fallback: document.fallback })
    }

    /// The classes that would be generated, in the order of the definitions: all, those that are named
    /// ([`nodes`](Self::nodes)), or those that the sources use ([`used_in`](Self::used_in)). Looks at no environment
    /// variable.
    ///
    /// # Errors
    ///
    /// Those of [`source`](Self::source).
    pub fn classes(&self) -> Result<Vec<String>, Error> {
        let document = Document::load(self.schema.as_deref(), self.server.as_deref())?;
        let words = self.words()?;
        generator::classes(self, &document.schema()?, words.as_ref())
    }

    /// Generates the source and gives it back with the report. Writes nothing and looks at no environment variable.
    ///
    /// # Errors
    ///
    /// If the definitions cannot be read or are none, if a source file cannot be read, or if a node or an override
    /// is not in the schema.
    pub fn source(&self) -> Result<Generated, Error> {
        let document = Document::load(self.schema.as_deref(), self.server.as_deref())?;
        let words = self.words()?;
        let draft = generator::generate(self, &document, words.as_ref())?;
        Ok(Generated { source: draft.text()?, report: draft.report })
    }

    /// Generates the file, and leaves it alone if it would not change. Looks at no environment variable but
    /// `OUT_DIR`. A failed run leaves the file as it was.
    ///
    /// # Errors
    ///
    /// Those of [`source`](Self::source), and if the file cannot be written or no file is known to write to.
    pub fn generate(&self) -> Result<Report, Error> {
        let target = self.target()?;
        let generated = self.source()?;
        target.write(&generated.source)?;
        Ok(generated.report)
    }

    /// Generates the file from a build script: tells cargo when to run it again, does nothing if neither the
    /// definitions nor the configuration changed, and ends the process with 1 after printing an error.
    ///
    /// | environment variable | meaning |
    /// |---|---|
    /// | `COMFY_SCHEMA` | the file to read instead of the configured definitions; wins over `COMFY_SERVER` |
    /// | `COMFY_SERVER` | the base URL of a server to ask (feature `live`), the configured file as fallback |
    ///
    /// On docs.rs (`DOCS_RS` is set) no server is asked and nothing is written outside `OUT_DIR`.
    pub fn build(&self) {
        cargo::build(self);
    }

    /// The same configuration with what the environment says in place of what was configured.
    pub(crate) fn under(&self, environment: &Environment) -> Self {
        let mut config = self.clone();
        if let Some(path) = &environment.schema {
            config.schema = Some(path.clone());
            config.server = None;
        } else if let Some(url) = &environment.server {
            config.server = Some(url.clone());
        }
        if environment.docs_rs {
            config.server = None;
        }
        config
    }

    /// The file to write.
    pub(crate) fn target(&self) -> Result<Target, Error> {
        self.out_file.as_ref().map_or_else(Target::in_out_dir, |path| Ok(Target::new(path.clone())))
    }

    pub(crate) fn schema_path(&self) -> Option<&Path> {
        self.schema.as_deref()
    }

    pub(crate) fn server_url(&self) -> Option<&str> {
        self.server.as_deref()
    }

    pub(crate) fn node_names(&self) -> Option<&[String]> {
        self.nodes.as_deref()
    }

    pub(crate) fn sources(&self) -> &[PathBuf] {
        &self.sources
    }

    /// The words of the sources, if only what they use is wanted.
    pub(crate) fn words(&self) -> Result<Option<HashSet<String>>, Error> {
        if self.sources.is_empty() { Ok(None) } else { scan::words(&self.sources).map(Some) }
    }

    pub(crate) const fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    pub(crate) const fn style(&self) -> Style {
        self.style
    }

    /// The file is part of the sources, and not of the build.
    pub(crate) const fn is_checked_in(&self) -> bool {
        self.out_file.is_some()
    }

    pub(crate) const fn is_pretty(&self) -> bool {
        self.pretty
    }

    /// A text that differs whenever the same definitions would give another output.
    pub(crate) fn description(&self) -> String {
        let mut text = format!(
            "builders={} docs={} formatted={} {}",
            self.style.builders,
            self.style.docs,
            self.is_pretty(),
            self.overrides
        );
        // Writing to a string cannot fail.
        let _ = match &self.nodes {
            Some(nodes) => write!(text, " nodes={nodes:?}"),
            None => Ok(()),
        };
        let _ = write!(text, " used={}", !self.sources.is_empty());
        text
    }
}
