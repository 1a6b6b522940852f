//! A workflow with the options of its submission, and the ways to submit it.

use std::fmt;
use std::sync::Arc;

use comfy_schema::Value;
use uuid::Uuid;

use super::acceptance::Acceptance;
use super::attempts::Attempts;
use super::error::Error;
use super::find::Found;
use super::inner::Inner;
use super::outputs::Done;
use super::prompt::Prompt;
use super::rejection::{DroppedOutputs, NodeProblem};
use super::resubmit::Resubmission;
use super::run::Run;
use super::selection::Selection;
use super::tracker::Tracker;
use crate::key::NodeKey;
use crate::workflow::Workflow;

/// A workflow that was not sent yet, with its options; [`Client::submission`](super::Client::submission) creates one.
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow) -> Result<(), comfy_runtime::client::Error> {
/// let done = client.submission(&workflow).front().cancel_on_drop().run().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `submit` or `run`"]
pub struct Submission<'c> {
    prompt: Prompt,
    options: Options<'c>,
    /// The error of the first target that is not a node of the workflow.
    wrong_target: Option<Error>,
}

/// A run that the server accepted, as a whole or in part.
#[derive(Debug)]
#[must_use = "the server may have dropped outputs"]
pub enum Accepted {
    /// The server accepted the whole workflow.
    Complete(Run),
    /// The server dropped invalid outputs and accepted the others.
    #[non_exhaustive]
    Partial {
        /// The run of the accepted outputs.
        run: Run,
        /// The dropped outputs and their errors.
        dropped: DroppedOutputs,
    },
}

impl Accepted {
    /// Returns the run if the server accepted the whole workflow, and cancels it otherwise.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Partial`] if the server dropped outputs. If the accepted outputs could not be cancelled,
    /// [`DroppedOutputs::cancel_error`] says why.
    pub async fn complete(self) -> Result<Run, Error> {
        match self {
            Self::Complete(run) => Ok(run),
            Self::Partial { run, mut dropped } => {
                dropped.cancel_error = run.cancel().await.err().map(|error| error.to_string());
                Err(Error::Partial(Box::new(dropped)))
            }
        }
    }

    /// Returns the run of the outputs that the server accepted, whether or not it dropped others.
    pub fn into_run(self) -> Run {
        match self {
            Self::Complete(run) | Self::Partial { run, .. } => run,
        }
    }
}

impl<'c> Submission<'c> {
    pub(crate) fn new<T>(inner: &'c Arc<Inner>, workflow: &Workflow<T>) -> Self {
        let options = Options { inner, prompt_id: None, cancel_on_drop: false, resubmissions: 0 };
        Self { prompt: Prompt::new(workflow), options, wrong_target: None }
    }

    /// Sets the id of the run; defaults to a new one.
    ///
    /// If an earlier run had the same id, the new run replaces it in the history.
    pub fn prompt_id(mut self, id: Uuid) -> Self {
        self.options.prompt_id = Some(id);
        self
    }

    /// Sets the number of the run in the queue, where lower numbers run first; by default the server counts up from 0.
    pub fn number(mut self, number: f64) -> Self {
        self.prompt.number = Some(number);
        self
    }

    /// Puts the run in front of all waiting runs.
    pub fn front(mut self) -> Self {
        self.prompt.front = true;
        self
    }

    /// Runs only these output nodes, given by handle or id, and the nodes that they need.
    pub fn targets<K: NodeKey>(mut self, nodes: impl IntoIterator<Item = K>) -> Self {
        let ids: Result<Vec<String>, _> = nodes.into_iter().map(|node| self.prompt.origin.resolve(&node)).collect();
        match ids {
            Ok(ids) => self.prompt.targets = Some(ids),
            Err(unknown) => self.wrong_target = Some(Error::NoSuchNode(unknown)),
        }
        self
    }

    /// Sets a key of `extra_data`, such as `preview_method` (`auto`, `none`, `latent2rgb`, `taesd`) or one that a
    /// custom node reads.
    pub fn extra(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.prompt.extra.insert(key, value.into());
        self
    }

    /// Attaches the UI-format workflow that the server saves into images, so that they can be opened in the editor.
    pub fn editor_workflow(mut self, workflow: Value) -> Self {
        self.prompt.editor_workflow = Some(workflow);
        self
    }

    /// Cancels the run when its [`Run`] is dropped before the end.
    pub fn cancel_on_drop(mut self) -> Self {
        self.options.cancel_on_drop = true;
        self
    }

    /// Sets how many times the workflow is submitted again if the server loses the run by a restart; defaults to 0.
    ///
    /// A run that is followed goes on with [`Event::Resubmitted`](super::Event::Resubmitted), the new id, and the events
    /// of the new run. A run that someone removed from the queue, or that this program cancelled, is not submitted again.
    /// If the server rejects the workflow or drops outputs of it now, the run ends as [lost](super::Ending::Lost) with
    /// that reason.
    ///
    /// If a node has effects outside of the server, they may then happen twice.
    pub fn resubmit_lost(mut self, times: u32) -> Self {
        self.options.resubmissions = times;
        self
    }

    /// Sets the handle that ends the attempts to submit the workflow. It is not part of the public API.
    #[doc(hidden)]
    pub fn attempts(mut self, attempts: Attempts) -> Self {
        self.prompt.attempts = attempts;
        self
    }

