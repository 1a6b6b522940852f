//! Submitting a workflow: once, whatever happens to the answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use comfy_schema::{Map, Text, Value};
use tracing::debug;
use uuid::Uuid;

use super::error::Error;
use super::inner::Inner;
use super::json;
use super::origin::{NodeKey, Origin, OriginRef};
use super::outputs::Done;
use super::rejection::{Dropped, Rejection, node_problems};
use super::run::Run;
use super::tracker::Tracker;
use super::transport::{self, jittered};
use crate::workflow::Workflow;

/// When to look whether a prompt arrived whose answer was lost.
const LOOKS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// A workflow to be sent, and how: [`Client::submission`](super::Client::submission).
///
/// ```no_run
/// # async fn example(client: comfy_runtime::Client, workflow: comfy_runtime::Workflow) -> Result<(), comfy_runtime::client::Error> {
/// let done = client.submission(&workflow).front().cancel_on_drop().run().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `submit` or `run`"]
pub struct Submission<'c> {
    inner: &'c Arc<Inner>,
    workflow: String,
    origin: Arc<Origin>,
    prompt_id: Option<Uuid>,
    number: Option<f64>,
    front: bool,
    targets: Option<Result<Vec<String>, String>>,
    extra: Map,
    editor_workflow: Option<Value>,
    cancel_on_drop: bool,
    resubmit: u32,
}

/// What the server took.
#[derive(Debug)]
#[must_use = "the server may have dropped outputs"]
pub enum Accepted {
    /// All of it.
    Complete(Run),
    /// Some outputs are wrong and were dropped; the others run.
    Partial {
        /// The run of the others.
        run: Run,
        /// What is wrong.
        dropped: Dropped,
    },
}

impl Accepted {
    /// The run, if the server took all of the workflow. Else what it took is cancelled.
    ///
    /// # Errors
    ///
    /// [`Error::Partial`] with what is wrong, if the server dropped outputs. If what it took could not be cancelled,
    /// that is said there too: [`Dropped::cancel_failed`].
    pub async fn complete(self) -> Result<Run, Error> {
        match self {
            Self::Complete(run) => Ok(run),
            Self::Partial { run, mut dropped } => {
                dropped.cancel_failed = run.cancel().await.err().map(|error| error.to_string());
                Err(Error::Partial(Box::new(dropped)))
            }
        }
    }

    /// The run, whatever it is a run of: of all outputs, or of those that were not dropped.
    pub fn into_run(self) -> Run {
        match self {
            Self::Complete(run) | Self::Partial { run, .. } => run,
        }
    }
}

impl<'c> Submission<'c> {
    pub(crate) fn new<T>(inner: &'c Arc<Inner>, workflow: &Workflow<T>) -> Self {
        Self {
            inner,
            workflow: workflow.to_json(),
            origin: Arc::new(Origin::of(workflow)),
            prompt_id: None,
            number: None,
            front: false,
            targets: None,
            extra: Map::new(),
            editor_workflow: None,
            cancel_on_drop: false,
            resubmit: 0,
        }
    }

    /// The id of the run; a new one if not said. An id that was used before takes the place of the earlier run in the
    /// history.
    pub fn prompt_id(mut self, id: Uuid) -> Self {
        self.prompt_id = Some(id);
        self
    }

    /// Its number in the queue: lower ones run first. The server counts up from 0 if not said.
    pub fn number(mut self, number: f64) -> Self {
        self.number = Some(number);
        self
    }

    /// Before all that wait.
    pub fn front(mut self) -> Self {
        self.front = true;
        self
    }

    /// Only these output nodes, by handle or id, and what they need.
    pub fn targets<K: NodeKey>(mut self, nodes: impl IntoIterator<Item = K>) -> Self {
        let origin = OriginRef(&self.origin);
        self.targets = Some(nodes.into_iter().map(|node| node.id_in(&origin)).collect());
        self
    }

