//! The record of what the WebSocket reported about one run, and the readers of its events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use comfy_schema::{Map, Value};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::ending::{Ending, ExecutionError};
use super::event::{Event, Preview};
use super::frame::{Frame, NodeData};
use super::halves::Halves;
use super::json;
use super::mailbox::{Events, Mailbox};
use super::origin::{NodeInfo, Origin};
use super::outputs::RunInfo;
use super::prompt_ids::PromptIds;
use super::reported::Reported;
use super::selection::Selection;
use super::transport::Transport;

/// The class whose images are results although they are only sent over the WebSocket.
const WEBSOCKET_IMAGE_CLASS: &str = "SaveImageWebsocket";

/// The record of what the WebSocket reported about one run, and the readers of its events.
#[derive(Debug)]
pub(crate) struct Tracker {
    ids: PromptIds,
    pub(crate) origin: Arc<Origin>,
    selection: Arc<Selection>,
    /// Notifies the follower of the run that it should ask the server at once.
    pub(crate) wake: Notify,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    started: bool,
    position: Option<usize>,
    /// The node that is running or was the last to run.
    node: Option<String>,
    hint: Option<EndHint>,
    outputs: Reported,
    last_activity: Instant,
    cancellation: Cancellation,
    /// The number of the connection that delivered the last frame; 0 before the first.
    connection: u64,
    /// The mailbox that keeps the events from the beginning, until the first reader takes it.
    first_reader: Option<Arc<Mailbox>>,
    readers: Vec<Weak<Mailbox>>,
    ending: Option<Ending>,
}

/// Whether this program cancelled the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cancellation {
    No,
    /// The program asked the server to cancel the run. The response is missing or says that there was nothing to
    /// cancel.
    Asked,
    /// The server confirmed that it cancelled the run.
    Confirmed,
}

/// The end of a run as the WebSocket reported it. Only the server's history decides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum EndHint {
    Success,
    Error(Value),
    Interrupted(Value),
    /// An `executing` event without a node was received; the history has the result.
    Ended,
}

impl Tracker {
    pub(crate) fn new(prompt_id: String, origin: Arc<Origin>, selection: Selection) -> Self {
        let first = Arc::new(Mailbox::default());
        let readers = vec![Arc::downgrade(&first)];
        let state = State { first_reader: Some(first), readers, ..State::new() };
        let selection = Arc::new(selection);
        Self { ids: PromptIds::new(prompt_id), origin, selection, wake: Notify::new(), state: Mutex::new(state) }
    }

    /// Returns the current id of the run.
    pub(crate) fn prompt_id(&self) -> &str {
        self.ids.current()
    }

