//! One run with faults, and the check that the client reports the ending that the server's history has.

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Server, Timing};
use comfy_runtime::client::{Accepted, Ending, Error, Event, LostReason, Run, Value};
use comfy_runtime::{Client, Workflow};
use tokio::time::{sleep, timeout};

use crate::server;

/// Maximum time of a case, on its simulated clock; a case that takes longer hangs.
const LONG: Duration = Duration::from_secs(600);

/// The kind of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The run succeeds.
    Success,
    /// All results of the run are cached.
    Cached,
    /// The second to last node fails.
    Failing,
    /// The server drops one of the outputs.
    Partial,
    /// The server rejects the workflow.
    Rejected,
    /// Another client interrupts the run.
    Interrupted,
    /// Another client deletes the run from the queue.
    Deleted,
    /// The program cancels the run while it runs.
    Cancelled,
    /// The program cancels the run while it waits.
    CancelledPending,
    /// The server restarts while the run runs.
    Restart,
    /// The server restarts while the run waits.
    RestartPending,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Success,
        Self::Cached,
        Self::Failing,
        Self::Partial,
        Self::Rejected,
        Self::Interrupted,
        Self::Deleted,
        Self::Cancelled,
        Self::CancelledPending,
        Self::Restart,
        Self::RestartPending,
    ];

    const fn waits(self) -> bool {
        matches!(self, Self::Deleted | Self::CancelledPending | Self::RestartPending)
    }

    const fn hangs(self) -> bool {
        matches!(self, Self::Interrupted | Self::Cancelled | Self::Restart) || self.waits()
    }
}

/// One fault.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Event(EventMatch, EventFault),
    DropEndEvent,
    Http(&'static str, HttpFault),
}

/// A run and its faults.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// The name in messages.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) steps: u32,
    pub(crate) timing: Timing,
    /// The faults, which are active from the submission on.
    pub(crate) faults: Vec<Fault>,
    /// The time from the start of the run, or of its wait, to the action that the kind is named after.
    pub(crate) after: Duration,
}

/// How a case passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The client reported the ending that the server remembers.
    Known,
    /// The client reported that the ending cannot be known, and nothing told it.
    Unexplained,
}

/// A mistake of the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A run that the server knows was reported as lost or as not submitted.
    Lost(String),
    /// The workflow ran twice.
    Doubled(String),
    /// The client reported another ending than the server.
    Wrong(String),
    /// The client reported no ending.
    Hang,
}

impl Case {
    /// Runs the case, and returns how it passed.
    pub(crate) async fn run(&self) -> Result<Verdict, Flaw> {
        timeout(LONG, self.check()).await.unwrap_or(Err(Flaw::Hang))
    }

    async fn check(&self) -> Result<Verdict, Flaw> {
        let server = server::spawn(self.timing).await;
        let client = connect(&server).await;
        let workflow = self.workflow();
        if self.kind == Kind::Cached {
            client.run(&workflow).await.expect("no fault is active yet");
        }
        if self.kind == Kind::Failing {
            server.node("VAEDecode").fail("it fails");
        }
        let blocker = if self.kind.hangs() { Some(self.hang(&server).await) } else { None };
        let before = server.finished();
        self.add_faults(&server);
        let submitted = client.submit(&workflow).await;
        let run = match submitted {
            Ok(Accepted::Partial { run, .. }) if self.kind == Kind::Partial => run,
            Ok(Accepted::Complete(run)) if self.kind != Kind::Partial => run,
            Ok(accepted) => return Err(Flaw::Wrong(format!("unexpected acceptance: {accepted:?}"))),
            Err(error) => {
                self.check_failed_submission(&server, &error, &before, blocker.as_deref()).await?;
                return Ok(Verdict::Known);
            }
        };
        let id = run.prompt_id().to_owned();
        let reader = tokio::spawn(last_events(run.events()));
        let (ending, memory, was_told) = self.to_the_end(&server, run).await;
        let (last_events, was_seen) = reader.await.expect("no panic");
        let is_unknowable = !was_seen && !was_told && self.may_be_unexplained();
        let is_unexplained = matches!(&ending, Ending::Lost(lost) if lost.reason == LostReason::Unexplained);
        let is_unexplained = is_unknowable && is_unexplained;
        if !is_unexplained {
            judge(&ending, memory.as_ref(), &last_events)?;
        }
        // Two runs of the same id leave one entry in the history, so accepted requests are counted.
        let accepted = server.requests().into_iter().filter(|request| {
            let is_post = request.method == "POST" && request.path == "/api/prompt" && request.status() == Some(200);
            is_post && request.json().is_some_and(|body| text(&body, "prompt_id") == Some(&id))
        });
        let times = accepted.count();
        let others = server.finished().into_iter().filter(|known| !before.contains(known) && *known != id);
        let others = others.filter(|known| blocker.as_ref() != Some(known)).count();
        if times == 1 && others == 0 {
            return Ok(if is_unexplained { Verdict::Unexplained } else { Verdict::Known });
        }
        Err(Flaw::Doubled(format!("accepted {times} times, and {others} additional runs")))
    }

