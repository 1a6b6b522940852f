//! What the client knows about the acceptance of a prompt by the server.

use comfy_schema::Value;
use tokio::time::Instant;

/// The acceptance of a prompt by the server, as far as it is known when the client begins to follow the run.
#[derive(Debug)]
pub(crate) struct Acceptance {
    /// The time of the acceptance, or the time at which the queue or the history had the run.
    pub(crate) at: Instant,
    /// The connection that was open at that time.
    pub(crate) connection: u64,
    /// The client id to which the server sends the events of the run; `None` if it sends them to nobody.
    pub(crate) client_id: Option<String>,
    /// The run's number in the queue as the server wrote it.
    pub(crate) number: Option<Value>,
    /// Whether the number is known to be the server's counter.
    pub(crate) is_counted: bool,
}
