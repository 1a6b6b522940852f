//! The parts of a run that its nodes use: the graph and its results, and the access to the server and its clients.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use comfy_schema::Value;

use super::cache::NodeResult;
use super::graph::Graph;
use super::progress::Progress;
use crate::json::dumps;
use crate::queue::Item;
use crate::state::Shared;
use crate::sync::lock;
use crate::ws::{Frame, To};

/// The reason why a run ends early.
#[derive(Debug)]
pub(super) enum Halt {
    /// A client interrupted the run.
    Interrupted,
    /// A node raised an exception, or the graph has a cycle.
    Failed(Box<ServerException>),
    /// The server was restarted in the meantime.
    Restarted,
}

/// A Python exception that the server reports in `execution_error`.
#[derive(Debug)]
pub(super) struct ServerException {
    /// The type of the exception, as Python names it.
    pub(super) kind: String,
    pub(super) message: String,
    /// The inputs of the node that raised it.
    pub(super) inputs: Value,
}

/// The graph that is executed, and the results so far.
pub(super) struct Scene<'p> {
    pub(super) graph: &'p Graph<'p>,
    pub(super) signatures: &'p [u128],
    pub(super) results: Vec<Option<Arc<NodeResult>>>,
}

/// The access of a run to its server. Nodes use it to send frames, to report progress, and to wait.
pub(super) struct Stage {
    pub(super) shared: Arc<Shared>,
    pub(super) item: Item,
    pub(super) client_id: Option<String>,
    pub(super) progress: Progress,
    /// The texts to embed in saved files: `prompt`, and the entries of `extra_pnginfo`.
    pub(super) texts: Vec<(String, String)>,
    /// The server's restart count when the run began.
    restarts: u64,
}

impl Stage {
    pub(super) fn new(shared: Arc<Shared>, item: Item, restarts: u64) -> Self {
        let client_id = item.client_id().map(str::to_owned);
        let texts = texts(&item);
        Self { shared, item, client_id, progress: Progress::default(), texts, restarts }
    }

    /// Returns whether any socket receives the frames of this run.
    pub(super) fn has_listeners(&self) -> bool {
        self.is_alive() && self.shared.hub.has_listeners(self.to())
    }

    /// Sends a frame to the prompt's client, or to all clients if the prompt has none.
    pub(super) fn send(&self, frame: &Frame) {
        if self.is_alive() {
            self.shared.hub.send(self.to(), frame);
        }
    }

    /// Sends a frame to the prompt's client. If the prompt has no client, the frame is not sent.
    pub(super) fn send_to_client(&self, frame: &Frame) {
        if let Some(client) = self.client_id.as_deref().filter(|_| self.is_alive()) {
            self.shared.hub.send(To::Client(client), frame);
        }
    }

    pub(super) fn send_progress(&self) {
        if self.has_listeners() {
            self.send(&Frame::event("progress_state", self.progress.to_value(&self.item.prompt_id)));
        }
    }

    /// Returns whether the prompt's client accepts previews with metadata.
    pub(super) fn takes_metadata(&self) -> bool {
        self.client_id.as_deref().is_some_and(|client| self.shared.hub.takes_metadata(client))
    }

    /// Fails if the server was restarted since the run began.
    pub(super) fn check_alive(&self) -> Result<(), Halt> {
        if self.is_alive() { Ok(()) } else { Err(Halt::Restarted) }
    }

    /// Fails if the run was interrupted, or the server restarted.
    pub(super) fn check_interrupt(&self) -> Result<(), Halt> {
        self.check_alive()?;
        if lock(&self.shared.queue).is_interrupted() { Err(Halt::Interrupted) } else { Ok(()) }
    }

    /// Waits for the duration of a node, or for ever if it is `None`. An interrupt ends the wait.
    pub(super) async fn pass(&self, time: Option<Duration>) -> Result<(), Halt> {
        self.wait(time, || self.check_interrupt()).await?;
        self.check_interrupt()
    }

    /// Waits for the duration of a step. An interrupt takes effect at the end of the step, as on a real server.
    pub(super) async fn pass_step(&self, time: Duration) -> Result<(), Halt> {
        self.wait(Some(time), || self.check_alive()).await?;
        self.check_interrupt()
    }

    /// Waits until the time is over or `check` fails. `check` is called whenever the queue or a run changes.
    async fn wait(&self, time: Option<Duration>, check: impl Fn() -> Result<(), Halt>) -> Result<(), Halt> {
        if time.is_some_and(|time| time.is_zero()) {
            return check();
        }
        let mut changes = self.shared.changed.subscribe();
        let halted = async {
            loop {
                check()?;
                if changes.changed().await.is_err() {
                    return Err(Halt::Restarted);
                }
            }
        };
        let over = async {
            match time {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            halt = halted => halt,
            () = over => Ok(()),
        }
    }

    fn to(&self) -> To<'_> {
        self.client_id.as_deref().map_or(To::All, To::Client)
    }

    fn is_alive(&self) -> bool {
        self.shared.restarts.load(Ordering::SeqCst) == self.restarts
    }
}

/// Returns the texts that saved files embed: the prompt, and each entry of `extra_pnginfo`.
fn texts(item: &Item) -> Vec<(String, String)> {
    let prompt = ("prompt".to_owned(), dumps(&Value::Object(item.prompt.as_ref().clone())));
    let extra = item.extra_data.get("extra_pnginfo").and_then(Value::as_object);
    let extra = extra.into_iter().flat_map(|extra| extra.iter().map(|(key, value)| (key.to_string(), dumps(value))));
    std::iter::once(prompt).chain(extra).collect()
}