    /// Makes the run hang. If the run must wait instead, makes a prompt of another client hang before it, and returns
    /// the id of that prompt; otherwise the id is empty.
    async fn hang(&self, server: &Server) -> String {
        server.node("KSampler").hang();
        if !self.kind.waits() {
            return String::new();
        }
        let blocker = workflow_json(1_000_000, 1, false);
        assert!(server::post(server, "/prompt", &format!(r#"{{"prompt": {blocker}}}"#)).await);
        server.until(|server| server.running().is_some()).await;
        server.running().unwrap_or_default()
    }

    fn add_faults(&self, server: &Server) {
        for fault in &self.faults {
            match fault {
                Fault::Event(on, fault) => _ = server.faults().event(on.clone(), *fault),
                Fault::DropEndEvent => _ = server.faults().drop_end_event(),
                Fault::Http(route, fault) => _ = server.faults().http(route, fault.clone()),
            }
        }
    }

    /// Performs the action that the kind is named after, and waits for the end of the run. Returns the ending that the
    /// client reports, the one that the server remembers, and whether the client had read the queue before the action.
    async fn to_the_end(&self, server: &Server, mut run: Run) -> (Ending, Option<Memory>, bool) {
        let id = run.prompt_id().to_owned();
        let knows = |server: &Server| server.history(&id).is_some();
        let (mut restarted, mut was_told) = (None, false);
        if self.kind.hangs() {
            let runs = |server: &Server| server.running().as_deref() == Some(&id);
            if self.kind.waits() {
                server.until(|server| server.pending().contains(&id)).await;
            } else {
                server.until(runs).await;
            }
            sleep(self.after).await;
            was_told = self.has_read_the_queue(server);
            match self.kind {
                Kind::Interrupted => {
                    let body = format!(r#"{{"prompt_id": "{id}"}}"#);
                    while !server::post(server, "/interrupt", &body).await {}
                }
                Kind::Deleted => while !server::post(server, "/queue", &format!(r#"{{"delete": ["{id}"]}}"#)).await {},
                Kind::Restart | Kind::RestartPending => {
                    restarted = Some(memory_of(server, &id));
                    // The server is down for a moment, which tells a restart from a history that was cleared.
                    server.faults().http("GET /queue", HttpFault::status(503));
                    server.restart();
                    server.node("KSampler").reset();
                }
                // The client does not repeat every failed call, so the program has to.
                _ => while run.cancel().await.is_err() {},
            }
        }
        let ending = run.ended().await;
        let memory = match restarted {
            Some(memory) => memory.or(Some(Memory::Restarted)),
            None if knows(server) => memory_of(server, &id),
            None => None,
        };
        (ending, memory, was_told)
    }

    /// Returns whether nothing but the queue can tell the client how a run of this kind ended that it did not see: a
    /// restart ends every connection, and so may a fault before another client deletes the run.
    fn may_be_unexplained(&self) -> bool {
        match self.kind {
            Kind::Restart | Kind::RestartPending => true,
            Kind::Deleted => self.faults.iter().any(|fault| {
                matches!(
                    fault,
                    Fault::Http("/ws", _) | Fault::Event(_, EventFault::CloseBefore | EventFault::CloseAfter)
                )
            }),
            _ => false,
        }
    }

    /// Returns whether the client has read the server's queue, which shows another prompt. A fault may have kept the
    /// answer from it.
    fn has_read_the_queue(&self, server: &Server) -> bool {
        let is_queue = |route: &str| route == "GET /queue";
        let is_faulty = self.faults.iter().any(|fault| matches!(fault, Fault::Http(route, _) if is_queue(route)));
        !is_faulty && server.requests().iter().any(|request| request.method == "GET" && request.path == "/api/queue")
    }

    /// Checks a failed submission: the faults must explain the error, and the server must not have the run.
    async fn check_failed_submission(
        &self,
        server: &Server,
        error: &Error,
        before: &[String],
        blocker: Option<&str>,
    ) -> Result<(), Flaw> {
        if self.kind == Kind::Rejected {
            let rejected = matches!(error, Error::Rejected(_));
            let failed = matches!(error, Error::Status { .. } | Error::Unconfirmed { .. } | Error::Transport { .. });
            let is_right = rejected || (failed && self.hits_prompt());
            return if is_right { Ok(()) } else { Err(Flaw::Wrong(error.to_string())) };
        }
        if !self.hits_prompt() {
            return Err(Flaw::Wrong(format!("not submitted: {error}")));
        }
        // A late request must not be accepted either. The simulated clock lets everything end that was begun.
        sleep(Duration::from_secs(1)).await;
        let known = server.running().into_iter().chain(server.pending()).chain(server.finished());
        let known: Vec<_> = known.filter(|id| !before.contains(id) && blocker != Some(id)).collect();
        // If the queue or the history cannot be read, the submission may be unconfirmed.
        let unknown = matches!(error, Error::Unconfirmed { .. }) && self.hits_questions();
        if known.is_empty() || unknown { Ok(()) } else { Err(Flaw::Lost(format!("the server has the run: {error}"))) }
    }

    /// Returns whether a fault affects the submission.
    fn hits_prompt(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::Http("POST /prompt", _)))
    }

    /// Returns whether a fault affects the routes that the client asks for the state of a run.
    fn hits_questions(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::Http("GET /queue" | "/history/*", _)))
    }

    fn workflow(&self) -> Workflow {
        let json = match self.kind {
            Kind::Rejected => r#"{"show": {"class_type": "PreviewAny", "inputs": {}}}"#.to_owned(),
            kind => workflow_json(7, self.steps, kind == Kind::Partial),
        };
        serde_json::from_str(&json).expect("a workflow")
    }
}

/// Connects a client that asks the server often.
async fn connect(server: &Server) -> Client {
    let client = Client::builder(server.url())
        .poll_interval(Duration::from_millis(150))
        .response_timeout(Duration::from_secs(10))
        .stalled_after(Duration::from_secs(120))
        .unreachable_after(Duration::from_secs(60));
    client.connect().await.expect("no fault is active yet")
}

/// Returns a workflow with a sampler and a saved image, and on request an invalid output.
fn workflow_json(seed: u32, steps: u32, with_a_bad_output: bool) -> String {
    let bad = if with_a_bad_output { r#", "bad": {"class_type": "PreviewAny", "inputs": {}}"# } else { "" };
    format!(
        r#"{{
        "ckpt": {{"class_type": "CheckpointLoaderSimple", "inputs": {{"ckpt_name": "sd15.safetensors"}}}},
        "prompt": {{"class_type": "CLIPTextEncode", "inputs": {{"text": "a cat", "clip": ["ckpt", 1]}}}},
        "latent": {{"class_type": "EmptyLatentImage", "inputs": {{"width": 16, "height": 16, "batch_size": 1}}}},
        "samples": {{"class_type": "KSampler", "inputs": {{
            "model": ["ckpt", 0], "positive": ["prompt", 0], "negative": ["prompt", 0], "latent_image": ["latent", 0],
            "seed": {seed}, "steps": {steps}, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1}}}},
        "decoded": {{"class_type": "VAEDecode", "inputs": {{"samples": ["samples", 0], "vae": ["ckpt", 2]}}}},
        "cat": {{"class_type": "SaveImage", "inputs": {{"images": ["decoded", 0], "filename_prefix": "cat"}}}}{bad}
    }}"#
    )
}

/// The ending of a run as the server remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Success,
    Error,
    Interrupted,
    /// The server remembers nothing, because it was restarted.
    Restarted,
}

