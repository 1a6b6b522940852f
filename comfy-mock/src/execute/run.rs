//! One run, from `execution_start` to its end.

use std::sync::Arc;

use comfy_schema::{Map, Schema, Text, Value};

use super::cache::{NodeResult, signatures};
use super::graph::Graph;
use super::node;
use super::order::{Next, Order};
use super::scene::{Halt, Scene, ServerException, Stage};
use crate::json::map;
use crate::queue::{Item, Status};
use crate::state::Shared;
use crate::sync::{lock, now};
use crate::ws::Frame;

/// The outcome of a run, as the history keeps it.
pub(super) struct Outcome {
    pub(super) status: Status,
    /// Node id → UI output.
    pub(super) outputs: Map,
    /// Node id → metadata of its UI output.
    pub(super) meta: Map,
}

/// One run.
pub(super) struct Run {
    stage: Stage,
    schema: Arc<Schema>,
    messages: Vec<(&'static str, Value)>,
    outputs: Map,
    meta: Map,
    executed: Vec<Text>,
}

impl Run {
    pub(super) fn new(shared: Arc<Shared>, item: Item, restarts: u64) -> Self {
        Self {
            schema: Arc::clone(shared.definitions.schema()),
            stage: Stage::new(shared, item, restarts),
            messages: Vec::new(),
            outputs: Map::new(),
            meta: Map::new(),
            executed: Vec::new(),
        }
    }

    /// Executes the prompt, and sends the events of the run. Returns `None` if the prompt kills the worker.
    pub(super) async fn play(mut self) -> Option<Outcome> {
        let id = Value::from(&self.stage.item.prompt_id);
        self.message("execution_start", map([("prompt_id", id.clone())]), false);
        let (prompt, schema) = (Arc::clone(&self.stage.item.prompt), Arc::clone(&self.schema));
        let graph = Graph::new(&prompt, &schema).ok()?;
        let signatures = signatures(&graph, &self.stage.shared.storage);
        let results = lock(&self.stage.shared.cache).start(&signatures);
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
        Some(Outcome { status: Status { success, messages: self.messages }, outputs: self.outputs, meta: self.meta })
    }

    /// Runs the nodes in the order of the real server. An error contains the position of the node at which the run
    /// ended, if there is one.
    async fn nodes(&mut self, scene: &mut Scene<'_>) -> Result<(), (Option<usize>, Halt)> {
        let mut order = Order::new(scene.results.iter().map(Option::is_some).collect());
        for output in self.stage.item.outputs.iter().filter_map(|id| scene.graph.position(id)) {
            order.add(scene.graph, output);
        }
        loop {
            // If the durations are zero, nothing else in this loop yields to other tasks.
            tokio::task::yield_now().await;
            self.stage.check_alive().map_err(|halt| (None, halt))?;
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

    /// Runs one node. Returns false if the node first has to wait for lazy inputs.
    async fn one(&mut self, scene: &mut Scene<'_>, order: &mut Order, at: usize) -> Result<bool, Halt> {
        let node = &scene.graph.nodes[at];
        let (prompt_id, id) = (self.stage.item.prompt_id.clone(), node.id);
        if let Some(result) = scene.results[at].clone() {
            self.show_cached(id, &result);
            self.stage.progress.finish(&prompt_id, id);
            self.stage.send_progress();
            return Ok(true);
        }
        self.stage.progress.start(&prompt_id, id);
        self.stage.send_progress();
        if self.stage.client_id.is_some() {
            lock(&self.stage.shared.active).node = Some(id.to_string());
            let data = map([("node", id.into()), ("display_node", id.into()), ("prompt_id", (&prompt_id).into())]);
            self.stage.send_to_client(&Frame::event("executing", Value::Object(data)));
        }
        if Self::ask_for_lazy(scene, order, at) {
            return Ok(false);
        }
        self.stage.check_interrupt()?;
        let result = Arc::new(node::play(&mut self.stage, scene, at).await?);
        if let Some(output) = &result.output {
            self.show(id, output.clone());
        }
        self.executed.push(id.clone());
        lock(&self.stage.shared.cache).put(scene.signatures[at], Arc::clone(&result));
        scene.results[at] = Some(result);
        self.stage.progress.finish(&prompt_id, id);
        self.stage.send_progress();
        Ok(true)
    }

    /// Makes a node wait for the lazy inputs that it needs. Returns whether it waits.
    fn ask_for_lazy(scene: &Scene<'_>, order: &mut Order, at: usize) -> bool {
        let node = &scene.graph.nodes[at];
        let switch = node.inputs.get("switch").and_then(Value::as_bool);
        let wanted = |input: &str| match (switch, input) {
            (Some(on), "on_true") => on,
            (Some(on), "on_false") => !on,
            _ => true,
        };
        let lazy = node.links.iter().filter(|link| link.lazy && wanted(link.input));
        // Unlike `any`, `count` visits all links: the node asks for all lazy inputs at once.
        lazy.filter(|link| order.wait(scene.graph, link.from, at)).count() > 0
    }

    /// Sends the output of a cached output node again.
    fn show_cached(&mut self, id: &Text, result: &NodeResult) {
        // Without a client, the output is missing from the history, too, as on a real server (fixed in ComfyUI 0.28).
        if self.stage.client_id.is_some() {
            self.send_executed(id, result.output.clone());
            if let Some(output) = &result.output {
                self.remember(id, output.clone());
            }
        }
    }

    /// Sends the outputs of nodes with `has_intermediate_output` that are in the cache and that the run did not visit.
    fn intermediate(&mut self, scene: &Scene<'_>) {
        for (node, result) in scene.graph.nodes.iter().zip(&scene.results) {
            let again = node.definition.is_some_and(|definition| definition.has_intermediate_output);
            let Some(output) = result.as_ref().and_then(|result| result.output.clone()) else { continue };
            if again && !self.outputs.contains_key(node.id) && self.stage.client_id.is_some() {
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
            ("prompt_id", (&self.stage.item.prompt_id).into()),
        ]);
        self.stage.send_to_client(&Frame::event("executed", Value::Object(data)));
    }

    /// Keeps an output for the history.
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
            ("prompt_id", Value::from(&self.stage.item.prompt_id)),
            ("node_id", id),
            ("node_type", class),
            ("executed", self.executed.iter().collect()),
        ]);
        match halt {
            Halt::Restarted => {}
            Halt::Interrupted => self.message("execution_interrupted", data, true),
            Halt::Failed(exception) => {
                let in_cycle = node.is_none();
                data.insert("exception_message", format!("{}\n", exception.message));
                data.insert("exception_type", exception.kind);
                let line = format!("  File \"comfy-mock\", line 1, in execute\n    raise: {}\n", exception.message);
                data.insert("traceback", Value::Array(if in_cycle { Vec::new() } else { vec![line.into()] }));
                data.insert("current_inputs", exception.inputs);
                data.insert("current_outputs", graph.nodes.iter().map(|node| node.id).collect::<Value>());
                self.message("execution_error", data, false);
            }
        }
    }

    /// Sends an event, and keeps it for the history.
    fn message(&mut self, kind: &'static str, mut data: Map, to_all: bool) {
        data.insert("timestamp", now());
        let data = Value::Object(data);
        self.messages.push((kind, data.clone()));
        let frame = Frame::event(kind, data);
        if to_all {
            self.stage.send(&frame);
        } else {
            self.stage.send_to_client(&frame);
        }
    }
}

fn cycle() -> ServerException {
    ServerException {
        kind: "graph.DependencyCycleError".into(),
        message: "Dependency cycle detected".into(),
        inputs: Value::Array(Vec::new()),
    }
}
