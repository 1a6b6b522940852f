//! Attaches to the run of a prompt that was submitted before.

use std::sync::Arc;

use super::Client;
use super::error::Error;
use super::find::Found;
use super::origin::Origin;
use super::prompt::Prompt;
use super::run::Run;
use super::selection::Selection;
use super::tracker::Tracker;
use crate::workflow::Workflow;

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
        Run::start(&self.inner, tracker, found.acceptance(), None, false)
    }
}
