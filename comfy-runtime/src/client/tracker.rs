//! What was heard of one run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use comfy_schema::Value;
use tokio::sync::Notify;

use super::ending::{Ending, ExecutionError};
use super::event::{Event, Preview};
use super::frame::{Brief, Frame};
use super::json;
use super::mailbox::{Events, Mailbox};
use super::origin::{NodeInfo, Origin};

/// A class whose pictures are results, and come over the socket only.
const IMAGES_BY_SOCKET: &str = "SaveImageWebsocket";

/// What was heard of one run, and who wants to hear it.
#[derive(Debug)]
pub(crate) struct Tracker {
    pub(crate) prompt_id: String,
    pub(crate) origin: Arc<Origin>,
    /// There is reason to ask the server at once.
    pub(crate) wake: Notify,
    heard: Mutex<Heard>,
}

#[derive(Debug)]
struct Heard {
    started: bool,
    position: Option<usize>,
    node: Option<String>,
    hint: Option<Hint>,
    outputs: HashMap<String, Value>,
    last_sign: Instant,
    /// The server said that it cancelled the run, because this program asked for it.
    cancelled: bool,
    /// The connection that brought the last event.
    link: u64,
    /// Holds the events until somebody reads them.
    first: Option<Arc<Mailbox>>,
    readers: Vec<Weak<Mailbox>>,
    ending: Option<Ending>,
}

/// What the socket said of the run's end. Only the server's history decides.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hint {
    Success,
    Error(Value),
    Interrupted(Value),
    /// `executing` with no node: the history has it.
    Over,
}

