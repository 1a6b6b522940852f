//! Cancels a prompt on the server.

use comfy_schema::Value;
use tokio::time::Instant;

use super::error::Error;
use super::inner::Inner;
use super::json;
use super::tracker::Cancellation;

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

async fn request_cancellation(inner: &Inner, prompt_id: &str) -> Result<bool, Error> {
    let transport = &inner.transport;
    match transport.post(["jobs", prompt_id, "cancel"]).below_api().repeatable().json().await {
        Ok(response) => Ok(json::get(&response, "cancelled").and_then(Value::as_bool).unwrap_or(false)),
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
