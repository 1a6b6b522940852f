//! One run, what goes wrong with it, and whether its end is the true one.

use std::time::Duration;

use comfy_mock::{EventFault, EventMatch, HttpFault, Server, Timing};
use comfy_runtime::client::{Accepted, Ending, Error, Event, LostReason, Run, Value};
use comfy_runtime::{Client, Workflow};
use tokio::time::{sleep, timeout};

use crate::server;

/// No case takes longer, else it hangs.
const LONG: Duration = Duration::from_secs(30);

/// What kind of run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It succeeds.
    Success,
    /// All of its results are in the cache.
    Cached,
    /// Its last node but one fails.
    Failing,
    /// One of its outputs is refused.
    Partial,
    /// It is refused.
    Rejected,
    /// Somebody else interrupts it.
    Interrupted,
    /// Somebody else takes it from the queue.
    Deleted,
    /// Its owner cancels it while it runs.
    Cancelled,
    /// Its owner cancels it while it waits.
    CancelledPending,
    /// The server is started anew while it runs.
    Restart,
    /// The server is started anew while it waits.
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

/// One thing that goes wrong.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Event(EventMatch, EventFault),
    TheEndIsLost,
    Http(&'static str, HttpFault),
}

/// A run and what goes wrong with it.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// What a message calls it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) steps: u32,
    pub(crate) timing: Timing,
    /// What goes wrong from the start.
    pub(crate) faults: Vec<Fault>,
    /// How long after the submission the thing happens that the kind is named for.
    pub(crate) after: Duration,
}

/// What is wrong with the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A run of which the server knows the end was lost, or never told of.
    Lost(String),
    /// It ran twice.
    Doubled(String),
    /// It ended otherwise.
    Wrong(String),
    /// It did not end.
    Hang,
}

impl Case {
    /// Runs it.
    pub(crate) async fn run(&self) -> Result<(), Flaw> {
        timeout(LONG, self.check()).await.unwrap_or(Err(Flaw::Hang))
    }

    async fn check(&self) -> Result<(), Flaw> {
        let server = server::spawn(self.timing).await;
        let client = connect(&server).await;
        let workflow = self.workflow();
        if self.kind == Kind::Cached {
            client.run(&workflow).await.expect("nothing goes wrong yet");
        }
        if self.kind == Kind::Failing {
            server.node("VAEDecode").fail("it fails");
        }
        let blocker = if self.kind.hangs() { Some(self.hang(&server).await) } else { None };
        let before = server.finished();
        self.go_wrong(&server);
        let submitted = client.submit(&workflow).await;
        let run = match submitted {
            Ok(Accepted::Partial { run, .. }) if self.kind == Kind::Partial => run,
            Ok(Accepted::Complete(run)) if self.kind != Kind::Partial => run,
            Ok(accepted) => return Err(Flaw::Wrong(format!("accepted as {accepted:?}"))),
            Err(error) => return self.not_submitted(&server, &error, &before, blocker.as_deref()).await,
        };
        let id = run.prompt_id().to_owned();
        let heard = tokio::spawn(last_events(run.events()));
        let (ending, memory) = self.to_the_end(&server, run).await;
        let told = heard.await.expect("no panic");
        // Taken out by somebody else after the connection broke, before the client could see it in the queue: nothing
        // tells that from a server that was started anew.
        let unknowable = self.kind == Kind::Deleted && self.hits_questions() && self.closes();
        let is_honest = matches!(&ending, Ending::Lost(gone) if gone.reason == LostReason::Forgotten);
        if !(unknowable && is_honest) {
            judge(&ending, memory.as_ref(), &told)?;
        }
        // The same id twice leaves one entry in the history, so what counts is how often the server took it.
        let taken = server.requests().into_iter().filter(|request| {
            let is_post = request.method == "POST" && request.path == "/api/prompt" && request.status() == Some(200);
            is_post && request.json().is_some_and(|body| text(&body, "prompt_id") == Some(&id))
        });
        let times = taken.count();
        let others = server.finished().into_iter().filter(|known| !before.contains(known) && *known != id);
        let others = others.filter(|known| blocker.as_ref() != Some(known)).count();
        if times == 1 && others == 0 {
            return Ok(());
        }
        Err(Flaw::Doubled(format!("taken {times} times, and {others} runs more")))
    }

    /// A prompt of somebody else that hangs, so that ours waits; or ours hangs.
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

    fn go_wrong(&self, server: &Server) {
        for fault in &self.faults {
            match fault {
                Fault::Event(on, fault) => _ = server.faults().event(on.clone(), *fault),
                Fault::TheEndIsLost => _ = server.faults().drop_end_event(),
                Fault::Http(route, fault) => _ = server.faults().http(route, fault.clone()),
            }
        }
    }

