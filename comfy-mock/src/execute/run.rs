//! One run, from `execution_start` to its end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use comfy_schema::{Map, Schema, Text, Value};

use super::cache::{Done, signatures};
use super::graph::Graph;
use super::node;
use super::order::{Next, Order};
use super::progress::Progress;
use crate::json::{dumps, map};
use crate::queue::{Item, Status};
use crate::state::{Shared, lock, now};
use crate::ws::{Frame, To};

/// How a run ended.
pub(super) struct Ended {
    pub(super) status: Status,
    pub(super) outputs: Map,
    pub(super) meta: Map,
}

/// What ends a run early.
#[derive(Debug)]
pub(super) enum Halt {
    /// Someone asked for it.
    Interrupted,
    /// A node raised.
    Failed(Box<Raised>),
    /// The server was restarted meanwhile.
    Gone,
}

/// What a node raised.
#[derive(Debug)]
pub(super) struct Raised {
    pub(super) exception: String,
    pub(super) message: String,
    pub(super) inputs: Value,
}

/// One run.
pub(super) struct Run {
    pub(super) shared: Arc<Shared>,
    pub(super) item: Item,
    client_id: Option<String>,
    life: u64,
    schema: Arc<Schema>,
    pub(super) progress: Progress,
    messages: Vec<(&'static str, Value)>,
    outputs: Map,
    meta: Map,
    executed: Vec<Text>,
    /// `prompt`, and what the client wants in files.
    pub(super) texts: Vec<(String, String)>,
}

/// What a run looks at while it lasts.
pub(super) struct Scene<'p> {
    pub(super) graph: &'p Graph<'p>,
    pub(super) signatures: &'p [u128],
    pub(super) results: Vec<Option<Arc<Done>>>,
}

impl Run {
    pub(super) fn new(shared: Arc<Shared>, item: Item, life: u64) -> Self {
        let schema = Arc::clone(shared.definitions.schema());
        let client_id = item.client_id().map(str::to_owned);
        let texts = texts(&item);
        Self {
            shared,
            item,
            client_id,
            life,
            schema,
            progress: Progress::default(),
            messages: Vec::new(),
            outputs: Map::new(),
            meta: Map::new(),
            executed: Vec::new(),
            texts,
        }
    }

    /// Plays the run; `None` if it kills the worker.
    pub(super) async fn play(mut self) -> Option<Ended> {
        let id = Value::from(&self.item.prompt_id);
        self.message("execution_start", map([("prompt_id", id.clone())]), false);
        let (prompt, schema) = (Arc::clone(&self.item.prompt), Arc::clone(&self.schema));
        let graph = Graph::new(&prompt, &schema).ok()?;
        let signatures = signatures(&graph, &self.shared.storage);
        let results = lock(&self.shared.cache).start(&signatures);
        let ids = graph.nodes.iter().zip(&results).filter(|(_, result)| result.is_some()).map(|(node, _)| node.id);
        self.message("execution_cached", map([("nodes", ids.collect()), ("prompt_id", id.clone())]), false);
        let mut scene = Scene { graph: &graph, signatures: &signatures, results };
        let halted = self.nodes(&mut scene).await;
        let success = match halted {
            Ok(()) => {
                self.intermediate(&scene);
                self.message("execution_success", map([("prompt_id", id)]), false);
                true
            }
            Err((at, halt)) => {
                self.halted(&graph, at, halt);
                false
            }
        };
        Some(Ended { status: Status { success, messages: self.messages }, outputs: self.outputs, meta: self.meta })
    }

    async fn nodes(&mut self, scene: &mut Scene<'_>) -> Result<(), (Option<usize>, Halt)> {
        let mut order = Order::new(scene.results.iter().map(Option::is_some).collect());
        for output in self.item.outputs.iter().filter_map(|id| scene.graph.position(id)) {
            order.add(scene.graph, output);
        }
        loop {
            // Others get their turn; without times a run would not let go until its end.
            tokio::task::yield_now().await;
            self.check().map_err(|halt| (None, halt))?;
            match order.next(scene.graph) {
                Next::Finished => return Ok(()),
                Next::Cycle => return Err((None, Halt::Failed(Box::new(cycle())))),
                Next::Run(at) => {
                    if self.one(scene, &mut order, at).await.map_err(|halt| (Some(at), halt))? {
                        order.finish(at);
                    }
                }
            }
        }
    }

