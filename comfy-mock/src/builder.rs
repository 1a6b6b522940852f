//! The builder that configures and starts a server.

use std::collections::HashMap;
use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use comfy_schema::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};

use crate::definitions::{Changes, Definitions};
use crate::error::Error;
use crate::execute::cache::Cache;
use crate::faults::Faults;
use crate::limits::{DEFAULT_HISTORY_LIMIT, DEFAULT_MAX_PIXELS};
use crate::log::Log;
use crate::queue::Queue;
use crate::requests::Requests;
use crate::server::Server;
use crate::state::{Settings, Shared};
use crate::storage::{Area, Storage};
use crate::timing::Timing;
use crate::ws::Hub;

/// A builder that configures and starts a [`Server`]; [`Server::builder`] creates one.
///
/// ```no_run
/// # async fn example() -> Result<(), comfy_mock::Error> {
/// use std::time::Duration;
/// use comfy_mock::{Server, Timing};
///
/// let server = Server::builder()
///     .schema_file("schemas/comfyui-0.26.0.json")
///     .models("checkpoints", ["dream.safetensors"])
///     .timing(Timing::instant().step(Duration::from_millis(50)))
///     .output_dir("target/pictures")
///     .spawn()
///     .await?;
/// println!("{}", server.url());
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing happens before `spawn`"]
pub struct ServerBuilder {
    schema: Source,
    host: String,
    port: u16,
    base: Option<PathBuf>,
    output: Option<PathBuf>,
    files: Vec<(Area, String, Vec<u8>)>,
    history: usize,
    changes: Changes,
    settings: Settings,
    log: Log,
}

enum Source {
    Embedded,
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Debug for ServerBuilder {
    /// Omits the contents of files, which may be long.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("base_dir", &self.base)
            .field("output_dir", &self.output)
            .field("history_limit", &self.history)
            .finish_non_exhaustive()
    }
}

impl Default for ServerBuilder {
    fn default() -> Self {
        let settings = Settings {
            timing: Timing::instant(),
            upload_limit: None,
            cors: None,
            max_pixels: DEFAULT_MAX_PIXELS,
            previews: false,
            version: "0.26.0".to_owned(),
            models: std::collections::BTreeMap::new(),
            metadata: Vec::new(),
            subgraphs: Vec::new(),
        };
        Self {
            schema: Source::Embedded,
            host: "127.0.0.1".to_owned(),
            port: 0,
            base: None,
            output: None,
            files: Vec::new(),
            history: DEFAULT_HISTORY_LIMIT,
            changes: Changes { assume_files: true, models: HashMap::new(), ..Changes::default() },
            settings,
            log: Log::default(),
        }
    }
}

impl Server {
    /// Creates a builder with the default settings.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// Starts a server with the node definitions of ComfyUI 0.26.0, on a free port of this machine.
    ///
    /// Requires the feature `embedded-schema`, which is on by default.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is free, or if the temporary folder cannot be created.
    #[cfg(feature = "embedded-schema")]
    pub async fn spawn() -> Result<Self, Error> {
        Self::builder().spawn().await
    }
}

impl ServerBuilder {
    /// Sets the node definitions: the response of a server's `/object_info`. It is served unchanged, unless
    /// [`Self::models`] or [`Self::options`] change it. Defaults to the definitions of ComfyUI 0.26.0 (feature
    /// `embedded-schema`).
    pub fn schema_json(mut self, json: impl Into<Vec<u8>>) -> Self {
        self.schema = Source::Bytes(json.into());
        self
    }

