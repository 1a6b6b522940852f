//! Submits a workflow, at most once even if the response is lost.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use comfy_schema::{Map, Text, Value};
use tracing::debug;
use uuid::Uuid;

use super::call::{Call, check_status, error_message, read_body, retry_wait, transport_error};
use super::ending::LostReason;
use super::error::Error;
use super::inner::Inner;
use super::json;
use super::origin::{NodeKey, Origin, OriginRef};
use super::outputs::Done;
use super::rejection::{DroppedOutputs, Rejection, node_problems};
use super::run::Run;
use super::status::{history_entry, queue_item};
use super::tracker::Tracker;
use crate::workflow::Workflow;

/// The waits before each lookup of a prompt whose response was lost.
const LOOKUP_WAITS: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

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
    inner: &'c Arc<Inner>,
    workflow: String,
    origin: Arc<Origin>,
    prompt_id: Option<Uuid>,
    number: Option<f64>,
    front: bool,
    /// The ids of the selected output nodes, or the description of the first that does not exist.
    targets: Option<Result<Vec<String>, String>>,
    extra: Map,
    editor_workflow: Option<Value>,
    cancel_on_drop: bool,
    resubmissions: u32,
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
        Self {
            inner,
            workflow: workflow.to_json(),
            origin: Arc::new(Origin::new(workflow)),
            prompt_id: None,
            number: None,
            front: false,
            targets: None,
            extra: Map::new(),
            editor_workflow: None,
            cancel_on_drop: false,
            resubmissions: 0,
        }
    }

    /// Sets the id of the run; defaults to a new one.
    ///
    /// If an earlier run had the same id, the new run replaces it in the history.
    pub fn prompt_id(mut self, id: Uuid) -> Self {
        self.prompt_id = Some(id);
        self
    }

    /// Sets the number of the run in the queue, where lower numbers run first; by default the server counts up from 0.
    pub fn number(mut self, number: f64) -> Self {
        self.number = Some(number);
        self
    }

    /// Puts the run in front of all waiting runs.
    pub fn front(mut self) -> Self {
        self.front = true;
        self
    }

    /// Runs only these output nodes, given by handle or id, and the nodes that they need.
    pub fn targets<K: NodeKey>(mut self, nodes: impl IntoIterator<Item = K>) -> Self {
        let origin = OriginRef(&self.origin);
        self.targets = Some(nodes.into_iter().map(|node| node.id_in(&origin)).collect());
        self
    }

    /// Sets a key of `extra_data`, such as `preview_method` (`auto`, `none`, `latent2rgb`, `taesd`) or one that a
    /// custom node reads.
    pub fn extra(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key, value.into());
        self
    }

    /// Attaches the UI-format workflow that the server saves into images, so that they can be opened in the editor.
    pub fn editor_workflow(mut self, workflow: Value) -> Self {
        self.editor_workflow = Some(workflow);
        self
    }

    /// Cancels the run when its [`Run`] is dropped before the end.
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Sets how many times [`run`](Self::run) submits the workflow again if the server lost the run by a restart;
    /// defaults to 0.
    ///
    /// If a node has effects outside of the server, they may then happen twice.
    pub fn resubmit_lost(mut self, times: u32) -> Self {
        self.resubmissions = times;
        self
    }

    /// Submits the workflow; the run is followed in the background.
    ///
    /// The request is repeated only if it did not arrive: no connection was made, or the server responded with status
    /// 429 or 503 and does not have the prompt. If the response is lost, the client looks in the server's queue and
    /// history whether the workflow was accepted.
    ///
    /// # Errors
    ///
    /// Returns [`Error::Rejected`] if the workflow is invalid, [`Error::NoSuchNode`] if a [target](Self::targets) is
    /// not a node of the workflow, [`Error::Unconfirmed`] if it is unknown whether the server accepted the workflow,
    /// and [`Error::Transport`], [`Error::Status`] or [`Error::InvalidResponse`] if a call fails.
    pub async fn submit(self) -> Result<Accepted, Error> {
        self.submit_once().await
    }

    /// Submits the workflow, waits for the end of the run and returns its outputs.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`submit`](Self::submit) and of [`Run::finish`], and [`Error::Partial`] if the server
    /// dropped outputs; the run of the others is then cancelled.
    pub async fn run(mut self) -> Result<Done, Error> {
        loop {
            let run = self.submit_once().await?.complete().await?;
            match run.finish().await {
                Err(Error::Lost(lost)) if self.resubmissions > 0 && lost.reason == LostReason::Forgotten => {
                    debug!(prompt_id = lost.prompt_id, "resubmitting a lost run");
                    self.resubmissions -= 1;
                    self.prompt_id = None;
                }
                other => return other,
            }
        }
    }

    async fn submit_once(&self) -> Result<Accepted, Error> {
        let targets = match &self.targets {
            Some(Err(key)) => return Err(Error::NoSuchNode(key.clone())),
            Some(Ok(targets)) => Some(targets.as_slice()),
            None => None,
        };
        let prompt_id = self.prompt_id.unwrap_or_else(Uuid::new_v4).to_string();
        let body = Bytes::from(self.body(&prompt_id, targets));
        let tracker = Arc::new(Tracker::new(prompt_id, Arc::clone(&self.origin)));
        // Events may arrive before the response.
        self.inner.hub.add(Arc::clone(&tracker));
        let connection = self.inner.hub.connection().number;
        match self.post(&tracker, body).await {
            Ok(response) => {
                let number = json::number(&response, "number");
                let nodes = node_problems(&response, &self.origin);
                let prompt_id = Some(tracker.prompt_id.clone());
                let run = Run::start(self.inner, tracker, number, connection, self.cancel_on_drop);
                Ok(if nodes.is_empty() {
                    Accepted::Complete(run)
                } else {
                    Accepted::Partial { run, dropped: DroppedOutputs { prompt_id, nodes, cancel_error: None } }
                })
            }
            Err(error) => {
                self.inner.hub.remove(&tracker.prompt_id);
                Err(error)
            }
        }
    }

    /// Returns the body of the request, which contains the workflow's JSON unchanged.
    fn body(&self, prompt_id: &str, targets: Option<&[String]>) -> String {
        let inner = self.inner;
        let mut extra = self.extra.clone();
        let secrets =
            [("api_key_comfy_org", &inner.comfy_org_api_key), ("auth_token_comfy_org", &inner.comfy_org_auth_token)];
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

    /// Sends the request, and repeats it while that is safe, until the server has accepted or rejected the workflow.
    async fn post(&self, tracker: &Tracker, body: Bytes) -> Result<Value, Error> {
        let transport = &self.inner.transport;
        let mut retries = 0;
        loop {
            let call = transport.post(["prompt"]).body(body.clone());
            let error = match self.post_once(call).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let (may_have_arrived, may_repeat) = match &error {
                Error::Transport { reason, .. } if reason.is_connect() => (false, true),
                // A proxy that responds like this has most likely not forwarded the request; the lookup makes sure.
                Error::Status { status: 429 | 503, .. } => (true, true),
                Error::Transport { .. } | Error::InvalidResponse { .. } | Error::Status { status: 500.., .. } => {
                    (true, false)
                }
                _ => return Err(error),
            };
            if may_have_arrived && let Some(response) = self.look_up(&tracker.prompt_id, &error).await? {
                return Ok(response);
            }
            if !may_repeat {
                return Err(match error {
                    // The server fails with 500 before it puts a prompt into the queue.
                    Error::Status { status: 500, .. } => error,
                    error => Error::Unconfirmed { prompt_id: tracker.prompt_id.clone(), reason: Box::new(error) },
                });
            }
            if retries >= transport.limits.retries {
                return Err(error);
            }
            let wait = retry_wait(retries, &error);
            debug!(%error, ?wait, "retrying the submission");
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    async fn post_once(&self, call: Call<'_>) -> Result<Value, Error> {
        let (name, limits) = (call.name(), self.inner.transport.limits);
        let request = call.request().timeout(limits.response_timeout);
        let response = request.send().await.map_err(|error| transport_error(&name, error))?;
        if response.status() != 400 {
            let response = check_status(&name, response).await?;
            let body = read_body(&name, response, limits.max_response_bytes).await?;
            return Value::parse(&body).ok().filter(|response| json::get(response, "prompt_id").is_some()).ok_or_else(
                || Error::InvalidResponse { call: name, reason: "expected JSON with a `prompt_id`".into() },
            );
        }
        let body = read_body(&name, response, limits.max_response_bytes).await?;
        let rejection = Value::parse(&body).ok().and_then(|response| Rejection::read(&response, &self.origin));
        Err(match rejection {
            Some(rejection) => Error::Rejected(Box::new(rejection)),
            None => Error::Status { call: name, status: 400, message: error_message(&body), retry_after: None },
        })
    }

    /// Looks for a prompt whose response was lost. Returns the response, as far as the queue and the history allow to
    /// reconstruct it, or `None` if the prompt did not arrive.
    async fn look_up(&self, prompt_id: &str, error: &Error) -> Result<Option<Value>, Error> {
        // A request with such a response does not arrive later, so one lookup is enough.
        let is_final = matches!(error, Error::Status { status: 429 | 500 | 503, .. });
        let waits = if is_final { &LOOKUP_WAITS[..1] } else { &LOOKUP_WAITS[..] };
        let mut last = None;
        for wait in waits {
            tokio::time::sleep(*wait).await;
            match self.inner.queue_item(prompt_id).await {
                Ok(Some(item)) => return self.response_from(prompt_id, &item).await.map(Some),
                Ok(None) => last = None,
                Err(failure) => last = Some(failure),
            }
        }
        match last {
            Some(error) => Err(Error::Unconfirmed { prompt_id: prompt_id.to_owned(), reason: Box::new(error) }),
            None => Ok(None),
        }
    }

    /// Reconstructs a lost response. The queue's item lists the outputs that the server accepted; the definitions of
    /// the classes show which others it dropped.
    async fn response_from(&self, prompt_id: &str, item: &Value) -> Result<Value, Error> {
        let [number, _, _, _, accepted] = json::array(Some(item)) else {
            return Ok(json::object([("prompt_id", prompt_id.into())]));
        };
        let accepted = json::strings(Some(accepted));
        let wanted = match &self.targets {
            Some(Ok(targets)) => targets.clone(),
            _ => self.inner.output_nodes(&self.origin).await?,
        };
        let errors: Map = wanted
            .iter()
            .filter(|id| !accepted.contains(id))
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
    /// Writes only the keys of the extra data, because its values may be secrets.
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
    /// Returns a prompt's item of the queue or the history: number, id, prompt, extra data, outputs.
    async fn queue_item(&self, prompt_id: &str) -> Result<Option<Value>, Error> {
        if let Some(item) = queue_item(&self.transport, prompt_id).await? {
            return Ok(Some(item));
        }
        let entry = history_entry(&self.transport, prompt_id).await?;
        Ok(entry.map(|entry| json::get(&entry, "prompt").cloned().unwrap_or(Value::Null)))
    }

    /// Returns the ids of a workflow's nodes whose classes are output nodes on this server.
    async fn output_nodes(&self, origin: &Origin) -> Result<Vec<String>, Error> {
        let mut outputs = Vec::new();
        for (class, ids) in origin.ids_by_class() {
            let definition = self.transport.get(["object_info", class]).json().await?;
            if json::at(&definition, &[class, "output_node"]).and_then(Value::as_bool) == Some(true) {
                outputs.extend(ids);
            }
        }
        Ok(outputs)
    }
}