fn memory_of(server: &Server, id: &str) -> Option<Memory> {
    let entry = server.history(id)?;
    let messages = entry.as_object()?.get("status")?.as_object()?.get("messages")?;
    let mut kinds = messages.as_array()?.iter().filter_map(|message| message.as_array()?.first()?.as_str());
    kinds.next_back().map(|kind| match kind {
        "execution_success" => Memory::Success,
        "execution_interrupted" => Memory::Interrupted,
        _ => Memory::Error,
    })
}

/// Returns the last events of a run, which are exactly one unless the client has a flaw, and whether the client saw the
/// run in the queue or saw it start.
async fn last_events(mut events: comfy_runtime::client::Events) -> (Vec<&'static str>, bool) {
    let (mut last, mut was_seen) = (Vec::new(), false);
    while let Some(event) = events.next().await {
        was_seen |= matches!(event, Event::Queued { .. } | Event::Started | Event::Executing { .. });
        match event {
            Event::Finished(_) => last.push("finished"),
            Event::Failed(_) => last.push("failed"),
            Event::Interrupted(_) => last.push("interrupted"),
            Event::Deleted(_) => last.push("deleted"),
            Event::Lost(_) => last.push("lost"),
            Event::Stalled(_) => last.push("stalled"),
            _ if last.is_empty() => {}
            _ => last.push("an event after the last"),
        }
    }
    (last, was_seen)
}

/// Checks that the ending agrees with the one that the server remembers and with the last event.
fn judge(ending: &Ending, memory: Option<&Memory>, last: &[&str]) -> Result<(), Flaw> {
    let is_true = match (memory, ending) {
        (Some(Memory::Success), Ending::Finished(done)) => {
            done.images("cat").is_ok_and(|images| images.len() == 1) && done.raw("cat").is_ok_and(is_some)
        }
        (Some(Memory::Error), Ending::Failed(error)) => error.node.id == "decoded",
        (Some(Memory::Interrupted), Ending::Interrupted(_)) | (None, Ending::Deleted(_)) => true,
        (Some(Memory::Restarted), Ending::Lost(run)) => run.reason == LostReason::Forgotten,
        _ => false,
    };
    if !is_true {
        let message = format!("expected the ending that the server remembers, {memory:?}, found {}", ending.as_str());
        return Err(if matches!(ending, Ending::Lost(_)) { Flaw::Lost(message) } else { Flaw::Wrong(message) });
    }
    if last == [ending.as_str()] { Ok(()) } else { Err(Flaw::Wrong(format!("the events ended with {last:?}"))) }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.as_object()?.get(key)?.as_str()
}

fn is_some(output: Option<&Value>) -> bool {
    output.is_some()
}