    /// Sets the file with the node definitions; see [`Self::schema_json`].
    pub fn schema_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.schema = Source::File(path.into());
        self
    }

    /// Sets the address to listen on. Defaults to `127.0.0.1`.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// Sets the port to listen on. Defaults to 0, which chooses a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets how long nodes, sampler steps and the wait in the queue take. Defaults to [`Timing::instant`].
    pub fn timing(mut self, timing: Timing) -> Self {
        self.settings.timing = timing;
        self
    }

    /// Sets the folder that holds `input`, `output`, `temp` and `user`. Defaults to a new temporary folder, which is
    /// removed with the server.
    pub fn base_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.base = Some(path.into());
        self
    }

    /// Sets the folder for saved files. It is created if necessary, and not removed. Defaults to `output` in the base
    /// folder.
    pub fn output_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Adds a file to the input folder. The name may contain folders: `folder/name`.
    pub fn input_file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((Area::Input, name.into(), bytes.into()));
        self
    }

    /// Adds a file to the output folder. The name may contain folders: `folder/name`.
    pub fn output_file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((Area::Output, name.into(), bytes.into()));
        self
    }

    /// Sets the files of a model folder (`checkpoints`, `loras`, …). They become the options of the core loaders of
    /// that folder, so that other names are rejected.
    pub fn models(mut self, folder: impl Into<String>, files: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let (folder, files) = (folder.into(), files.into_iter().map(Into::into).collect::<Vec<_>>());
        self.changes.models.insert(folder.clone(), files.clone());
        self.settings.models.insert(folder, files);
        self
    }

    /// Sets the options of a combo input. A class or input that the definitions lack is ignored.
    pub fn options(
        mut self,
        class: impl Into<String>,
        input: impl Into<String>,
        options: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.changes.options.push((class.into(), input.into(), options.into_iter().map(Into::into).collect()));
        self
    }

    /// Sets whether to assume that every file exists that a prompt names: models, inputs, and everything else that a
    /// server lists from its disk. Defaults to true.
    ///
    /// The embedded definitions list no models, because models belong to an installation, and the input folder of a test
    /// is empty. A real server rejects every name in that case, and so does this one if it is told not to assume files.
    /// The files of a folder that [`Self::models`] sets, and the lists of [`Self::options`], are always complete. See
    /// [`Validator::assume_files`](comfy_schema::validate::Validator::assume_files) for what counts as a file.
    pub fn assume_files(mut self, assume: bool) -> Self {
        self.changes.assume_files = assume;
        self
    }

    /// Sets the response of `/view_metadata/{folder}?filename={file}`.
    pub fn model_metadata(mut self, folder: impl Into<String>, file: impl Into<String>, metadata: Map) -> Self {
        self.settings.metadata.push((folder.into(), file.into(), metadata));
        self
    }

    /// Adds a subgraph blueprint to `/global_subgraphs`: its name, and its workflow as JSON.
    pub fn subgraph(mut self, name: impl Into<String>, workflow: impl Into<String>) -> Self {
        self.settings.subgraphs.push((name.into(), workflow.into()));
        self
    }

    /// Sets the response of `/node_replacements`, which validation applies too. Defaults to the replacements that every
    /// server has.
    pub fn replacements(mut self, replacements: Value) -> Self {
        self.changes.replacements = Some(replacements);
        self
    }

    /// Sets the maximum size of a request body, in bytes. Larger bodies are answered with status 413. Defaults to 100
    /// MiB.
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = Some(bytes);
        self
    }

    /// Allows pages of this origin (`*` for all) to call the server, and disables the origin check.
    pub fn cors(mut self, origin: impl Into<String>) -> Self {
        self.settings.cors = Some(origin.into());
        self
    }

    /// Sets whether samplers send previews for prompts without a `preview_method`. Defaults to false, as on a real
    /// server.
    pub fn previews(mut self, previews: bool) -> Self {
        self.settings.previews = previews;
        self
    }

    /// Sets the maximum number of pixels of a generated picture; larger ones are scaled down. A fuzz target would spend
    /// nearly all of its time on them. This is not part of the public API.
    #[cfg(feature = "__fuzz")]
    #[doc(hidden)]
    pub fn max_pixels(mut self, pixels: u64) -> Self {
        self.settings.max_pixels = pixels;
        self
    }

    /// Sets the version that the server reports. The behaviour is that of 0.26.0 regardless of this setting. Defaults
    /// to `0.26.0`.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.settings.version = version.into();
        self
    }

    /// Sets the limit of the history. As on a real server, it keeps one run more than this. Defaults to 10,000.
    pub fn history_limit(mut self, entries: usize) -> Self {
        self.history = entries;
        self
    }

    /// Sets a function that is called with a line for every request and every run.
    pub fn on_log(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log.listener = Some(Box::new(listener));
        self
    }

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if the definitions cannot be read or parsed, if the folders cannot be created, if a file that
    /// was added with [`Self::input_file`] or [`Self::output_file`] cannot be written, or if the server cannot listen
    /// on the address.
    pub async fn spawn(self) -> Result<Server, Error> {
        let definitions = Definitions::parse(document(self.schema)?, &self.changes)?;
        let storage = Storage::open(self.base, self.output).map_err(Error::Folders)?;
        for (area, name, bytes) in self.files {
            write(&storage, area, &name, &bytes).map_err(Error::Folders)?;
        }
        let listen = |source| Error::Listen { host: self.host.clone(), port: self.port, source };
        let listener = TcpListener::bind((self.host.as_str(), self.port)).await.map_err(listen)?;
        let faults = Arc::new(Faults::default());
        let shared = Shared {
            settings: self.settings,
            definitions,
            storage,
            queue: Mutex::new(Queue::new(self.history)),
            cache: Mutex::new(Cache::default()),
            hub: Hub::new(Arc::clone(&faults)),
            active: Mutex::default(),
            faults,
            controls: Arc::default(),
            requests: Requests::default(),
            log: self.log,
            settings_file: Mutex::default(),
            users: Mutex::default(),
            wake: Notify::new(),
            changed: watch::Sender::new(0),
            stop: watch::Sender::new(false),
            restarts: AtomicU64::new(0),
        };
        Server::start(Arc::new(shared), listener).map_err(|source| Error::Listen {
            host: self.host,
            port: self.port,
            source,
        })
    }
}

fn document(source: Source) -> Result<Bytes, Error> {
    match source {
        Source::Bytes(bytes) => Ok(Bytes::from(bytes)),
        Source::File(path) => fs::read(&path).map(Bytes::from).map_err(|source| Error::ReadSchema { path, source }),
        #[cfg(feature = "embedded-schema")]
        Source::Embedded => Ok(Bytes::from_static(include_bytes!("../schemas/comfyui-0.26.0.json"))),
        #[cfg(not(feature = "embedded-schema"))]
        Source::Embedded => Err(Error::NoSchema),
    }
}

fn write(storage: &Storage, area: Area, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let outside = |_| std::io::Error::other(format!("invalid file name `{name}`: it leads out of the folder"));
    let path = crate::storage::below(&storage.folder(area), name).map_err(outside)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