    /// Runs one node; whether it ended. It does not end if it asked for lazy inputs.
    async fn one(&mut self, scene: &mut Scene<'_>, order: &mut Order, at: usize) -> Result<bool, Halt> {
        let node = &scene.graph.nodes[at];
        let (prompt_id, id) = (self.item.prompt_id.clone(), node.id);
        if let Some(done) = scene.results[at].clone() {
            self.show_cached(id, &done);
            self.progress.finish(&prompt_id, id);
            self.send_progress();
            return Ok(true);
        }
        self.progress.start(&prompt_id, id);
        self.send_progress();
        if self.client_id.is_some() {
            lock(&self.shared.active).node = Some(id.to_string());
            let data = map([("node", id.into()), ("display_node", id.into()), ("prompt_id", (&prompt_id).into())]);
            self.send_if_client(Frame::event("executing", Value::Object(data)));
        }
        if Self::ask_for_lazy(scene, order, at) {
            return Ok(false);
        }
        self.check_interrupt()?;
        let done = Arc::new(node::play(self, scene, at).await?);
        if let Some(output) = &done.output {
            self.show(id, output.clone());
        }
        self.executed.push(id.clone());
        lock(&self.shared.cache).put(scene.signatures[at], Arc::clone(&done));
        scene.results[at] = Some(done);
        self.progress.finish(&prompt_id, id);
        self.send_progress();
        Ok(true)
    }

    /// Lets a node wait for the lazy inputs that it needs; whether it waits.
    fn ask_for_lazy(scene: &Scene<'_>, order: &mut Order, at: usize) -> bool {
        let node = &scene.graph.nodes[at];
        let switch = node.inputs.get("switch").and_then(Value::as_bool);
        let wanted = |input: &str| match (switch, input) {
            (Some(on), "on_true") => on,
            (Some(on), "on_false") => !on,
            _ => true,
        };
        let lazy = node.links.iter().filter(|link| link.lazy && wanted(link.input));
        // All are asked for, not only the first that is not there.
        lazy.filter(|link| order.wait(scene.graph, link.from, at)).count() > 0
    }

    /// What a cached output node shows again.
    fn show_cached(&mut self, id: &Text, done: &Done) {
        // Without a client it is missing from the history too (fixed in 0.28).
        if self.client_id.is_some() {
            self.send_executed(id, done.output.clone());
            if let Some(output) = &done.output {
                self.remember(id, output.clone());
            }
        }
    }

    /// Cached nodes whose output is shown again though nothing asked for them.
    fn intermediate(&mut self, scene: &Scene<'_>) {
        for (node, result) in scene.graph.nodes.iter().zip(&scene.results) {
            let again = node.definition.is_some_and(|definition| definition.has_intermediate_output);
            let Some(output) = result.as_ref().and_then(|done| done.output.clone()) else { continue };
            if again && !self.outputs.contains_key(node.id) && self.client_id.is_some() {
                self.send_executed(node.id, Some(output.clone()));
                self.remember(node.id, output);
            }
        }
    }

    fn show(&mut self, id: &Text, output: Value) {
        self.send_executed(id, Some(output.clone()));
        self.remember(id, output);
    }

    fn send_executed(&self, id: &Text, output: Option<Value>) {
        let data = map([
            ("node", id.into()),
            ("display_node", id.into()),
            ("output", output.into()),
            ("prompt_id", (&self.item.prompt_id).into()),
        ]);
        self.send_if_client(Frame::event("executed", Value::Object(data)));
    }

    fn remember(&mut self, id: &Text, output: Value) {
        let meta = map([
            ("node_id", id.into()),
            ("display_node", id.into()),
            ("parent_node", Value::Null),
            ("real_node_id", id.into()),
        ]);
        self.outputs.insert(id.clone(), output);
        self.meta.insert(id.clone(), meta);
    }

    fn halted(&mut self, graph: &Graph<'_>, at: Option<usize>, halt: Halt) {
        let node = at.and_then(|at| graph.nodes.get(at));
        let (id, class) = node.map_or((Value::Null, Value::Null), |node| (node.id.into(), node.class.into()));
        let mut data = map([
            ("prompt_id", Value::from(&self.item.prompt_id)),
            ("node_id", id),
            ("node_type", class),
            ("executed", self.executed.iter().collect()),
        ]);
        match halt {
            Halt::Gone => {}
            Halt::Interrupted => self.message("execution_interrupted", data, true),
            Halt::Failed(raised) => {
                let in_cycle = node.is_none();
                data.insert("exception_message", format!("{}\n", raised.message));
                data.insert("exception_type", raised.exception);
                let line = format!("  File \"comfy-mock\", line 1, in execute\n    raise: {}\n", raised.message);
                data.insert("traceback", Value::Array(if in_cycle { Vec::new() } else { vec![line.into()] }));
                data.insert("current_inputs", raised.inputs);
                data.insert("current_outputs", graph.nodes.iter().map(|node| node.id).collect::<Value>());
                self.message("execution_error", data, false);
            }
        }
    }

