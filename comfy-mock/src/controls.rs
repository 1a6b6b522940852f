//! The behaviour that tests set for single nodes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_schema::Value;

use crate::sync::lock;

/// The behaviour that was set for a node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Behaviour {
    pub(crate) outcome: Outcome,
    /// The duration of the node; `None` for the one of the server's timing.
    pub(crate) duration: Option<Duration>,
    /// The UI output; `None` for the node's own.
    pub(crate) output: Option<Value>,
    /// A text to send as a binary frame when the node starts.
    pub(crate) text: Option<String>,
}

/// The outcome of a node's execution.
#[derive(Debug, Clone, Default)]
pub(crate) enum Outcome {
    #[default]
    Succeeds,
    Fails {
        exception: String,
        message: String,
    },
    Hangs,
}

/// The behaviours that were set. A key is a class, or `#` followed by a node id.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    behaviours: Mutex<HashMap<String, Behaviour>>,
}

impl Controls {
    /// Returns the behaviour of a node. A behaviour set for its id takes precedence over one set for its class.
    pub(crate) fn of(&self, node_id: &str, class: &str) -> Behaviour {
        let behaviours = lock(&self.behaviours);
        behaviours.get(&format!("#{node_id}")).or_else(|| behaviours.get(class)).cloned().unwrap_or_default()
    }
}

/// A handle that sets the behaviour of nodes of a [`Server`](crate::Server). A change takes effect at the next
/// execution of a node.
///
/// As on a real server, a node whose result is in the cache is not executed: change one of its inputs, or call
/// [`Server::forget_cache`](crate::Server::forget_cache).
#[derive(Debug)]
pub struct NodeControl {
    controls: Arc<Controls>,
    key: String,
}

impl NodeControl {
    pub(crate) const fn new(controls: Arc<Controls>, key: String) -> Self {
        Self { controls, key }
    }

    fn set(&self, change: impl FnOnce(&mut Behaviour)) -> &Self {
        change(lock(&self.controls.behaviours).entry(self.key.clone()).or_default());
        self
    }

    /// Makes the node raise a `RuntimeError` with this message.
    pub fn fail(&self, message: &str) -> &Self {
        self.fail_with("RuntimeError", message)
    }

    /// Makes the node raise this exception, named as Python names it: `ValueError`, `torch.OutOfMemoryError`.
    pub fn fail_with(&self, exception: &str, message: &str) -> &Self {
        let outcome = Outcome::Fails { exception: exception.to_owned(), message: message.to_owned() };
        self.set(|behaviour| behaviour.outcome = outcome)
    }

    /// Makes the node run until it is interrupted.
    pub fn hang(&self) -> &Self {
        self.set(|behaviour| behaviour.outcome = Outcome::Hangs)
    }

    /// Sets how long the node takes, whatever the server's [timing](crate::Timing) is.
    pub fn set_duration(&self, duration: Duration) -> &Self {
        self.set(|behaviour| behaviour.duration = Some(duration))
    }

    /// Sets the UI output of the node, such as `{"text": ["…"]}`, instead of its own.
    pub fn set_output(&self, output: Value) -> &Self {
        self.set(|behaviour| behaviour.output = Some(output))
    }

    /// Makes the node send a text as a binary frame of type 3 when it starts, as nodes that report progress texts do.
    pub fn send_text(&self, text: &str) -> &Self {
        self.set(|behaviour| behaviour.text = Some(text.to_owned()))
    }

    /// Removes everything that was set, so that the node has its own behaviour again.
    pub fn reset(&self) -> &Self {
        lock(&self.controls.behaviours).remove(&self.key);
        self
    }
}