impl Tracker {
    pub(crate) fn new(prompt_id: String, origin: Arc<Origin>) -> Self {
        let first = Arc::new(Mailbox::default());
        let heard = Heard {
            started: false,
            position: None,
            node: None,
            hint: None,
            outputs: HashMap::new(),
            last_sign: Instant::now(),
            cancelled: false,
            link: 0,
            readers: vec![Arc::downgrade(&first)],
            first: Some(first),
            ending: None,
        };
        Self { prompt_id, origin, wake: Notify::new(), heard: Mutex::new(heard) }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in a frame that is about this run, from the connection of this number.
    pub(crate) fn hear(&self, frame: Frame<'_>, link: u64) {
        let mut heard = self.lock();
        heard.link = link;
        heard.last_sign = Instant::now();
        let event = match frame {
            Frame::Progress(brief) => Some(progress(brief)),
            Frame::Executing(brief) => heard.executing(brief),
            Frame::Event { kind, data } => self.event(&mut heard, kind, data),
            Frame::Picture { format, about, bytes } => {
                let node = about.node.or_else(|| heard.node.clone());
                let is_result = node.as_deref().and_then(|id| self.origin.class(id)) == Some(IMAGES_BY_SOCKET);
                let preview = Preview { node, format, bytes };
                Some(if is_result { Event::Image(preview) } else { Event::Preview(preview) })
            }
            Frame::Text { node, text } => Some(Event::Text { node, text }),
            // The first repeats what `progress` and `executing` say, for all nodes every time.
            Frame::State { .. } | Frame::Unknown(_) => None,
        };
        if let Some(event) = event {
            heard.tell(&event);
        }
        if heard.hint.is_some() {
            self.wake.notify_one();
        }
    }

    fn event(&self, heard: &mut Heard, kind: String, data: Value) -> Option<Event> {
        let node = || json::string(&data, "node").unwrap_or_default();
        Some(match kind.as_str() {
            "execution_start" => {
                if heard.started {
                    return None;
                }
                heard.started = true;
                Event::Started
            }
            "execution_cached" => Event::Cached { nodes: json::strings(json::get(&data, "nodes")) },
            "executing" => return heard.executing(brief(&data)),
            "progress" => progress(brief(&data)),
            "progress_state" => return None,
            "executed" => {
                let output = json::get(&data, "output").cloned().unwrap_or(Value::Null);
                heard.outputs.insert(node(), output.clone());
                Event::Executed { node: node(), output }
            }
            "execution_error" => {
                // A branch that was blocked ends nothing.
                if json::text(&data, "exception_type") == Some("ExecutionBlocked") {
                    Event::Blocked(ExecutionError::read(&self.prompt_id, &data, &self.origin))
                } else {
                    heard.hint = Some(Hint::Error(data));
                    return None;
                }
            }
            "execution_interrupted" => {
                heard.hint = Some(Hint::Interrupted(data));
                return None;
            }
            "execution_success" => {
                heard.hint = Some(Hint::Success);
                return None;
            }
            _ => Event::Unknown { kind, data },
        })
    }

    /// The server says that it waits, with so many before it.
    pub(crate) fn queued(&self, position: usize) {
        let mut heard = self.lock();
        if !heard.started && heard.position != Some(position) {
            heard.position = Some(position);
            heard.last_sign = Instant::now();
            heard.tell(&Event::Queued { position });
        }
    }

    /// The server says that it is running.
    pub(crate) fn running(&self) {
        let mut heard = self.lock();
        if !heard.started {
            heard.started = true;
            heard.last_sign = Instant::now();
            heard.tell(&Event::Started);
        }
    }

    /// Notes how it ended, and tells. Whoever asks later gets the same.
    pub(crate) fn end(&self, ending: Ending) {
        let mut heard = self.lock();
        if heard.ending.is_none() {
            heard.tell(&ending.clone().into());
            heard.ending = Some(ending);
        }
    }

    pub(crate) fn ending(&self) -> Option<Ending> {
        self.lock().ending.clone()
    }

    /// A reader. The first one gets all events from the beginning, a later one those from now on.
    pub(crate) fn events(&self) -> Events {
        let mut heard = self.lock();
        if let Some(first) = heard.first.take() {
            return Events::of(first);
        }
        let mailbox = Arc::new(Mailbox::default());
        match &heard.ending {
            Some(ending) => mailbox.put(ending.clone().into()),
            None => heard.readers.push(Arc::downgrade(&mailbox)),
        }
        Events::of(mailbox)
    }

    /// Nobody is going to read the events.
    pub(crate) fn unread(&self) {
        self.lock().first = None;
    }

    pub(crate) fn started(&self) -> bool {
        self.lock().started
    }

    /// The server said that it cancelled the run.
    pub(crate) fn set_cancelled(&self) {
        self.lock().cancelled = true;
        self.wake.notify_one();
    }

    pub(crate) fn cancelled(&self) -> bool {
        self.lock().cancelled
    }

    pub(crate) fn hint(&self) -> Option<Hint> {
        self.lock().hint.clone()
    }

    pub(crate) fn last_sign(&self) -> Instant {
        self.lock().last_sign
    }

    /// The connection that brought the last event; 0 if there was none.
    pub(crate) fn last_link(&self) -> u64 {
        self.lock().link
    }

    /// The last node that was heard of.
    pub(crate) fn last_node(&self) -> Option<NodeInfo> {
        self.lock().node.as_deref().map(|id| self.origin.node(id))
    }

    /// The results that were heard of, by node.
    pub(crate) fn outputs(&self) -> HashMap<String, Value> {
        self.lock().outputs.clone()
    }
}

/// What an event of a frequent kind says that was read as any other.
fn brief(data: &Value) -> Brief<'_> {
    Brief {
        prompt_id: json::text(data, "prompt_id"),
        node: json::text(data, "node"),
        display_node: json::text(data, "display_node"),
        value: json::number(data, "value").unwrap_or_default(),
        max: json::number(data, "max").unwrap_or_default(),
    }
}

fn progress(brief: Brief<'_>) -> Event {
    Event::Progress { node: brief.node.unwrap_or_default().to_owned(), value: brief.value, max: brief.max }
}

impl Heard {
    /// A node begins; without a node, the run is over.
    fn executing(&mut self, brief: Brief<'_>) -> Option<Event> {
        let Some(node) = brief.node else {
            self.hint.get_or_insert(Hint::Over);
            return None;
        };
        self.started = true;
        self.node = Some(node.to_owned());
        let display_node = brief.display_node.unwrap_or(node).to_owned();
        Some(Event::Executing { node: node.to_owned(), display_node })
    }

    fn tell(&mut self, event: &Event) {
        self.readers.retain(|reader| match reader.upgrade() {
            Some(reader) => {
                reader.put(event.clone());
                true
            }
            None => false,
        });
    }
}
