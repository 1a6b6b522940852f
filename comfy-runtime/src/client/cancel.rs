//! Cancels a prompt on the server.

use comfy_schema::Value;
use tokio::time::Instant;

use super::Client;
use super::call_name::CallName;
use super::error::Error;
use super::inner::Inner;
use super::json;
use super::prompt::Prompt;
use super::shape::unexpected;
use super::tracker::Cancellation;
use crate::workflow::Workflow;

/// Cancels one prompt, whether it waits or runs. Returns whether there was anything to cancel. The runs of the client
/// learn that it was this client that cancelled them.
pub(crate) async fn cancel(inner: &Inner, prompt_id: &str) -> Result<bool, Error> {
    let mark = |cancellation| {
        inner.hub.runs_of(prompt_id).iter().for_each(|tracker| tracker.set_cancellation(cancellation));
    };
    // The request may have an effect even if the response is lost.
    mark(Cancellation::Asked);
    let cancelled = request_cancellation(inner, prompt_id).await?;
    if cancelled {
        mark(Cancellation::Confirmed);
    }
    Ok(cancelled)
}

impl Client {
    /// Cancels the prompt of a submission that the server has not answered yet. Returns whether there was anything to
    /// cancel.
    ///
    /// The prompt is looked for by the id that was sent. If the server does not know that, because it gives prompts ids
    /// of its own, the events of the prompt tell the id, as soon as it has started. That works while this client waits
    /// for the answer to this submission and to no other one, so that the future of the submission must not be dropped.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call fails.
    pub async fn cancel_unanswered<T>(&self, workflow: &Workflow<T>, prompt_id: &str) -> Result<bool, Error> {
        if cancel(&self.inner, prompt_id).await? {
            return Ok(true);
        }
        let connection = self.inner.hub.connection();
        let client_id = connection.sid.as_deref().unwrap_or(&self.inner.client_id);
        match Prompt::new(workflow).find_by_events(&self.inner, client_id).await? {
            Some(found) => cancel(&self.inner, &found.prompt_id).await,
            None => Ok(false),
        }
    }
}

/// Reads the answer to a cancellation.
pub(super) fn is_cancelled(call: &CallName, response: &Value) -> Result<bool, Error> {
    let cancelled = json::get(response, "cancelled").and_then(Value::as_bool);
    cancelled.ok_or_else(|| unexpected(call, response, "an object with the boolean `cancelled`"))
}

async fn request_cancellation(inner: &Inner, prompt_id: &str) -> Result<bool, Error> {
    let transport = &inner.transport;
    let call = transport.post(["jobs", prompt_id, "cancel"]).below_api().repeatable();
    let name = call.name();
    match call.json().await {
        Ok(response) => is_cancelled(&name, &response),
        // The server does not have the routes of jobs. It may also ignore the id of an interrupt, so the interrupt is
        // sent only if this prompt runs.
        Err(Error::Status { status: 404 | 405, .. }) => {
            let id = || Value::from(prompt_id);
            let delete = json::object([("delete", Value::Array(vec![id()]))]);
            let before = inner.queue.snapshot(transport, Instant::now()).await?;
            transport.post(["queue"]).json_body(&delete).repeatable().no_body().await?;
            let after = inner.queue.snapshot(transport, Instant::now()).await?;
            if after.is_running(prompt_id) {
                transport.post(["interrupt"]).json_body(&json::object([("prompt_id", id())])).no_body().await?;
            }
            Ok(before.contains(prompt_id))
        }
        Err(error) => Err(error),
    }
}
