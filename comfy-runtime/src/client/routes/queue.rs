//! `/queue`, `/prompt` (asked, not posted), `/interrupt` and `/free`.

use comfy_schema::{Map, Value};

use super::{delete, object};
use crate::client::error::Error;
use crate::client::{Client, json, run};

/// What runs and what waits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// What runs; one at most.
    pub running: Vec<QueueItem>,
    /// What waits, in the order in which it will run.
    pub pending: Vec<QueueItem>,
    /// All that the server said.
    pub raw: Value,
}

/// A prompt in the queue or the history.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct QueueItem {
    /// Its number: lower ones run first.
    pub number: f64,
    /// Its id.
    pub prompt_id: String,
    /// The workflow as the server took it: values converted, nodes replaced.
    pub prompt: Value,
    /// `client_id`, `create_time` (ms), and what was sent along, keys and tokens left out.
    pub extra_data: Map,
    /// The output nodes that it runs for, in no order.
    pub outputs: Vec<String>,
}

impl QueueItem {
    pub(super) fn read(item: &Value) -> Self {
        let parts = json::array(Some(item));
        let part = |at: usize| parts.get(at).unwrap_or(&Value::Null);
        Self {
            number: part(0).as_f64().unwrap_or_default(),
            prompt_id: part(1).as_str().unwrap_or_default().to_owned(),
            prompt: part(2).clone(),
            extra_data: part(3).as_object().cloned().unwrap_or_default(),
            outputs: json::strings(parts.get(4)),
        }
    }
}

impl Queue {
    fn read(raw: Value) -> Self {
        let items = |key| json::array(json::get(&raw, key)).iter().map(QueueItem::read).collect::<Vec<_>>();
        let running = items("queue_running");
        // The server answers with a heap as it lies in memory.
        let mut pending = items("queue_pending");
        pending.sort_by(|a, b| a.number.total_cmp(&b.number).then_with(|| a.prompt_id.cmp(&b.prompt_id)));
        Self { running, pending, raw }
    }
}

impl Client {
    /// `GET /prompt`: how many prompts wait and run.
    pub async fn queue_remaining(&self) -> Result<u64, Error> {
        let call = self.inner.transport.get(["prompt"]);
        let (name, answer) = (call.name(), call.json().await?);
        json::at(&answer, &["exec_info"])
            .and_then(|info| json::whole(info, "queue_remaining"))
            .ok_or_else(|| Error::Answer { call: name, why: "it says no `exec_info.queue_remaining`".into() })
    }

    /// `GET /queue`: what runs and what waits.
    pub async fn queue(&self) -> Result<Queue, Error> {
        let call = self.inner.transport.get(["queue"]);
        let members = object(&call.name(), call.json().await?)?;
        Ok(Queue::read(Value::Object(members)))
    }

    /// `POST /queue`: takes these prompts from the queue, if they wait. What runs goes on, and ids that are not there
    /// are no error. [`cancel`](Self::cancel) also interrupts what runs.
    pub async fn delete_pending(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), Error> {
        self.inner.transport.post(["queue"]).json_body(&delete(prompt_ids)).repeatable().done().await
    }

    /// `POST /queue`: takes all that waits from the queue, other clients' prompts too. What runs goes on.
    pub async fn clear_queue(&self) -> Result<(), Error> {
        self.inner.transport.post(["queue"]).json_body(&json::object([("clear", true.into())])).done().await
    }

    /// `POST /interrupt` with an id: interrupts this prompt if it runs now, and nothing else.
    ///
    /// Servers from before this key interrupt whatever runs. [`cancel`](Self::cancel) is safe with them too.
    pub async fn interrupt(&self, prompt_id: &str) -> Result<(), Error> {
        // Without an id the server would interrupt anything.
        if prompt_id.is_empty() {
            return Ok(());
        }
        let body = json::object([("prompt_id", prompt_id.into())]);
        self.inner.transport.post(["interrupt"]).json_body(&body).done().await
    }

    /// `POST /interrupt` without an id: interrupts whatever runs, whosever it is.
    pub async fn interrupt_any(&self) -> Result<(), Error> {
        self.inner.transport.post(["interrupt"]).json_body(&Map::new().into()).done().await
    }

    /// Cancels one prompt, whether it waits or runs: `POST /api/jobs/{id}/cancel`, and on servers without jobs what is
    /// left. `false` if there was nothing to cancel.
    pub async fn cancel(&self, prompt_id: &str) -> Result<bool, Error> {
        run::cancel(&self.inner, prompt_id).await
    }

    /// `POST /free`: unloads the models, when the server is next idle. Cached results stay.
    pub async fn unload_models(&self) -> Result<(), Error> {
        self.free(json::object([("unload_models", true.into())])).await
    }

    /// `POST /free`: unloads the models and forgets all cached results, when the server is next idle.
    pub async fn free_memory(&self) -> Result<(), Error> {
        self.free(json::object([("unload_models", true.into()), ("free_memory", true.into())])).await
    }

    async fn free(&self, what: Value) -> Result<(), Error> {
        self.inner.transport.post(["free"]).json_body(&what).repeatable().done().await
    }
}
