//! The state that the parts of a running server share.

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
use crate::limits::MAX_FILES;
use crate::log::Log;
use crate::queue::Queue;
use crate::requests::Requests;
use crate::storage::{Area, Storage};
use crate::sync::lock;
use crate::timing::Timing;
use crate::ws::{Frame, Hub, To};

/// The settings of the builder; they do not change while the server runs.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) timing: Timing,
    /// The maximum size of a body, in bytes; `None` stands for the default of a real server.
    pub(crate) upload_limit: Option<u64>,
    /// The origin that may call the server; `None` checks origins as a real server does by default.
    pub(crate) cors: Option<String>,
    /// The maximum number of pixels of a generated picture.
    pub(crate) max_pixels: u64,
    /// Whether samplers send previews for prompts without a `preview_method`.
    pub(crate) previews: bool,
    pub(crate) version: String,
    /// Model folder → file names.
    pub(crate) models: BTreeMap<String, Vec<String>>,
    /// Model folder and file name → metadata in the header of the file.
    pub(crate) metadata: Vec<(String, String, Map)>,
    /// Blueprint name → workflow.
    pub(crate) subgraphs: Vec<(String, String)>,
}

/// The run that is executed: its client and its current node.
#[derive(Debug, Default)]
pub(crate) struct Active {
    pub(crate) client_id: Option<String>,
    pub(crate) node: Option<String>,
}

/// The state that the parts of a running server share.
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
    pub(crate) requests: Requests,
    pub(crate) log: Log,
    pub(crate) settings_file: Mutex<()>,
    pub(crate) users: Mutex<Vec<(String, String)>>,
    /// Wakes the worker when there may be something to run.
    pub(crate) wake: Notify,
    /// Counts the changes of the queue and of runs.
    pub(crate) changed: watch::Sender<u64>,
    /// Becomes true when the server stops.
    pub(crate) stop: watch::Sender<bool>,
    /// The number of restarts.
    pub(crate) restarts: AtomicU64,
}

impl Shared {
    /// Returns `{exec_info: {queue_remaining}}`, as `GET /prompt` and the event `status` show it.
    pub(crate) fn queue_status(&self) -> Value {
        let remaining = lock(&self.queue).remaining();
        object([("exec_info", object([("queue_remaining", Value::from(remaining))]))])
    }

    /// Sends the length of the queue to all sockets, and notifies the tasks that wait for changes.
    pub(crate) fn queue_changed(&self) {
        self.hub.event(To::All, "status", object([("status", self.queue_status())]));
        self.notify_change();
    }

    /// Writes a line to the log, and sends it to the sockets that subscribed to the log.
    pub(crate) fn log(&self, text: &str) {
        let event = self.log.add(text);
        self.hub.send_log(&Frame::event("logs", event));
        self.log.notify(|| text.to_owned());
    }

    /// Notifies the tasks that wait for changes of the queue or of a run.
    pub(crate) fn notify_change(&self) {
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Returns the node that is executed now, if it is executed for this client.
    pub(crate) fn node_running_for(&self, sid: &str) -> Option<String> {
        let active = lock(&self.active);
        active.node.clone().filter(|_| active.client_id.as_deref() == Some(sid))
    }

    /// Returns the files in the folders `input`, `output` and `temp`, which prompts can name.
    pub(crate) fn files(&self) -> Files {
        [(Folder::Input, Area::Input), (Folder::Output, Area::Output), (Folder::Temp, Area::Temp)]
            .into_iter()
            .fold(Files::new(), |files, (folder, area)| files.with(folder, self.storage.files(area, MAX_FILES)))
    }

    /// Resets everything that a restart of the process resets: the queue, the history, the cache and the sockets. The
    /// files stay, except the temporary ones.
    pub(crate) fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::SeqCst);
        lock(&self.queue).restart();
        lock(&self.cache).clear();
        *lock(&self.active) = Active::default();
        self.storage.clear_temp();
        self.hub.restart();
        self.wake.notify_one();
        self.notify_change();
    }
}
