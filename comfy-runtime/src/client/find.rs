//! Finds a prompt in the server's queue and history.

use comfy_schema::Value;
use tokio::time::Instant;

use super::acceptance::Acceptance;
use super::call::check_route;
use super::error::Error;
use super::inner::Inner;
use super::json;
use super::status::{history_entry, queue_item};

/// A prompt that the server's queue or history has.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) prompt_id: String,
    /// The item of the queue: number, id, prompt, extra data, outputs. It is `null` if the history lacks it.
    item: Value,
    /// The time before which the server was asked for the prompt.
    at: Instant,
    /// The connection that was open at that time; 0 if none was.
    connection: u64,
}

impl Found {
    fn part(&self, index: usize) -> Option<&Value> {
        json::array(Some(&self.item)).get(index).filter(|part| !part.is_null())
    }

    pub(crate) fn number(&self) -> Option<&Value> {
        self.part(0)
    }

    /// Returns the workflow as the server stores it.
    pub(crate) fn workflow(&self) -> Option<&Value> {
        self.part(2)
    }

    /// Returns the id of the client to which the server sends the events of the prompt.
    pub(crate) fn client_id(&self) -> Option<&str> {
        json::text(self.part(3)?, "client_id")
    }

    /// Returns the ids of the outputs that the server accepted.
    pub(crate) fn outputs(&self) -> Option<Vec<String>> {
        self.part(4).map(|outputs| json::strings(Some(outputs)))
    }

    /// Returns what the client knows about the acceptance of the prompt.
    pub(crate) fn acceptance(&self) -> Acceptance {
        Acceptance {
            at: self.at,
            connection: self.connection,
            client_id: self.client_id().map(str::to_owned),
            number: self.number().cloned(),
            // A number of one's own has a fraction as the server writes it, and that of a prompt in front is negative.
            is_counted: true,
        }
    }
}

impl Inner {
    /// Looks for a prompt in the queue, then in the history, and then in the queue again: a prompt that was submitted
    /// between the first two requests is in the queue then.
    pub(crate) async fn find(&self, prompt_id: &str) -> Result<Option<Found>, Error> {
        // The queue could be searched for any id, but not the history.
        check_route([prompt_id])?;
        if let Some(found) = self.find_in_queue(prompt_id).await? {
            return Ok(Some(found));
        }
        let found = |item| Found { prompt_id: prompt_id.to_owned(), item, at: Instant::now(), connection: 0 };
        if let Some(entry) = history_entry(&self.transport, prompt_id).await? {
            return Ok(Some(found(json::get(&entry, "prompt").cloned().unwrap_or(Value::Null))));
        }
        self.find_in_queue(prompt_id).await
    }

    async fn find_in_queue(&self, prompt_id: &str) -> Result<Option<Found>, Error> {
        let (connection, at) = (self.hub.connection(), Instant::now());
        let item = queue_item(&self.transport, prompt_id).await?;
        Ok(item.map(|item| Found {
            prompt_id: prompt_id.to_owned(),
            item,
            at,
            connection: if connection.is_open { connection.number } else { 0 },
        }))
    }
}