    /// Lets happen what the kind is named for, and waits for the end. With it comes what the server remembered of the
    /// run at last.
    async fn to_the_end(&self, server: &Server, mut run: Run) -> (Ending, Option<Memory>) {
        let id = run.prompt_id().to_owned();
        let knows = |server: &Server| server.history(&id).is_some();
        let mut restarted = None;
        if self.kind.hangs() {
            let runs = |server: &Server| server.running().as_deref() == Some(&id);
            if self.kind.waits() {
                server.until(|server| server.pending().contains(&id)).await;
            } else {
                server.until(runs).await;
            }
            sleep(self.after).await;
            match self.kind {
                Kind::Interrupted => {
                    let body = format!(r#"{{"prompt_id": "{id}"}}"#);
                    while !server::post(server, "/interrupt", &body).await {}
                }
                Kind::Deleted => while !server::post(server, "/queue", &format!(r#"{{"delete": ["{id}"]}}"#)).await {},
                Kind::Restart | Kind::RestartPending => {
                    restarted = Some(memory_of(server, &id));
                    server.restart();
                    server.node("KSampler").reset();
                }
                // A call that fails is the caller's to repeat.
                _ => while run.cancel().await.is_err() {},
            }
        }
        let ending = run.ended().await;
        let memory = match restarted {
            Some(memory) => memory.or(Some(Memory::Restarted)),
            None if knows(server) => memory_of(server, &id),
            None => None,
        };
        (ending, memory)
    }

    /// The submission failed: then the error must be the true one, and the server must not have the run.
    async fn not_submitted(
        &self,
        server: &Server,
        error: &Error,
        before: &[String],
        blocker: Option<&str>,
    ) -> Result<(), Flaw> {
        if self.kind == Kind::Rejected {
            let told = matches!(error, Error::Rejected(_));
            let failed = matches!(error, Error::Status { .. } | Error::Unconfirmed { .. } | Error::Transport { .. });
            return if told || (failed && self.hits_prompt()) { Ok(()) } else { Err(Flaw::Wrong(error.to_string())) };
        }
        if !self.hits_prompt() {
            return Err(Flaw::Wrong(format!("not submitted: {error}")));
        }
        // Nothing may arrive later.
        sleep(Duration::from_millis(100)).await;
        let known = server.running().into_iter().chain(server.pending()).chain(server.finished());
        let known: Vec<_> = known.filter(|id| !before.contains(id) && blocker != Some(id)).collect();
        // Where it cannot be asked for, the error says that it is not known.
        let unknown = matches!(error, Error::Unconfirmed { .. }) && self.hits_questions();
        if known.is_empty() || unknown { Ok(()) } else { Err(Flaw::Lost(format!("the server runs it: {error}"))) }
    }

    fn hits_prompt(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault, Fault::Http("POST /prompt", _)))
    }

    fn closes(&self) -> bool {
        let is_close = |fault: &Fault| {
            matches!(fault, Fault::Event(_, EventFault::CloseBefore | EventFault::CloseAfter) | Fault::Http("/ws", _))
        };
        self.faults.iter().any(is_close)
    }

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

/// A client that is quick to doubt.
async fn connect(server: &Server) -> Client {
    let client = Client::builder(server.url())
        .poll_interval(Duration::from_millis(150))
        .response_timeout(Duration::from_millis(600))
        .stalled_after(Duration::from_secs(15))
        .unreachable_after(Duration::from_secs(10));
    client.connect().await.expect("nothing goes wrong yet")
}

/// A sampler and a saved picture, and on request an output that the server refuses.
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

/// What the server remembers of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Success,
    Error,
    Interrupted,
    /// Nothing, because it was started anew.
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

/// The last events of a run, and that nothing followed.
async fn last_events(mut events: comfy_runtime::client::Events) -> Vec<&'static str> {
    let mut last = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Event::Finished(_) => last.push("finished"),
            Event::Failed(_) => last.push("failed"),
            Event::Interrupted(_) => last.push("interrupted"),
            Event::Deleted => last.push("deleted"),
            Event::Lost(_) => last.push("lost"),
            Event::Stalled(_) => last.push("stalled"),
            _ if last.is_empty() => {}
            _ => last.push("something after the end"),
        }
    }
    last
}

/// Whether an ending is what the server remembers, and what the events told.
fn judge(ending: &Ending, memory: Option<&Memory>, last: &[&str]) -> Result<(), Flaw> {
    let is_true = match (memory, ending) {
        (Some(Memory::Success), Ending::Finished(done)) => {
            done.images("cat").is_ok_and(|images| images.len() == 1) && done.raw("cat").is_ok_and(is_some)
        }
        (Some(Memory::Error), Ending::Failed(error)) => error.node.id == "decoded",
        (Some(Memory::Interrupted), Ending::Interrupted(_)) | (None, Ending::Deleted) => true,
        (Some(Memory::Restarted), Ending::Lost(gone)) => gone.reason == LostReason::Forgotten,
        _ => false,
    };
    if !is_true {
        let flaw = format!("{} where the server remembers {memory:?}", ending.as_str());
        return Err(if matches!(ending, Ending::Lost(_)) { Flaw::Lost(flaw) } else { Flaw::Wrong(flaw) });
    }
    if last == [ending.as_str()] { Ok(()) } else { Err(Flaw::Wrong(format!("the events ended with {last:?}"))) }
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.as_object()?.get(key)?.as_str()
}

fn is_some(output: Option<&Value>) -> bool {
    output.is_some()
}
