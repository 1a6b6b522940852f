//! The configuration of code generation.

mod environment;

use std::collections::HashSet;
use std::fmt::{self, Debug, Formatter, Write as _};
use std::path::{Path, PathBuf};

use comfy_schema::Schema;
use comfy_schema::server::{EnvironmentError, ServerOptions};

use crate::document::Document;
use crate::emit::Style;
use crate::error::Error;
use crate::output::Target;
use crate::plan::Overrides;
use crate::scan;

pub(crate) use environment::Environment;

/// Configures code generation: from which definitions, for which nodes, in what form and to which file.
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
/// By default every node of the schema is generated, with constructors, setters and documentation, into
/// `$OUT_DIR/comfy_nodes.rs`, where `comfy_runtime::include_nodes!()` finds it.
#[derive(Clone)]
#[must_use = "a configuration does nothing until `build`, `generate` or `source` is called"]
pub struct Config {
    schema: Option<PathBuf>,
    server: Option<ServerOptions>,
    nodes: Option<Vec<String>>,
    sources: Vec<PathBuf>,
    overrides: Overrides,
    style: Style,
    out_file: Option<PathBuf>,
    pretty: bool,
}

impl Debug for Config {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("schema", &self.schema)
            .field("server", &self.server)
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
    /// The parsed definitions.
    pub schema: Schema,
    /// The message that a file was read because the server did not answer, if that happened.
    pub fallback: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// Creates a configuration with no schema source set.
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

    /// Sets the file with the node definitions: the response of a server to `GET /object_info`. Relative paths start at
    /// the working directory, which in a build script is the folder of its `Cargo.toml`.
    pub fn schema(mut self, path: impl Into<PathBuf>) -> Self {
        self.schema = Some(path.into());
        self
    }

    /// Sets a running server to ask for its node definitions: its base URL (`http://127.0.0.1:8188`), or
    /// [`ServerOptions`] with credentials and certificates. If the server cannot be reached, the file of
    /// [`schema`](Self::schema) is used.
    ///
    /// ```no_run
    /// use comfy_schema::server::ServerOptions;
    ///
    /// let server = ServerOptions::new("https://gpu.example.com/comfy").ca_certificate("certificates/own.pem");
    /// comfy_codegen::Config::new().schema("schemas/comfyui.json").server(server).build();
    /// ```
    ///
    /// [`build`](Self::build) adds the credentials of environment variables. A server that redirects to another origin
    /// is an error, because credentials must not go there.
    ///
    /// Connecting times out after 5 seconds and the whole request after 60 seconds, and a response of more than 512 MiB
    /// is an error. Credentials are sent to the server, but appear in no message and no file.
    ///
    /// This needs the feature `live` of this crate. Nothing is fetched on docs.rs.
    pub fn server(mut self, server: impl Into<ServerOptions>) -> Self {
        self.server = Some(server.into());
        self
    }

