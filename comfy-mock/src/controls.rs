//! What single nodes are told to do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use comfy_schema::Value;

use crate::sync::lock;

/// What a node is told to do.
#[derive(Debug, Clone, Default)]
pub(crate) struct Behaviour {
    pub(crate) outcome: Outcome,
    pub(crate) duration: Option<Duration>,
    /// The UI output to give instead of its own.
    pub(crate) output: Option<Value>,
    /// A text to send as a binary frame when it starts.
    pub(crate) text: Option<String>,
}

/// How a node ends.
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

/// Behaviour by class or id.
#[derive(Debug, Default)]
pub(crate) struct Controls {
    behaviours: Mutex<HashMap<String, Behaviour>>,
}

impl Controls {
    /// What the node was told; the id counts before the class.
    pub(crate) fn of(&self, node_id: &str, class: &str) -> Behaviour {
        let behaviours = lock(&self.behaviours);
        behaviours.get(&format!("#{node_id}")).or_else(|| behaviours.get(class)).cloned().unwrap_or_default()
    }
}

/// A node of a [`Server`](crate::Server), to tell it what to do from its next execution on.
///
/// A node whose result is in the cache is not executed, here as on a real server: change an input, or
/// [forget the cache](crate::Server::forget_cache).
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

    /// It raises a `RuntimeError` with this message.
    pub fn fail(&self, message: &str) -> &Self {
        self.fail_with("RuntimeError", message)
    }

    /// It raises this exception, named as Python does: `ValueError`, `torch.OutOfMemoryError`.
    pub fn fail_with(&self, exception: &str, message: &str) -> &Self {
        let outcome = Outcome::Fails { exception: exception.to_owned(), message: message.to_owned() };
        self.set(|behaviour| behaviour.outcome = outcome)
    }

    /// It starts and does not end; an interrupt ends it.
    pub fn hang(&self) -> &Self {
        self.set(|behaviour| behaviour.outcome = Outcome::Hangs)
    }

    /// It takes this long, whatever the server's [timing](crate::Timing) says.
    pub fn set_duration(&self, time: Duration) -> &Self {
        self.set(|behaviour| behaviour.duration = Some(time))
    }

    /// It gives this UI output (`{"text": ["…"]}`) instead of what it would.
    pub fn output(&self, output: Value) -> &Self {
        self.set(|behaviour| behaviour.output = Some(output))
    }

    /// It sends this text as a binary frame of type 3 when it starts, as nodes that report texts do.
    pub fn send_text(&self, text: &str) -> &Self {
        self.set(|behaviour| behaviour.text = Some(text.to_owned()))
    }

    /// It works again, as if nothing had been said.
    pub fn reset(&self) -> &Self {
        lock(&self.controls.behaviours).remove(&self.key);
        self
    }
}