    /// Records that the workflow was submitted again, and forgets what was reported about the lost run. A
    /// cancellation stays, because it may have been requested meanwhile.
    pub(crate) fn resubmitted(&self, prompt_id: &str) {
        let mut state = self.lock();
        self.ids.push(prompt_id.to_owned());
        let (readers, first_reader) = (std::mem::take(&mut state.readers), state.first_reader.take());
        *state = State { first_reader, readers, cancellation: state.cancellation, ..State::new() };
        state.publish(&Event::Resubmitted { prompt_id: prompt_id.to_owned() });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Handles a frame of this run that the connection of this number delivered.
    pub(crate) fn handle(&self, frame: Frame<'_>, connection: u64) {
        let mut state = self.lock();
        state.connection = connection;
        state.last_activity = Instant::now();
        let event = match frame {
            Frame::Progress(data) => Some(progress(data)),
            Frame::Executing(data) => state.executing(data),
            Frame::Event { kind, data, halves } => self.event(&mut state, kind, data, halves),
            Frame::Image { format, source, bytes } => {
                let node = source.node.or_else(|| state.node.clone());
                let is_result = node.as_deref().and_then(|id| self.origin.class(id)) == Some(WEBSOCKET_IMAGE_CLASS);
                let preview = Preview { node, format, bytes };
                Some(if is_result { Event::Image(preview) } else { Event::Preview(preview) })
            }
            Frame::Text { node, text } => Some(Event::Text { node, text }),
            // A state only repeats what `progress` and `executing` report, each time for all nodes.
            Frame::State { .. } | Frame::Unknown(_) => None,
        };
        if let Some(event) = event {
            state.publish(&event);
        }
        if state.hint.is_some() {
            self.wake.notify_one();
        }
    }

    fn event(&self, state: &mut State, kind: String, data: Value, halves: Halves) -> Option<Event> {
        let node = || json::string(&data, "node").unwrap_or_default();
        Some(match kind.as_str() {
            "execution_start" => {
                if state.started {
                    return None;
                }
                state.started = true;
                Event::Started
            }
            "execution_cached" => Event::Cached { nodes: json::strings(json::get(&data, "nodes")) },
            "executing" => return state.executing(node_data(&data)),
            "progress" => progress(node_data(&data)),
            "progress_state" => return None,
            "executed" => {
                let output = json::get(&data, "output").cloned().unwrap_or(Value::Null);
                state.outputs.insert(node(), &output, halves);
                Event::Executed { node: node(), output }
            }
            "execution_error" => {
                // A blocked branch does not end the run.
                if json::text(&data, "exception_type") == Some("ExecutionBlocked") {
                    Event::Blocked(ExecutionError::read(self.prompt_id(), &data, &self.origin))
                } else {
                    state.hint = Some(EndHint::Error(data));
                    return None;
                }
            }
            "execution_interrupted" => {
                state.hint = Some(EndHint::Interrupted(data));
                return None;
            }
            "execution_success" => {
                state.hint = Some(EndHint::Success);
                return None;
            }
            _ => Event::Unknown { kind, data },
        })
    }

    /// Records that the run waits in the server's queue, with this number of prompts before it.
    pub(crate) fn set_queued(&self, position: usize) {
        let mut state = self.lock();
        if !state.started && state.position != Some(position) {
            state.position = Some(position);
            state.last_activity = Instant::now();
            state.publish(&Event::Queued { position });
        }
    }

    /// Records that the server reports the run as running.
    pub(crate) fn set_running(&self) {
        let mut state = self.lock();
        if !state.started {
            state.started = true;
            state.last_activity = Instant::now();
            state.publish(&Event::Started);
        }
    }

    /// Records the end of the run and publishes it. Only the first call has an effect.
    pub(crate) fn set_ending(&self, ending: Ending) {
        let mut state = self.lock();
        if state.ending.is_none() {
            state.publish(&ending.clone().into());
            state.ending = Some(ending);
        }
    }

    pub(crate) fn ending(&self) -> Option<Ending> {
        self.lock().ending.clone()
    }

    /// Returns a reader. The first one receives all events from the beginning, a later one receives the events from now
    /// on.
    pub(crate) fn events(&self) -> Events {
        let mut state = self.lock();
        if let Some(first) = state.first_reader.take() {
            return Events::new(first);
        }
        let mailbox = Arc::new(Mailbox::default());
        match &state.ending {
            Some(ending) => mailbox.push(ending.clone().into()),
            None => state.readers.push(Arc::downgrade(&mailbox)),
        }
        Events::new(mailbox)
    }

    /// Drops the events that were kept for a first reader.
    pub(crate) fn discard_unread(&self) {
        self.lock().first_reader = None;
    }

    pub(crate) fn started(&self) -> bool {
        self.lock().started
    }

    /// Records that this program cancels the run, or that the server confirmed it.
    pub(crate) fn set_cancellation(&self, cancellation: Cancellation) {
        let mut state = self.lock();
        state.cancellation = state.cancellation.max(cancellation);
        drop(state);
        self.wake.notify_one();
    }

    pub(crate) fn cancellation(&self) -> Cancellation {
        self.lock().cancellation
    }

    pub(crate) fn hint(&self) -> Option<EndHint> {
        self.lock().hint.clone()
    }

    pub(crate) fn last_activity(&self) -> Instant {
        self.lock().last_activity
    }

    /// Returns the number of the connection that delivered the last frame; 0 if there was none.
    pub(crate) fn last_connection(&self) -> u64 {
        self.lock().connection
    }

    /// Returns the last node that was reported as running.
    pub(crate) fn last_node(&self) -> Option<NodeInfo> {
        self.lock().node.as_deref().map(|id| self.origin.node(id))
    }

    /// Returns the run as its outputs need it.
    pub(crate) fn run_info(&self, transport: &Arc<Transport>) -> RunInfo {
        RunInfo {
            prompt_id: self.prompt_id().to_owned(),
            origin: Arc::clone(&self.origin),
            selection: Arc::clone(&self.selection),
            transport: Arc::clone(transport),
        }
    }

    /// Returns the outputs that events reported, by node, and the half characters in them.
    pub(crate) fn outputs(&self) -> (Map, Halves) {
        let state = self.lock();
        (state.outputs.to_map(), state.outputs.halves().clone())
    }
}

/// Reads the data of a frequent event that was parsed like any other event.
fn node_data(data: &Value) -> NodeData<'_> {
    NodeData {
        prompt_id: json::text(data, "prompt_id"),
        node: json::text(data, "node"),
        display_node: json::text(data, "display_node"),
        value: json::number(data, "value").unwrap_or_default(),
        max: json::number(data, "max").unwrap_or_default(),
    }
}

fn progress(data: NodeData<'_>) -> Event {
    Event::Progress { node: data.node.unwrap_or_default().to_owned(), value: data.value, max: data.max }
}

impl State {
    fn new() -> Self {
        Self {
            started: false,
            position: None,
            node: None,
            hint: None,
            outputs: Reported::default(),
            last_activity: Instant::now(),
            cancellation: Cancellation::No,
            connection: 0,
            first_reader: None,
            readers: Vec::new(),
            ending: None,
        }
    }

    /// Handles the start of a node, or, without a node, the end of the run.
    fn executing(&mut self, data: NodeData<'_>) -> Option<Event> {
        let Some(node) = data.node else {
            self.hint.get_or_insert(EndHint::Ended);
            return None;
        };
        self.started = true;
        self.node = Some(node.to_owned());
        let display_node = data.display_node.unwrap_or(node).to_owned();
        Some(Event::Executing { node: node.to_owned(), display_node })
    }

    fn publish(&mut self, event: &Event) {
        self.readers.retain(|reader| match reader.upgrade() {
            Some(reader) => {
                reader.push(event.clone());
                true
            }
            None => false,
        });
    }
}
