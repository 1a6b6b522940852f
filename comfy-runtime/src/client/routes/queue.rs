//! The queue of the server: `/queue`, `GET /prompt`, `/interrupt` and `/free`.

use comfy_schema::{Map, Value};

use super::delete;
use crate::client::call_name::CallName;
use crate::client::cancel::cancel;
use crate::client::error::Error;
use crate::client::shape::unexpected;
use crate::client::status::queue_lists;
use crate::client::{Client, json};

/// The prompts that run and wait.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Queue {
    /// The prompt that runs; at most one.
    pub running: Vec<QueueItem>,
    /// The prompts that wait, in the order in which they will run.
    pub pending: Vec<QueueItem>,
    /// The whole response as the server sent it.
    pub raw: Value,
}

/// A prompt in the queue or the history.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct QueueItem {
    /// The number in the queue; lower numbers run first.
    pub number: f64,
    /// The prompt id.
    pub prompt_id: String,
    /// The workflow in API format as the server accepted it, with converted values and replaced nodes.
    pub prompt: Value,
    /// The `client_id`, the `create_time` in milliseconds since 1970, and the submitted extra data without keys and
    /// tokens.
    pub extra_data: Map,
    /// The ids of the output nodes that are executed, in no particular order.
    pub outputs: Vec<String>,
}

impl QueueItem {
    pub(super) fn read(item: &Value) -> Self {
        let parts = json::array(Some(item));
        let part = |at: usize| parts.get(at).unwrap_or(&Value::Null);
        Self {
            number: part(0).as_f64().unwrap_or_default(),
            prompt_id: json::id(part(1)).unwrap_or_default().into_owned(),
            prompt: part(2).clone(),
            extra_data: part(3).as_object().cloned().unwrap_or_default(),
            outputs: json::strings(parts.get(4)),
        }
    }
}

impl Queue {
    pub(in crate::client) fn read(call: &CallName, raw: Value) -> Result<Self, Error> {
        let [running, mut pending] =
            queue_lists(call, &raw, true)?.map(|items| items.iter().map(QueueItem::read).collect::<Vec<_>>());
        // The server lists waiting prompts in the order of its heap, not in the order in which they run.
        pending.sort_by(|a, b| a.number.total_cmp(&b.number).then_with(|| a.prompt_id.cmp(&b.prompt_id)));
        Ok(Self { running, pending, raw })
    }
}

impl Client {
    /// Returns the number of prompts that wait or run (`GET /prompt`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn queue_remaining(&self) -> Result<u64, Error> {
        let call = self.inner.transport.get(["prompt"]);
        let (name, response) = (call.name(), call.json().await?);
        let remaining = json::get(&response, "exec_info").and_then(|info| json::whole(info, "queue_remaining"));
        remaining.ok_or_else(|| unexpected(&name, &response, "an object with the number `exec_info.queue_remaining`"))
    }

    /// Returns the prompts that run and wait (`GET /queue`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn queue(&self) -> Result<Queue, Error> {
        let call = self.inner.transport.get(["queue"]);
        let name = call.name();
        Queue::read(&name, call.json().await?)
    }

    /// Removes these prompts from the queue if they wait (`POST /queue`).
    ///
    /// A prompt that runs is not affected, and unknown ids are ignored. [`cancel`](Self::cancel) also interrupts a
    /// prompt that runs.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn delete_pending(&self, prompt_ids: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), Error> {
        self.inner.transport.post(["queue"]).json_body(&delete(prompt_ids)).repeatable().no_body().await
    }

    /// Removes all prompts that wait from the queue, including those of other clients (`POST /queue`).
    ///
    /// A prompt that runs is not affected.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn clear_queue(&self) -> Result<(), Error> {
        self.inner.transport.post(["queue"]).json_body(&json::object([("clear", true.into())])).no_body().await
    }

    /// Interrupts the prompt with this id if it runs (`POST /interrupt` with an id).
    ///
    /// Old servers ignore the id and interrupt any prompt that runs; [`cancel`](Self::cancel) is safe with them, too.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn interrupt(&self, prompt_id: &str) -> Result<(), Error> {
        // With an empty id, the server would interrupt any prompt that runs.
        if prompt_id.is_empty() {
            return Ok(());
        }
        let body = json::object([("prompt_id", prompt_id.into())]);
        self.inner.transport.post(["interrupt"]).json_body(&body).no_body().await
    }

    /// Interrupts the prompt that runs, even if another client submitted it (`POST /interrupt` without an id).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn interrupt_any(&self) -> Result<(), Error> {
        self.inner.transport.post(["interrupt"]).json_body(&Map::new().into()).no_body().await
    }

    /// Cancels one prompt, whether it waits or runs (`POST /api/jobs/{id}/cancel`). Returns whether there was anything
    /// to cancel.
    ///
    /// On servers without this route it uses `POST /queue` and `POST /interrupt`.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn cancel(&self, prompt_id: &str) -> Result<bool, Error> {
        cancel(&self.inner, prompt_id).await
    }

    /// Unloads the models when the server is next idle (`POST /free`). Cached results are kept.
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn unload_models(&self) -> Result<(), Error> {
        self.free(json::object([("unload_models", true.into())])).await
    }

    /// Unloads the models and drops all cached results when the server is next idle (`POST /free`).
    ///
    /// # Errors
    ///
    /// Fails as [every route](crate::client::routes#errors) does.
    pub async fn free_memory(&self) -> Result<(), Error> {
        self.free(json::object([("unload_models", true.into()), ("free_memory", true.into())])).await
    }

    async fn free(&self, body: Value) -> Result<(), Error> {
        self.inner.transport.post(["free"]).json_body(&body).repeatable().no_body().await
    }
}