    /// A key of `extra_data`: `preview_method` (`auto`, `none`, `latent2rgb`, `taesd`), or one that a custom node reads.
    pub fn extra(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key, value.into());
        self
    }

    /// A workflow in the editor's format, which the server saves into pictures, so that they open in the editor.
    pub fn editor_workflow(mut self, workflow: Value) -> Self {
        self.editor_workflow = Some(workflow);
        self
    }

    /// Cancels the run when its [`Run`] is dropped before the end.
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// For [`run`](Self::run): submits again, so many times at most, if the server lost the run by a restart. A node that
    /// did something outside of the server may then do it twice.
    pub fn resubmit_lost(mut self, times: u32) -> Self {
        self.resubmit = times;
        self
    }

    /// Sends the workflow. It is sent again only where it cannot have arrived; if the answer is lost, the server's
    /// queue and history say whether it did.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] with what is wrong, [`Error::NoSuchNode`] if a [target](Self::targets) is no node of the
    /// workflow, [`Error::Unknown`] if it cannot be known whether it arrived, and what any call may give:
    /// [`Error::Transport`], [`Error::Status`].
    pub async fn submit(self) -> Result<Accepted, Error> {
        self.submit_once().await
    }

    /// Sends the workflow, waits for its end, and gives its outputs.
    ///
    /// # Errors
    ///
    /// As [`submit`](Self::submit), and [`Error::Partial`] if the server dropped outputs: then the others are cancelled.
    /// Of a run that was accepted, what [`Run::finish`] gives.
    pub async fn run(mut self) -> Result<Done, Error> {
        loop {
            let run = self.submit_once().await?.complete().await?;
            match run.finish().await {
                Err(Error::Lost(lost)) if self.resubmit > 0 && lost.why == super::LostWhy::Forgotten => {
                    debug!(prompt_id = lost.prompt_id, "lost; submitting again");
                    self.resubmit -= 1;
                    self.prompt_id = None;
                }
                other => return other,
            }
        }
    }

    async fn submit_once(&self) -> Result<Accepted, Error> {
        let targets = match &self.targets {
            Some(Err(what)) => return Err(Error::NoSuchNode(what.clone())),
            Some(Ok(targets)) => Some(targets.as_slice()),
            None => None,
        };
        let prompt_id = self.prompt_id.unwrap_or_else(Uuid::new_v4).to_string();
        let body = Bytes::from(self.body(&prompt_id, targets));
        let tracker = Arc::new(Tracker::new(prompt_id, Arc::clone(&self.origin)));
        // Events may come before the answer.
        self.inner.hub.add(Arc::clone(&tracker));
        let link = self.inner.hub.link().number;
        match self.post(&tracker, body).await {
            Ok(answer) => {
                let number = json::number(&answer, "number");
                let nodes = node_problems(&answer, &self.origin);
                let prompt_id = tracker.prompt_id.clone();
                let run = Run::start(self.inner, tracker, number, link, self.cancel_on_drop);
                Ok(if nodes.is_empty() {
                    Accepted::Complete(run)
                } else {
                    Accepted::Partial { run, dropped: Dropped::of_run(prompt_id, nodes) }
                })
            }
            Err(error) => {
                self.inner.hub.remove(&tracker.prompt_id);
                Err(error)
            }
        }
    }

    /// The body of the request. The workflow is put in as it is written.
    fn body(&self, prompt_id: &str, targets: Option<&[String]>) -> String {
        let inner = self.inner;
        let mut extra = self.extra.clone();
        let secrets = [("api_key_comfy_org", &inner.api_key), ("auth_token_comfy_org", &inner.auth_token)];
        for (key, secret) in secrets {
            if let Some(secret) = secret {
                extra.insert(key, secret.reveal());
            }
        }
        if let Some(workflow) = &self.editor_workflow {
            extra.insert("extra_pnginfo", json::object([("workflow", workflow.clone())]));
        }
        let mut rest = Map::new();
        rest.insert("prompt_id", prompt_id);
        rest.insert("client_id", inner.client_id.as_str());
        if let Some(number) = self.number {
            rest.insert("number", Value::Float(number));
        }
        if self.front {
            rest.insert("front", true);
        }
        if let Some(targets) = targets {
            let targets: Value = targets.iter().map(String::as_str).collect();
            rest.insert("partial_execution_targets", targets);
        }
        if !extra.is_empty() {
            rest.insert("extra_data", Value::Object(extra));
        }
        let rest = Value::Object(rest).to_string();
        format!("{{\"prompt\": {}, {}", self.workflow, rest.get(1..).unwrap_or_default())
    }

    /// Sends it until the server took it or rejected it, or until it cannot be known.
    async fn post(&self, tracker: &Tracker, body: Bytes) -> Result<Value, Error> {
        let transport = &self.inner.transport;
        let mut attempt = 0;
        loop {
            let call = transport.post(["prompt"]).body(body.clone());
            let error = match self.answer(call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (may_have_arrived, may_repeat, wait) = match &error {
                Error::Transport { why, .. } if why.is_connect() => (false, true, None),
                // Whoever answers so did not pass it on.
                Error::Status { status: 429 | 503, retry_after, .. } => (true, true, *retry_after),
                Error::Transport { .. } | Error::Answer { .. } | Error::Status { status: 500.., .. } => {
                    (true, false, None)
                }
                _ => return Err(error),
            };
            if may_have_arrived && let Some(answer) = self.found(&tracker.prompt_id, &error).await? {
                return Ok(answer);
            }
            if !may_repeat {
                return Err(match error {
                    // The server's own failure: it says so before it puts a prompt into the queue.
                    Error::Status { status: 500, .. } => error,
                    error => Error::Unknown { prompt_id: tracker.prompt_id.clone(), why: Box::new(error) },
                });
            }
            if attempt >= transport.limits.retries {
                return Err(error);
            }
            let pause = wait.unwrap_or_else(|| jittered(Duration::from_millis(100) * 2_u32.pow(attempt.min(8))));
            debug!(%error, ?pause, "submitting again");
            tokio::time::sleep(pause.min(Duration::from_secs(30))).await;
            attempt += 1;
        }
    }

    /// Sends it once.
    async fn answer(&self, call: transport::Call<'_>) -> Result<Value, Error> {
        let (name, limits) = (call.name(), self.inner.transport.limits);
        let request = call.request().timeout(limits.answer);
        let response = request.send().await.map_err(|error| transport::transport(&name, error))?;
        if response.status() != 400 {
            let response = transport::checked(&name, response).await?;
            let body = transport::read(&name, response, limits.body).await?;
            return Value::parse(&body)
                .ok()
                .filter(|answer| json::get(answer, "prompt_id").is_some())
                .ok_or_else(|| Error::Answer { call: name, why: "it is no answer of a ComfyUI server".into() });
        }
        let body = transport::read(&name, response, limits.body).await?;
        let rejection = Value::parse(&body).ok().and_then(|answer| Rejection::read(&answer, &self.origin));
        Err(match rejection {
            Some(rejection) => Error::Rejected(Box::new(rejection)),
            None => Error::Status { call: name, status: 400, message: transport::message(&body), retry_after: None },
        })
    }

    /// Looks whether the prompt arrived after all. The answer, as far as queue and history tell it.
    async fn found(&self, prompt_id: &str, error: &Error) -> Result<Option<Value>, Error> {
        let inner = self.inner;
        // A proxy that turns requests away did not keep one to pass on later.
        let looks =
            if matches!(error, Error::Status { status: 429 | 500 | 503, .. }) { &LOOKS[..1] } else { &LOOKS[..] };
        let mut last = None;
        for wait in looks {
            tokio::time::sleep(*wait).await;
            match inner.entry(prompt_id).await {
                Ok(Some(entry)) => return self.dropped(prompt_id, &entry).await.map(Some),
                Ok(None) => last = None,
                Err(failure) => last = Some(failure),
            }
        }
        match last {
            // Without an answer to the question, it is not known.
            Some(why) => Err(Error::Unknown { prompt_id: prompt_id.to_owned(), why: Box::new(why) }),
            None => Ok(None),
        }
    }

    /// An answer like the one that was lost. Which outputs the server took, its queue says; which it dropped, the
    /// definitions of the classes.
    async fn dropped(&self, prompt_id: &str, entry: &Value) -> Result<Value, Error> {
        let [number, _, _, _, taken] = json::array(Some(entry)) else {
            return Ok(json::object([("prompt_id", prompt_id.into())]));
        };
        let taken = json::strings(Some(taken));
        let wanted = match &self.targets {
            Some(Ok(targets)) => targets.clone(),
            _ => self.inner.output_nodes(&self.origin).await?,
        };
        let errors: Map = wanted
            .iter()
            .filter(|id| !taken.contains(id))
            .map(|id| {
                let outputs: Value = [id.as_str()].into_iter().collect();
                (Text::from(id.as_str()), json::object([("dependent_outputs", outputs)]))
            })
            .collect();
        Ok(json::object([
            ("prompt_id", prompt_id.into()),
            ("number", number.clone()),
            ("node_errors", Value::Object(errors)),
        ]))
    }
}

