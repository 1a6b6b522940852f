//! The request that submits a workflow. It is sent so that the workflow runs at most once, even if the response is
//! lost.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use comfy_schema::{Map, Text, Value};
use tokio::time::Instant;
use tracing::debug;
use uuid::Uuid;

use super::acceptance::Acceptance;
use super::attempts::Attempts;
use super::call::{Call, check_status, read_body, retry_wait};
use super::comparison;
use super::difference::Difference;
use super::error::Error;
use super::find::Found;
use super::inner::Inner;
use super::json;
use super::limits::LOOKUP_WAITS;
use super::origin::Origin;
use super::rejection::{DroppedOutputs, NodeProblem, Rejection, node_problems};
use super::response;
use super::shape::{unexpected, unexpected_body};
use super::transport::is_segment;
use super::words::error_message;
use crate::workflow::Workflow;

/// A workflow with the options of its submission.
#[derive(Debug)]
pub(crate) struct Prompt {
    /// The workflow in API format.
    pub(crate) workflow: String,
    pub(crate) origin: Arc<Origin>,
    pub(crate) number: Option<f64>,
    pub(crate) front: bool,
    /// The ids of the selected output nodes.
    pub(crate) targets: Option<Vec<String>>,
    pub(crate) extra: Map,
    pub(crate) editor_workflow: Option<Value>,
    pub(crate) attempts: Attempts,
}

/// A prompt that the server accepted, as a whole or in part.
#[derive(Debug)]
pub(crate) struct Submitted {
    /// The id that the server gave to the prompt.
    pub(crate) prompt_id: String,
    /// The errors because of which the server dropped outputs.
    pub(crate) dropped: Vec<NodeProblem>,
    pub(crate) acceptance: Acceptance,
    /// Keeps the events of the prompt until its run is added to the hub.
    _expected: super::hub::Expected,
}

impl Submitted {
    /// Returns the dropped outputs.
    pub(crate) fn into_dropped(self) -> DroppedOutputs {
        DroppedOutputs { prompt_id: Some(self.prompt_id), nodes: self.dropped, cancel_error: None }
    }
}

impl Prompt {
    /// Creates the request of a workflow without options.
    pub(crate) fn new<T>(workflow: &Workflow<T>) -> Self {
        Self {
            workflow: workflow.to_json(),
            origin: Arc::new(Origin::new(workflow)),
            number: None,
            front: false,
            targets: None,
            extra: Map::new(),
            editor_workflow: None,
            attempts: Attempts::default(),
        }
    }

    /// Submits the workflow under this id or a new one, and returns what the server made of it.
    pub(crate) async fn submit(&self, inner: &Arc<Inner>, prompt_id: Option<Uuid>) -> Result<Submitted, Error> {
        inner.ready().await;
        let sent_id = prompt_id.unwrap_or_else(Uuid::new_v4).to_string();
        let socket = inner.hub.connection();
        let client_id = socket.sid.as_deref().unwrap_or(&inner.client_id);
        let body = Bytes::from(self.body(inner, &sent_id, client_id));
        let is_counted = self.number.is_none() && !self.front;
        let last_number = inner.last_number();
        // Events may arrive before the response.
        let expected = inner.hub.expect();
        let response = self.post(inner, &sent_id, client_id, body).await?;
        let prompt_id = json::prompt_id(&response).map_or_else(|| sent_id.clone(), Cow::into_owned);
        if prompt_id != sent_id {
            debug!(sent_id, prompt_id, "the server gave the prompt another id");
        }
        let number = json::get(&response, "number").cloned();
        if let Some(number) = number.as_ref().filter(|_| is_counted) {
            inner.set_number(last_number, number);
        }
        Ok(Submitted {
            prompt_id,
            dropped: node_problems(&response, &self.origin),
            acceptance: Acceptance {
                at: Instant::now(),
                connection: socket.number,
                client_id: Some(client_id.to_owned()),
                number,
                is_counted,
            },
            _expected: expected,
        })
    }

