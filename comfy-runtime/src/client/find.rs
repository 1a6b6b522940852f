//! Finds a prompt in the server's queue and history, and attaches to its run.

use std::sync::Arc;
use std::time::Instant;

use comfy_schema::Value;

use super::error::Error;
use super::follow::Accepted;
use super::inner::Inner;
use super::origin::Origin;
use super::outputs::Selection;
use super::prompt::Prompt;
use super::run::Run;
use super::status::{history_entry, queue_item};
use super::tracker::Tracker;
use super::{Client, json};
use crate::workflow::Workflow;

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
    pub(crate) fn accepted(&self) -> Accepted {
        Accepted {
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

impl Client {
    /// Attaches to a run that was submitted before, by this program or another one, with this workflow. The run is
    /// followed in the background, and its outputs are found by the handles of the workflow.
    ///
    /// The workflow is compared with the prompt that the server has, in the form that the server gave it when it was
    /// accepted: with converted values and replaced classes. Titles are not compared.
    ///
    /// Events arrive only if the run was submitted with the [id](super::ClientBuilder::client_id) of this client.
    /// Otherwise the server is asked for its state at short intervals, so that events which only a WebSocket reports
    /// (`Progress`, `Executing`, previews) are missing; `Queued`, `Started` and the last event are not.
    ///
    /// # Errors
    ///
    /// Returns [`Error::UnknownRun`] if neither the queue nor the history has the prompt, [`Error::Different`] if it has
    /// another workflow, and [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call fails.
    pub async fn attach<T>(&self, workflow: &Workflow<T>, prompt_id: &str) -> Result<Run, Error> {
        let found = self.find(prompt_id).await?;
        let prompt = Prompt::new(workflow);
        if let Some(difference) = prompt.differs(&self.inner, &found).await? {
            return Err(Error::Different(Box::new(difference)));
        }
        Ok(self.follow(&found, prompt.origin))
    }

    /// Attaches to a run that was submitted before, by this program or another one. Its outputs are found by the ids of
    /// nodes.
    ///
    /// See [`attach`](Self::attach) for the events that arrive.
    ///
    /// # Errors
    ///
    /// Returns [`Error::UnknownRun`] if neither the queue nor the history has the prompt, and [`Error::Transport`],
    /// [`Error::Status`] or [`Error::InvalidResponse`] if a call fails.
    pub async fn attach_id(&self, prompt_id: &str) -> Result<Run, Error> {
        let found = self.find(prompt_id).await?;
        let workflow = found.workflow().and_then(|workflow| Workflow::from_json(&workflow.to_string()).ok());
        let origin = workflow.as_ref().map_or_else(Origin::default, Origin::new);
        Ok(self.follow(&found, Arc::new(origin)))
    }

    async fn find(&self, prompt_id: &str) -> Result<Found, Error> {
        self.inner.start_listening();
        let unknown = || Error::UnknownRun { prompt_id: prompt_id.to_owned() };
        self.inner.find(prompt_id).await?.ok_or_else(unknown)
    }

    fn follow(&self, found: &Found, origin: Arc<Origin>) -> Run {
        let tracker = Arc::new(Tracker::new(found.prompt_id.clone(), origin, Selection::default()));
        self.inner.hub.add(&tracker);
        Run::start(&self.inner, tracker, found.accepted(), None, false)
    }
}