impl fmt::Debug for Submission<'_> {
    /// Of the extra data only the keys: the values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extra: Vec<&str> = self.extra.iter().map(|(key, _)| key.as_str()).collect();
        f.debug_struct("Submission")
            .field("prompt_id", &self.prompt_id)
            .field("number", &self.number)
            .field("front", &self.front)
            .field("targets", &self.targets)
            .field("extra", &extra)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// The item of queue or history that says how a prompt was taken: number, id, prompt, extra data, outputs.
    async fn entry(&self, prompt_id: &str) -> Result<Option<Value>, Error> {
        let queue = self.authority.queue(&self.transport, std::time::Instant::now()).await?;
        if let Some(item) = queue.item(prompt_id) {
            return Ok(Some(item.clone()));
        }
        let entry = super::authority::history(&self.transport, prompt_id).await?;
        Ok(entry.map(|entry| json::get(&entry, "prompt").cloned().unwrap_or(Value::Null)))
    }

    /// The nodes of a workflow whose classes are output classes on this server.
    async fn output_nodes(&self, origin: &Origin) -> Result<Vec<String>, Error> {
        let mut outputs = Vec::new();
        for (class, ids) in origin.classes() {
            let answer = self.transport.get(["object_info", class]).json().await?;
            if json::at(&answer, &[class, "output_node"]).and_then(Value::as_bool) == Some(true) {
                outputs.extend(ids);
            }
        }
        Ok(outputs)
    }
}