    /// Sends an event that the history keeps.
    fn message(&mut self, kind: &'static str, mut data: Map, to_all: bool) {
        data.insert("timestamp", now());
        let data = Value::Object(data);
        self.messages.push((kind, data.clone()));
        let frame = Frame::event(kind, data);
        if to_all {
            self.send(&frame);
        } else {
            self.send_if_client(frame);
        }
    }

    /// The prompt's client, or all if it has none.
    fn to(&self) -> To<'_> {
        self.client_id.as_deref().map_or(To::All, To::Client)
    }

    /// Whether anyone follows the run.
    pub(super) fn is_heard(&self) -> bool {
        self.is_alive() && self.shared.hub.hears(self.to())
    }

    /// To the prompt's client, or to all if it has none.
    pub(super) fn send(&self, frame: &Frame) {
        if self.is_alive() {
            self.shared.hub.send(self.to(), frame);
        }
    }

    fn send_if_client(&self, frame: Frame) {
        if let Some(client) = self.client_id.as_deref().filter(|_| self.is_alive()) {
            self.shared.hub.send(To::Client(client), &frame);
        }
    }

    pub(super) fn send_progress(&self) {
        if !self.is_heard() {
            return;
        }
        self.send(&Frame::event("progress_state", self.progress.to_value(&self.item.prompt_id)));
    }

    /// Whether the prompt's client takes previews with metadata.
    pub(super) fn takes_metadata(&self) -> bool {
        self.client_id.as_deref().is_some_and(|client| self.shared.hub.takes_metadata(client))
    }

    fn is_alive(&self) -> bool {
        self.shared.life.load(Ordering::SeqCst) == self.life
    }

    fn check(&self) -> Result<(), Halt> {
        if self.is_alive() { Ok(()) } else { Err(Halt::Gone) }
    }

    /// Whether the run may go on.
    pub(super) fn check_interrupt(&self) -> Result<(), Halt> {
        self.check()?;
        if lock(&self.shared.queue).is_interrupted() { Err(Halt::Interrupted) } else { Ok(()) }
    }

    /// Lets a node work for this long, `None` for ever, unless an interrupt comes.
    pub(super) async fn pass(&self, time: Option<Duration>) -> Result<(), Halt> {
        self.wait(time, || self.check_interrupt()).await?;
        self.check_interrupt()
    }

    /// Lets a step take this long. An interrupt has its effect at the end of the step, as on a real server.
    pub(super) async fn pass_step(&self, time: Duration) -> Result<(), Halt> {
        self.wait(Some(time), || self.check()).await?;
        self.check_interrupt()
    }

    /// Waits until the time is over or `check` fails; it is asked whenever something changes.
    async fn wait(&self, time: Option<Duration>, check: impl Fn() -> Result<(), Halt>) -> Result<(), Halt> {
        if time.is_some_and(|time| time.is_zero()) {
            return check();
        }
        let mut changes = self.shared.changed.subscribe();
        let halted = async {
            loop {
                check()?;
                if changes.changed().await.is_err() {
                    return Err(Halt::Gone);
                }
            }
        };
        let over = async {
            match time {
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            halt = halted => halt,
            () = over => Ok(()),
        }
    }
}

fn cycle() -> Raised {
    Raised {
        exception: "graph.DependencyCycleError".into(),
        message: "Dependency cycle detected".into(),
        inputs: Value::Array(Vec::new()),
    }
}

/// What is written into files: the prompt, and each entry of `extra_pnginfo`.
fn texts(item: &Item) -> Vec<(String, String)> {
    let prompt = ("prompt".to_owned(), dumps(&Value::Object(item.prompt.as_ref().clone())));
    let extra = item.extra_data.get("extra_pnginfo").and_then(Value::as_object);
    let extra = extra.into_iter().flat_map(|extra| extra.iter().map(|(key, value)| (key.to_string(), dumps(value))));
    std::iter::once(prompt).chain(extra).collect()
}
