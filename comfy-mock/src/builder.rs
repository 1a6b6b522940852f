//! What a server is told before it starts.

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
use crate::log::Log;
use crate::queue::Queue;
use crate::seen::Seen;
use crate::server::Server;
use crate::state::{Settings, Shared};
use crate::storage::{Area, Storage};
use crate::timing::Timing;
use crate::ws::Hub;

/// A real server's history keeps this many entries and one more.
const HISTORY: usize = 10_000;

/// What a server is told before it starts; [`Server::builder`] gives one.
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
    /// Without the contents of files, which may be long.
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
            history: HISTORY,
            changes: Changes { any_model: true, models: HashMap::new(), ..Changes::default() },
            settings,
            log: Log::default(),
        }
    }
}

impl Server {
    /// A server to set up.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::default()
    }

    /// A server with the node definitions of ComfyUI 0.26.0, on a free port of this machine.
    ///
    /// Needs the feature `embedded-schema`, which is on by default.
    ///
    /// # Errors
    ///
    /// No port is free, or the temporary folder cannot be made.
    #[cfg(feature = "embedded-schema")]
    pub async fn spawn() -> Result<Self, Error> {
        Self::builder().spawn().await
    }
}

impl ServerBuilder {
    /// The node definitions: what a server's `/object_info` answered. Served as they are. Without this the server has
    /// those of ComfyUI 0.26.0 (feature `embedded-schema`).
    pub fn schema_json(mut self, json: impl Into<Vec<u8>>) -> Self {
        self.schema = Source::Bytes(json.into());
        self
    }

    /// The file with the node definitions.
    pub fn schema_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.schema = Source::File(path.into());
        self
    }

    /// The address to listen on; `127.0.0.1` if not said.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// The port to listen on; 0, a free one, if not said.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long things take; nothing takes time if not said.
    pub fn timing(mut self, timing: Timing) -> Self {
        self.settings.timing = timing;
        self
    }

    /// The folder that holds `input`, `output`, `temp` and `user`. If not said: a new temporary one, which is removed
    /// with the server.
    pub fn base_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.base = Some(path.into());
        self
    }

    /// The folder for what is saved, if not `output` in the base folder. It is made, and not removed.
    pub fn output_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.output = Some(path.into());
        self
    }

    /// Puts a file into the input folder: `name`, or `folder/name`.
    pub fn input_file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((Area::Input, name.into(), bytes.into()));
        self
    }

    /// Puts a file into the output folder.
    pub fn output_file(mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((Area::Output, name.into(), bytes.into()));
        self
    }

    /// The files of a model folder (`checkpoints`, `loras`, …). They are the options of the core loaders of that
    /// folder, and other names are rejected.
    pub fn models(mut self, folder: impl Into<String>, files: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let (folder, files) = (folder.into(), files.into_iter().map(Into::into).collect::<Vec<_>>());
        self.changes.models.insert(folder.clone(), files.clone());
        self.settings.models.insert(folder, files);
        self
    }

    /// The options of a combo.
    pub fn options(
        mut self,
        class: impl Into<String>,
        input: impl Into<String>,
        options: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Self {
        self.changes.options.push((class.into(), input.into(), options.into_iter().map(Into::into).collect()));
        self
    }

    /// Whether a prompt may name any file where the definitions list none; true if not said.
    ///
    /// Definitions that are shipped list no models, because those are the installation's own. A real server rejects
    /// every name then; this one has every file that someone asks for.
    pub fn any_model(mut self, any: bool) -> Self {
        self.changes.any_model = any;
        self
    }

    /// What `/view_metadata/{folder}?filename={file}` answers.
    pub fn model_metadata(mut self, folder: impl Into<String>, file: impl Into<String>, metadata: Map) -> Self {
        self.settings.metadata.push((folder.into(), file.into(), metadata));
        self
    }

    /// A blueprint for `/global_subgraphs`: its name and its workflow as JSON.
    pub fn subgraph(mut self, name: impl Into<String>, workflow: impl Into<String>) -> Self {
        self.settings.subgraphs.push((name.into(), workflow.into()));
        self
    }

    /// What `/node_replacements` answers, and what validation replaces; the pairs that every server has if not said.
    pub fn replacements(mut self, replacements: Value) -> Self {
        self.changes.replacements = Some(replacements);
        self
    }

    /// The longest body that is taken, in bytes; 100 MiB if not said. Above, the answer is 413.
    pub fn upload_limit(mut self, bytes: u64) -> Self {
        self.settings.upload_limit = Some(bytes);
        self
    }

    /// Lets pages of this origin call (`*` for all), and checks no origins any more.
    pub fn cors(mut self, origin: impl Into<String>) -> Self {
        self.settings.cors = Some(origin.into());
        self
    }

    /// Sends previews to prompts that do not say whether they want them; a real server does not, unless it is told.
    pub fn previews(mut self, previews: bool) -> Self {
        self.settings.previews = previews;
        self
    }

    /// The version that the server says it is; `0.26.0` if not said. It behaves as 0.26.0 whatever this says.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.settings.version = version.into();
        self
    }

    /// The history keeps this many runs and one more, as on a real server; 10,000 if not said.
    pub fn history_limit(mut self, entries: usize) -> Self {
        self.history = entries;
        self
    }

    /// Calls this with a line for every request and every run.
    pub fn on_log(mut self, listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log.listener = Some(Box::new(listener));
        self
    }

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// The definitions cannot be read, the folders cannot be made, or the address cannot be listened on.
    pub async fn spawn(self) -> Result<Server, Error> {
        let definitions = Definitions::read(document(self.schema)?, &self.changes)?;
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
            seen: Seen::default(),
            log: self.log,
            settings_file: Mutex::default(),
            users: Mutex::default(),
            wake: Notify::new(),
            changed: watch::Sender::new(0),
            stop: watch::Sender::new(false),
            life: AtomicU64::new(0),
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
    let outside = |_| std::io::Error::other(format!("{name} leads out of the folder"));
    let path = crate::storage::below(&storage.folder(area), name).map_err(outside)?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