    /// Generates only these nodes, given by class (`KSampler`, `ImageFlip+`) or by Rust name. Several calls add up.
    pub fn nodes<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.nodes.get_or_insert_default().extend(names.into_iter().map(Into::into));
        self
    }

    /// Generates only the nodes that these sources use. The path is a file, or a folder of which every `.rs` file at
    /// any depth is read. Several calls add up, also with [`nodes`](Self::nodes).
    ///
    /// A node counts as used if its Rust name occurs anywhere in the sources, also in a macro, a comment or a string.
    /// Therefore more nodes than needed may be generated, but none is missing. Files that this crate generated are not
    /// searched.
    pub fn used_in(mut self, path: impl Into<PathBuf>) -> Self {
        self.sources.push(path.into());
        self
    }

    /// Accepts any string for this combo (`Class.input`, or `Class.input.child` for a dynamic one), because its options
    /// are files of the server although they do not look like file names.
    pub fn open(mut self, combo: impl Into<String>) -> Self {
        self.overrides.add(combo.into(), true);
        self
    }

    /// Accepts only the options of the schema for this combo, although they look like files of the server.
    pub fn closed(mut self, combo: impl Into<String>) -> Self {
        self.overrides.add(combo.into(), false);
        self
    }

    /// Sets whether every combo that lists options accepts only those options, models and files included. This is meant
    /// for programs that run only with the server against which they are built. Defaults to false.
    pub fn exact(mut self, exact: bool) -> Self {
        self.overrides.set_exact(exact);
        self
    }

    /// Sets whether constructors and setters are generated, for code that creates nodes without the workflow macros.
    /// Defaults to true. They take two thirds of the time to compile the generated code.
    pub const fn builders(mut self, builders: bool) -> Self {
        self.style.builders = builders;
        self
    }

    /// Sets whether documentation is generated. Defaults to true.
    pub const fn docs(mut self, docs: bool) -> Self {
        self.style.docs = docs;
        self
    }

    /// Writes to this file instead of `$OUT_DIR/comfy_nodes.rs`, so that it can be checked in. Its `mod` item needs
    /// `#[rustfmt::skip]`.
    pub fn out_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_file = Some(path.into());
        self
    }

    /// Sets whether the source is formatted as rustfmt would, with long lines broken. Defaults to false, because
    /// formatting takes five times as long as generating.
    pub const fn pretty(mut self, pretty: bool) -> Self {
        self.pretty = pretty;
        self
    }

    /// Loads and parses the node definitions without generating code. Reads no environment variable, apart from those
    /// of a proxy.
    ///
    /// # Errors
    ///
    /// Returns an error if the definitions cannot be read or understood.
    pub fn definitions(&self) -> Result<Definitions, Error> {
        let document = self.document()?;
        Ok(Definitions { schema: document.schema()?, fallback: document.fallback })
    }

    /// Loads the document with the node definitions.
    pub(crate) fn document(&self) -> Result<Document, Error> {
        Document::load(self.schema.as_deref(), self.server.as_ref())
    }

    /// Returns the configuration with the values of environment variables in place of the configured ones.
    ///
    /// # Errors
    ///
    /// Returns an error if the variables with the credentials of a server are invalid.
    pub(crate) fn under(&self, environment: &Environment) -> Result<Self, Error> {
        let mut config = self.clone();
        if let Some(path) = &environment.schema {
            config.schema = Some(path.clone());
            config.server = None;
        } else if let Some(url) = &environment.server {
            config.server = Some(ServerOptions::new(url.clone()));
        }
        if environment.docs_rs {
            config.server = None;
        }
        if let Some(server) = config.server.take() {
            let url = server.shown_url();
            let invalid = |error: EnvironmentError| Error::Server { url, reason: error.to_string() };
            config.server = Some(server.with_environment(|name| std::env::var_os(name)).map_err(invalid)?);
        }
        Ok(config)
    }

    /// Returns the file to write.
    pub(crate) fn target(&self) -> Result<Target, Error> {
        self.out_file.as_ref().map_or_else(Target::in_out_dir, |path| Ok(Target::new(path.clone())))
    }

    pub(crate) const fn has_server(&self) -> bool {
        self.server.is_some()
    }

    pub(crate) fn schema_path(&self) -> Option<&Path> {
        self.schema.as_deref()
    }

    pub(crate) fn node_names(&self) -> Option<&[String]> {
        self.nodes.as_deref()
    }

    pub(crate) fn sources(&self) -> &[PathBuf] {
        &self.sources
    }

    /// Returns the words of the sources, or `None` if no sources are configured.
    pub(crate) fn words(&self) -> Result<Option<HashSet<String>>, Error> {
        if self.sources.is_empty() { Ok(None) } else { scan::words(&self.sources).map(Some) }
    }

    pub(crate) const fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    pub(crate) const fn style(&self) -> Style {
        self.style
    }

    /// Returns whether the generated file is checked in, rather than written to `OUT_DIR`.
    pub(crate) const fn is_checked_in(&self) -> bool {
        self.out_file.is_some()
    }

    pub(crate) const fn is_pretty(&self) -> bool {
        self.pretty
    }

    /// Returns a text for the fingerprint, which differs if the same definitions would produce another file.
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