    /// Submits the workflow; the run is followed in the background.
    ///
    /// The request is repeated only if it did not arrive: no connection was made, or the server responded with status
    /// 429, or with 503 and does not have the prompt. If the response is lost, the client looks in the server's queue and
    /// history whether the workflow was accepted.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Rejected`] if the workflow is invalid, [`Error::NoSuchNode`] if a [target](Self::targets) is
    /// not a node of the workflow, [`Error::Unconfirmed`] if it is unknown whether the server accepted the workflow,
    /// and [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call fails.
    pub async fn submit(self) -> Result<Accepted, Error> {
        let (prompt, options) = self.checked()?;
        options.submit(&prompt).await
    }

    /// Attaches to the run with the [`prompt_id`](Self::prompt_id), or submits the workflow if the server does not know
    /// that id.
    ///
    /// A program that chooses an id, stores it and calls this method does not run its workflow twice when it is started
    /// again. The server is asked for the id before the workflow is sent: first its queue, then its history, and then
    /// its queue again. As long as the server runs, it remembers about 10,000 runs. Without an id this is the same as
    /// [`submit`](Self::submit).
    ///
    /// Two programs that do this at the same time may both find that the id is unknown. A server that gives prompts ids
    /// of its own does not know the id either; attach to [`Run::prompt_id`] there.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Different`] if the server has a prompt of that id with another workflow, and the errors of
    /// [`submit`](Self::submit).
    pub async fn attach_or_submit(self) -> Result<Accepted, Error> {
        let (prompt, options) = self.checked()?;
        if let Some(id) = options.prompt_id {
            options.inner.start_listening();
            if let Some(found) = options.inner.find(&id.to_string()).await? {
                return options.attach(&prompt, found).await;
            }
        }
        options.submit(&prompt).await
    }

    /// Submits the workflow, waits for the end of the run and returns its outputs.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`submit`](Self::submit) and of [`Run::finish`], and [`Error::Partial`] if the server
    /// dropped outputs; the run of the others is then cancelled.
    pub async fn run(self) -> Result<Done, Error> {
        self.submit().await?.complete().await?.finish().await
    }

    /// Returns the request, or an error if a target is not a node of the workflow.
    fn checked(self) -> Result<(Arc<Prompt>, Options<'c>), Error> {
        match self.wrong_target {
            Some(error) => Err(error),
            None => Ok((Arc::new(self.prompt), self.options)),
        }
    }
}

/// The options of a submission that are not part of the request.
struct Options<'c> {
    inner: &'c Arc<Inner>,
    prompt_id: Option<Uuid>,
    cancel_on_drop: bool,
    resubmissions: u32,
}

impl Options<'_> {
    async fn submit(&self, prompt: &Arc<Prompt>) -> Result<Accepted, Error> {
        let submitted = prompt.submit(self.inner, self.prompt_id).await?;
        // The events of the run that arrived before the response are kept as long as `submitted` lives.
        Ok(self.follow(&submitted.prompt_id, prompt, submitted.acceptance, submitted.dropped))
    }

    async fn attach(&self, prompt: &Arc<Prompt>, found: Found) -> Result<Accepted, Error> {
        if let Some(difference) = prompt.differs(self.inner, &found).await? {
            return Err(Error::Different(Box::new(difference)));
        }
        let dropped = prompt.dropped(self.inner, &found).await?;
        let dropped = dropped.into_iter().map(|id| NodeProblem::dropped(prompt.origin.node(&id))).collect();
        Ok(self.follow(&found.prompt_id, prompt, found.acceptance(), dropped))
    }

    /// Follows a run that the server has accepted.
    fn follow(
        &self,
        prompt_id: &str,
        prompt: &Arc<Prompt>,
        acceptance: Acceptance,
        nodes: Vec<NodeProblem>,
    ) -> Accepted {
        let dropped = nodes.iter().flat_map(|node| node.dependent_outputs.clone()).collect();
        let selection = Selection { targets: prompt.targets.clone(), dropped };
        let tracker = Arc::new(Tracker::new(prompt_id.to_owned(), Arc::clone(&prompt.origin), selection));
        self.inner.hub.add(&tracker);
        let resubmission =
            (self.resubmissions > 0).then(|| Resubmission { prompt: Arc::clone(prompt), times: self.resubmissions });
        let run = Run::start(self.inner, tracker, acceptance, resubmission, self.cancel_on_drop);
        if nodes.is_empty() {
            Accepted::Complete(run)
        } else {
            let prompt_id = Some(prompt_id.to_owned());
            Accepted::Partial { run, dropped: DroppedOutputs { prompt_id, nodes, cancel_error: None } }
        }
    }
}

impl fmt::Debug for Submission<'_> {
    /// Writes only the keys of the extra data, because its values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Prompt { number, front, targets, extra, .. } = &self.prompt;
        let extra: Vec<&str> = extra.iter().map(|(key, _)| key.as_str()).collect();
        f.debug_struct("Submission")
            .field("prompt_id", &self.options.prompt_id)
            .field("number", number)
            .field("front", front)
            .field("targets", targets)
            .field("extra", &extra)
            .finish_non_exhaustive()
    }
}