    /// Returns the body of the request, which contains the workflow's JSON unchanged.
    fn body(&self, inner: &Inner, prompt_id: &str, client_id: &str) -> String {
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
        rest.insert("client_id", client_id);
        if let Some(number) = self.number {
            rest.insert("number", Value::Float(number));
        }
        if self.front {
            rest.insert("front", true);
        }
        if let Some(targets) = &self.targets {
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
    async fn post(&self, inner: &Arc<Inner>, sent_id: &str, client_id: &str, body: Bytes) -> Result<Value, Error> {
        let transport = &inner.transport;
        let mut retries = 0;
        loop {
            let call = transport.post(["prompt"]).body(body.clone());
            self.attempts.begin();
            let error = match self.post_once(inner, call).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let (may_have_arrived, may_repeat) = match &error {
                Error::Transport { reason, .. } if reason.is_connect() => (false, true),
                // Whoever counts requests refuses before it passes them on. A lookup would count as well.
                Error::Status { status: 429, .. } => (false, true),
                // A proxy that responds like this has most likely not forwarded the request; the lookup makes sure.
                Error::Status { status: 503, .. } => (true, true),
                Error::Transport { .. }
                | Error::InvalidResponse { .. }
                | Error::ResponseTooLarge { .. }
                | Error::Status { status: 500.., .. } => (true, false),
                _ => return Err(error),
            };
            if may_have_arrived && let Some(response) = self.look_up(inner, sent_id, client_id, &error).await? {
                return Ok(response);
            }
            if !may_repeat {
                return Err(match error {
                    // The server fails with 500 before it puts a prompt into the queue.
                    Error::Status { status: 500, .. } => error,
                    error => Error::Unconfirmed { prompt_id: sent_id.to_owned(), reason: Box::new(error) },
                });
            }
            if !self.attempts.may_go_on() || retries >= transport.limits.retries {
                return Err(error);
            }
            let wait = retry_wait(retries, &error);
            debug!(%error, ?wait, "retrying the submission");
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    async fn post_once(&self, inner: &Arc<Inner>, call: Call<'_>) -> Result<Value, Error> {
        let (name, transport) = (call.name(), &inner.transport);
        let (limits, redaction) = (transport.limits, &transport.redaction);
        let request = call.request().timeout(limits.response_timeout);
        let response = call.response(request).await?;
        if response.status() != 400 {
            let response = check_status(transport, &name, response).await?;
            let body = read_body(&name, response, limits.max_response_bytes).await?;
            let expected = "an object with a `prompt_id`, which is a text or a number";
            return match response::parse_message(&name, &body) {
                Ok(response) if json::prompt_id(&response).is_some_and(|id| is_segment(&id)) => {
                    Ok(redaction.value(response))
                }
                Ok(response) => Err(unexpected(&name, &response, expected)),
                Err(_) => Err(unexpected_body(&name, &body, expected)),
            };
        }
        let body = read_body(&name, response, limits.max_response_bytes).await?;
        let rejection = response::parse_message(&name, &body).ok().map(|response| redaction.value(response));
        let rejection = rejection.and_then(|response| Rejection::read(&response, &self.origin));
        Err(match rejection {
            Some(rejection) => Error::Rejected(Box::new(rejection)),
            None => Error::Status {
                call: name.into(),
                status: 400,
                message: error_message(redaction, &body),
                retry_after: None,
            },
        })
    }

    /// Looks for a prompt whose response was lost. Returns the response, as far as the queue and the history allow to
    /// reconstruct it, or `None` if the prompt did not arrive.
    async fn look_up(
        &self,
        inner: &Arc<Inner>,
        sent_id: &str,
        client_id: &str,
        error: &Error,
    ) -> Result<Option<Value>, Error> {
        // A request with such a response does not arrive later, so one lookup is enough.
        let is_final = matches!(error, Error::Status { status: 500 | 503, .. });
        let waits = if is_final { &LOOKUP_WAITS[..1] } else { &LOOKUP_WAITS[..] };
        let mut last = None;
        for wait in waits {
            tokio::time::sleep(*wait).await;
            let found = match inner.find(sent_id).await {
                Ok(None) => self.find_by_events(inner, client_id).await,
                found => found,
            };
            match found {
                Ok(Some(found)) => return self.response_from(inner, &found).await.map(Some),
                Ok(None) => last = None,
                Err(failure) => last = Some(failure),
            }
        }
        match last {
            Some(error) => Err(Error::Unconfirmed { prompt_id: sent_id.to_owned(), reason: Box::new(error) }),
            None => Ok(None),
        }
    }

    /// Looks for the prompt among those that sent events to this client under ids that it does not know, because the
    /// server gave the prompt an id of its own.
    pub(crate) async fn find_by_events(&self, inner: &Arc<Inner>, client_id: &str) -> Result<Option<Found>, Error> {
        for id in inner.hub.stray_prompts() {
            let Some(found) = inner.find(&id).await? else { continue };
            if found.client_id() == Some(client_id) && self.differs(inner, &found).await?.is_none() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Returns the first difference between the workflow and a prompt that the server has; `None` if the prompt was made
    /// from this workflow.
    pub(crate) async fn differs(&self, inner: &Arc<Inner>, found: &Found) -> Result<Option<Difference>, Error> {
        comparison::compare(inner, &self.workflow, &self.origin, found).await
    }

    /// Reconstructs a lost response. The queue's item lists the outputs that the server accepted; the definitions of
    /// the classes show which others it dropped.
    async fn response_from(&self, inner: &Arc<Inner>, found: &Found) -> Result<Value, Error> {
        let mut response = Map::new();
        response.insert("prompt_id", found.prompt_id.as_str());
        if let Some(number) = found.number() {
            response.insert("number", number.clone());
        }
        let dropped: Map = self
            .dropped(inner, found)
            .await?
            .into_iter()
            .map(|id| {
                let outputs: Value = [id.as_str()].into_iter().collect();
                (Text::from(id.as_str()), json::object([("dependent_outputs", outputs)]))
            })
            .collect();
        response.insert("node_errors", Value::Object(dropped));
        Ok(Value::Object(response))
    }

    /// Returns the ids of the outputs that the server dropped when it accepted a prompt of this workflow.
    pub(crate) async fn dropped(&self, inner: &Arc<Inner>, found: &Found) -> Result<Vec<String>, Error> {
        let Some(accepted) = found.outputs() else { return Ok(Vec::new()) };
        let mut wanted = match &self.targets {
            Some(targets) => targets.clone(),
            None => inner.output_nodes(&self.origin).await?,
        };
        wanted.retain(|id| !accepted.contains(id));
        wanted.sort_unstable();
        Ok(wanted)
    }
}

impl Inner {
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
