//! The entry points of the project's fuzz targets, which feed what a server sends to the readers of the client.
//!
//! They exist only with the feature `__fuzz`, and are not part of the public API.

use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use comfy_schema::Value;
use comfy_schema::server::redaction::Redaction;
use futures_core::Stream as _;
use tokio::time::Instant;

use super::builder::ClientBuilder;
use super::call_name::CallName;
use super::ending::{Deletion, Ending};
use super::halves::Halves;
use super::hub::Hub;
use super::json_reader::{self, JsonReader};
use super::limits::JsonBounds;
use super::origin::Origin;
use super::response;
use super::routes::{HistoryEntry, Queue};
use super::selection::Selection;
use super::status::{self, QueueSnapshot};
use super::strays::Received;
use super::tracker::Tracker;
use super::transport::Transport;
use crate::workflow::Workflow;

/// The id of the run whose frames and documents are read.
const PROMPT_ID: &str = "p";

/// The workflow of the run. The images of its first node are results.
const WORKFLOW: &str = r#"{
    "1": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["2", 0]}},
    "2": {"class_type": "KSampler", "inputs": {"seed": 1}}
}"#;

/// The transport of results. Nothing is sent over it.
static TRANSPORT: LazyLock<Option<Arc<Transport>>> =
    LazyLock::new(|| Transport::new(&ClientBuilder::new("http://127.0.0.1:1")).ok().map(Arc::new));

/// A frame of the WebSocket.
#[derive(Debug, Clone, Copy)]
pub enum Message<'m> {
    /// A text frame.
    Text(&'m str),
    /// A binary frame.
    Binary(&'m [u8]),
}

/// Delivers frames to a run as the socket does, and returns the number of events that a reader receives.
pub fn frames<'m>(messages: impl IntoIterator<Item = Message<'m>>) -> usize {
    let tracker = tracker();
    let mut events = tracker.events();
    let hub = Hub::new(Redaction::default());
    hub.add(&tracker);
    for message in messages {
        hub.receive(&match message {
            Message::Text(text) => Received::Text(text.into()),
            Message::Binary(bytes) => Received::Binary(Bytes::copy_from_slice(bytes)),
        });
    }
    _ = (tracker.hint(), tracker.last_node(), tracker.outputs());
    tracker.set_ending(Ending::Deleted(Deletion::new(PROMPT_ID, false)));
    let mut context = Context::from_waker(Waker::noop());
    let mut count = 0;
    while let Poll::Ready(Some(_)) = Pin::new(&mut events).poll_next(&mut context) {
        count += 1;
    }
    count
}

/// Reads a response of `GET /history` or `GET /history/{id}`, and returns the number of its entries.
pub fn history(document: &[u8]) -> usize {
    let Ok(Value::Object(entries)) = response::parse("GET /history", document) else { return 0 };
    let tracker = tracker();
    for (_, entry) in &entries {
        _ = HistoryEntry::read(entry.clone());
        let Some(transport) = &*TRANSPORT else { continue };
        let ending = status::ending(transport, &tracker, entry, Halves::default());
        if let Ending::Finished(done) = &ending {
            _ = (done.all_files(), done.images("1"), done.text("2"));
        }
        _ = format!("{ending:?}");
        if let Ending::Failed(error) = &ending {
            _ = error.to_string();
        }
    }
    entries.len()
}

/// Reads a response of `GET /queue`, and returns the number of prompts in it.
pub fn queue(document: &[u8]) -> usize {
    let reader = JsonReader::new("GET /queue", JsonBounds::queue(), &status::skips_in_queue);
    let call = CallName::new("GET /queue".to_owned(), &Redaction::default());
    let Ok(kept) = json_reader::read(reader, document) else { return 0 };
    if let Ok(snapshot) = QueueSnapshot::read(&call, kept, Instant::now()) {
        _ = (snapshot.status(PROMPT_ID), snapshot.item(PROMPT_ID), snapshot.other(PROMPT_ID));
    }
    let Ok(document) = response::parse("GET /queue", document) else { return 0 };
    let Ok(queue) = Queue::read(&call, document) else { return 0 };
    queue.running.len() + queue.pending.len()
}

fn tracker() -> Arc<Tracker> {
    let origin = Workflow::from_json(WORKFLOW).map(|workflow| Origin::new(&workflow)).unwrap_or_default();
    Arc::new(Tracker::new(PROMPT_ID.to_owned(), Arc::new(origin), Selection::default()))
}
