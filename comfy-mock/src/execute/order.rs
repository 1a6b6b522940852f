//! The order in which nodes run. It follows `ExecutionList` of the real server (`comfy_execution/graph.py`) step by
//! step.

use super::graph::Graph;

/// The order of a run: the nodes that are to run, and the nodes that they wait for.
#[derive(Debug)]
pub(crate) struct Order {
    /// The nodes that are to run, in the order in which they were added.
    pending: Vec<usize>,
    is_pending: Vec<bool>,
    /// For each node, the number of nodes that it waits for.
    waits_for: Vec<usize>,
    /// For each node, the nodes that wait for it.
    blocks: Vec<Vec<usize>>,
    /// For each node, whether its result is available.
    done: Vec<bool>,
}

/// The next step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Run(usize),
    /// All pending nodes wait for each other.
    Cycle,
    Finished,
}

impl Order {
    /// Creates an order in which no node is to run yet. `done` states for each node whether its result is in the cache.
    pub(crate) fn new(done: Vec<bool>) -> Self {
        let count = done.len();
        Self {
            pending: Vec::new(),
            is_pending: vec![false; count],
            waits_for: vec![0; count],
            blocks: vec![Vec::new(); count],
            done,
        }
    }

    /// Adds a node, and all nodes that it needs whose results are not available. Lazy inputs need no node yet.
    pub(crate) fn add(&mut self, graph: &Graph<'_>, node: usize) {
        let mut found = vec![node];
        let mut links = Vec::new();
        while let Some(at) = found.pop() {
            if self.is_pending[at] {
                continue;
            }
            self.is_pending[at] = true;
            self.pending.push(at);
            self.waits_for[at] = 0;
            self.blocks[at].clear();
            for link in graph.nodes[at].links.iter().filter(|link| !link.lazy) {
                if !self.done[link.from] {
                    found.push(link.from);
                }
                links.push((link.from, at));
            }
        }
        for (from, to) in links {
            self.wait(graph, from, to);
        }
    }

    /// Makes the node `to` wait for `from`, unless the result of `from` is available. Returns whether it waits.
    pub(crate) fn wait(&mut self, graph: &Graph<'_>, from: usize, to: usize) -> bool {
        if self.done[from] {
            return false;
        }
        if !self.is_pending[from] {
            self.add(graph, from);
        }
        if !self.blocks[from].contains(&to) {
            self.blocks[from].push(to);
            self.waits_for[to] += 1;
        }
        true
    }

    /// Returns the node to run next. Among the nodes that can run, the server prefers an output node, then a node that
    /// an output node waits for, then a node that such a node waits for.
    pub(crate) fn next(&self, graph: &Graph<'_>) -> Next {
        let Some(&first) = self.pending.first() else { return Next::Finished };
        let ready = || self.pending.iter().copied().filter(|&at| self.waits_for[at] == 0);
        let is_output = |at: &usize| graph.nodes[*at].is_output();
        let before_output = |at: &usize| self.blocks[*at].iter().any(is_output);
        let two_before = |at: &usize| self.blocks[*at].iter().any(before_output);
        let chosen = ready()
            .find(is_output)
            .or_else(|| ready().find(before_output))
            .or_else(|| ready().find(two_before))
            .or_else(|| ready().find(|&at| at == first))
            .or_else(|| ready().next());
        chosen.map_or(Next::Cycle, Next::Run)
    }

    /// Marks a node as done.
    pub(crate) fn finish(&mut self, node: usize) {
        self.done[node] = true;
        self.is_pending[node] = false;
        self.pending.retain(|&at| at != node);
        for to in std::mem::take(&mut self.blocks[node]) {
            self.waits_for[to] = self.waits_for[to].saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use comfy_schema::{Map, Schema, Value};

    use super::super::graph::Graph;
    use super::{Next, Order};

    const SCHEMA: &str = r#"{
        "Load": {"input": {"required": {}}, "output": ["X"]},
        "Work": {"input": {"required": {"a": ["X"], "b": ["X"]}}, "output": ["X"]},
        "Choose": {"input": {"required": {"a": ["X", {"lazy": true}]}}, "output": ["X"]},
        "Save": {"input": {"required": {"a": ["X"]}}, "output": [], "output_node": true}
    }"#;

    fn prompt(json: &str) -> Map {
        match Value::parse(json.as_bytes()).unwrap() {
            Value::Object(prompt) => prompt,
            other => panic!("{other}"),
        }
    }

    fn run(json: &str, done: &[&str], outputs: &[&str]) -> Vec<String> {
        let (schema, prompt) = (Schema::from_slice(SCHEMA.as_bytes()).unwrap(), prompt(json));
        let graph = Graph::new(&prompt, &schema).unwrap();
        let mut order = Order::new(prompt.keys().map(|id| done.contains(&id.as_str())).collect());
        for output in outputs {
            order.add(&graph, graph.position(output).unwrap());
        }
        let mut ran = Vec::new();
        loop {
            match order.next(&graph) {
                Next::Run(at) => {
                    ran.push(graph.nodes[at].id.to_string());
                    order.finish(at);
                }
                Next::Cycle => {
                    ran.push("cycle".to_owned());
                    return ran;
                }
                Next::Finished => return ran,
            }
        }
    }

    const CHAIN: &str = r#"{
        "save": {"class_type": "Save", "inputs": {"a": ["work", 0]}},
        "work": {"class_type": "Work", "inputs": {"a": ["one", 0], "b": ["two", 0]}},
        "one": {"class_type": "Load", "inputs": {}},
        "two": {"class_type": "Load", "inputs": {}},
        "other": {"class_type": "Save", "inputs": {"a": ["one", 0]}}
    }"#;

    #[test]
    fn a_node_runs_after_what_it_needs() {
        assert_eq!(run(CHAIN, &[], &["save"]), ["two", "one", "work", "save"]);
    }

    #[test]
    fn outputs_run_as_soon_as_they_can() {
        assert_eq!(run(CHAIN, &[], &["save", "other"]), ["one", "other", "two", "work", "save"]);
    }

    #[test]
    fn nodes_with_a_result_do_not_run() {
        assert_eq!(run(CHAIN, &["one", "work"], &["save"]), ["save"]);
    }

    #[test]
    fn lazy_inputs_wait_until_they_are_asked_for() {
        let json = r#"{"save": {"class_type": "Save", "inputs": {"a": ["choose", 0]}},
            "choose": {"class_type": "Choose", "inputs": {"a": ["one", 0]}},
            "one": {"class_type": "Load", "inputs": {}}}"#;
        assert_eq!(run(json, &[], &["save"]), ["choose", "save"]);
    }

    #[test]
    fn a_cycle_is_reported() {
        let json = r#"{"save": {"class_type": "Save", "inputs": {"a": ["one", 0]}},
            "one": {"class_type": "Load", "inputs": {"x": ["two", 0]}},
            "two": {"class_type": "Load", "inputs": {"x": ["one", 0]}}}"#;
        assert_eq!(run(json, &[], &["save"]), ["cycle"]);
    }
}
