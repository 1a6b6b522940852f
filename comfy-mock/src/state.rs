//! What the parts of a running server share.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use comfy_schema::validate::{Files, Folder};
use comfy_schema::{Map, Value};
use tokio::sync::{Notify, watch};

use crate::controls::Controls;
use crate::definitions::Definitions;
use crate::execute::cache::Cache;
use crate::faults::Faults;
use crate::json::object;
use crate::log::Log;
use crate::queue::Queue;
use crate::seen::Seen;
use crate::storage::{Area, Storage};
use crate::sync::lock;
use crate::timing::Timing;
use crate::ws::{Frame, Hub, To};

/// So many files of a folder are looked at when a prompt is checked.
const MOST_FILES: usize = 100_000;

/// What was said when the server was built, and does not change.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) timing: Timing,
    /// Bytes; `None` is the default of a real server.
    pub(crate) upload_limit: Option<u64>,
    /// The origin that may call, instead of the origin check.
    pub(crate) cors: Option<String>,
    /// Previews without being asked for.
    pub(crate) previews: bool,
    pub(crate) version: String,
    /// Model folder → file names.
    pub(crate) models: BTreeMap<String, Vec<String>>,
    /// Model folder and file → metadata of its header.
    pub(crate) metadata: Vec<(String, String, Map)>,
    /// Blueprint name → workflow.
    pub(crate) subgraphs: Vec<(String, String)>,
}

/// For whom something runs.
#[derive(Debug, Default)]
pub(crate) struct Active {
    pub(crate) client_id: Option<String>,
    pub(crate) node: Option<String>,
}

/// What the parts of a running server share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) definitions: Definitions,
    pub(crate) storage: Storage,
    pub(crate) queue: Mutex<Queue>,
    pub(crate) cache: Mutex<Cache>,
    pub(crate) hub: Hub,
    pub(crate) active: Mutex<Active>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) controls: Arc<Controls>,
    pub(crate) seen: Seen,
    pub(crate) log: Log,
    pub(crate) settings_file: Mutex<()>,
    pub(crate) users: Mutex<Vec<(String, String)>>,
    /// There is something to run.
    pub(crate) wake: Notify,
    /// The queue or a run changed.
    pub(crate) changed: watch::Sender<u64>,
    /// The server stops.
    pub(crate) stop: watch::Sender<bool>,
    /// How often it was restarted.
    pub(crate) life: AtomicU64,
}

impl Shared {
    /// `{exec_info: {queue_remaining}}`
    pub(crate) fn queue_status(&self) -> Value {
        let remaining = lock(&self.queue).remaining();
        object([("exec_info", object([("queue_remaining", Value::from(remaining))]))])
    }

    /// Tells all sockets how long the queue is.
    pub(crate) fn queue_changed(&self) {
        self.hub.event(To::All, "status", object([("status", self.queue_status())]));
        self.something_changed();
    }

    /// Writes a line to the log, and sends it to the sockets that subscribed to the log.
    pub(crate) fn log(&self, text: &str) {
        let event = self.log.add(text);
        self.hub.send_log(&Frame::event("logs", event));
        self.log.tell(|| text.to_owned());
    }

    pub(crate) fn something_changed(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The node that runs now, if it runs for this client.
    pub(crate) fn node_running_for(&self, sid: &str) -> Option<String> {
        let active = lock(&self.active);
        active.node.clone().filter(|_| active.client_id.as_deref() == Some(sid))
    }

    /// The files in the folders that prompts name.
    pub(crate) fn files(&self) -> Files {
        [(Folder::Input, Area::Input), (Folder::Output, Area::Output), (Folder::Temp, Area::Temp)]
            .into_iter()
            .fold(Files::new(), |files, (folder, area)| files.with(folder, self.storage.files(area, MOST_FILES)))
    }

    /// Everything as after a restart of the process: the queue, the history and the cache are empty, the sockets are
    /// gone. The files stay, except the temporary ones.
    pub(crate) fn restart(&self) {
        self.life.fetch_add(1, Ordering::SeqCst);
        lock(&self.queue).restart();
        lock(&self.cache).clear();
        *lock(&self.active) = Active::default();
        self.storage.clear_temp();
        self.hub.restart();
        self.wake.notify_one();
        self.something_changed();
    }
}
