//! The cache of node results. Its keys are signatures of everything that a result depends on.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use comfy_schema::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::flow::Flow;
use super::graph::{Graph, GraphNode};
use crate::json::dumps;
use crate::limits::{MAX_FILE_BYTES, MAX_RESULTS};
use crate::storage::Storage;

/// The result of a node's execution.
#[derive(Debug, Clone, Default)]
pub(crate) struct NodeResult {
    /// The UI output, if the node has one.
    pub(crate) output: Option<Value>,
    /// The properties of the node's outputs.
    pub(crate) flow: Flow,
}

/// The results of nodes, by signature.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    results: HashMap<u128, CacheEntry>,
    /// The number of prompts that were started.
    generation: u64,
}

#[derive(Debug)]
struct CacheEntry {
    result: Arc<NodeResult>,
    /// The generation of the last prompt that had a node with this signature.
    used: u64,
}

impl Cache {
    /// Begins the next prompt, and returns the cached result for the signature of each of its nodes. If there are more
    /// than [`MAX_RESULTS`], drops the least recently used ones.
    pub(crate) fn start(&mut self, signatures: &[u128]) -> Vec<Option<Arc<NodeResult>>> {
        self.generation += 1;
        let found = signatures.iter().map(|signature| {
            let kept = self.results.get_mut(signature)?;
            kept.used = self.generation;
            Some(Arc::clone(&kept.result))
        });
        let found = found.collect();
        if self.results.len() > MAX_RESULTS {
            let mut uses: Vec<u64> = self.results.values().map(|kept| kept.used).collect();
            uses.sort_unstable();
            let oldest = uses.get(MAX_RESULTS / 2).copied().unwrap_or_default();
            self.results.retain(|_, kept| kept.used > oldest || kept.used == self.generation);
        }
        found
    }

    pub(crate) fn put(&mut self, signature: u128, result: Arc<NodeResult>) {
        self.results.insert(signature, CacheEntry { result, used: self.generation });
    }

    pub(crate) fn clear(&mut self) {
        self.results.clear();
    }
}

/// Returns the signature of each node: a hash of its class, its literals, the files that it reads, and the signatures
/// of the nodes that it is linked to.
///
/// Nodes in a cycle, which links to undeclared inputs can form, have no meaningful signature; they never run.
pub(crate) fn signatures(graph: &Graph<'_>, storage: &Storage) -> Vec<u128> {
    let mut signatures: Vec<Option<u128>> = vec![None; graph.nodes.len()];
    let mut entered = vec![false; graph.nodes.len()];
    for start in 0..graph.nodes.len() {
        let mut stack = vec![start];
        while let Some(&at) = stack.last() {
            let Some(node) = graph.nodes.get(at) else { break };
            if signatures[at].is_none() && !entered[at] {
                entered[at] = true;
                stack.extend(node.links.iter().map(|link| link.from).filter(|&from| !entered[from]));
                continue;
            }
            stack.pop();
            if signatures[at].is_none() {
                signatures[at] = Some(signature(node, &signatures, storage));
            }
        }
    }
    signatures.into_iter().map(Option::unwrap_or_default).collect()
}

fn signature(node: &GraphNode<'_>, known: &[Option<u128>], storage: &Storage) -> u128 {
    let mut inputs: Vec<_> = node.inputs.iter().collect();
    inputs.sort_unstable_by_key(|(name, _)| *name);
    // Writing to a string does not fail.
    let mut text = String::from(node.class);
    for (name, value) in inputs {
        _ = write!(text, "\n{name:?}=");
        match node.links.iter().find(|link| link.input == name) {
            Some(link) => {
                let from = known.get(link.from).copied().flatten().unwrap_or_default();
                _ = write!(text, "{from:032x}[{}]", link.value.slot);
            }
            None => text.push_str(&dumps(value)),
        }
        if let Some(file) = file_of(node, name, value) {
            _ = write!(text, "#{:032x}", fingerprint(storage, file));
        }
    }
    let is_unique_id = |hidden: &comfy_schema::Hidden| hidden.spec.as_str() == Some("UNIQUE_ID");
    if node.definition.is_some_and(|definition| definition.hidden.iter().any(is_unique_id)) {
        _ = write!(text, "\nid={:?}", node.id);
    }
    xxh3_128(text.as_bytes())
}

/// Returns the file that an input names; `None` if the input does not take uploaded files.
fn file_of<'v>(node: &GraphNode<'_>, input: &str, value: &'v Value) -> Option<&'v str> {
    node.definition?.input(input).filter(|input| input.options.is_upload())?;
    value.as_str()
}

/// Returns a hash that changes when the file changes; 0 for a file that cannot be read.
fn fingerprint(storage: &Storage, name: &str) -> u128 {
    let Ok(path) = storage.named(name) else { return 0 };
    let Ok(metadata) = path.metadata().map(|metadata| (metadata.len(), metadata.modified().ok())) else { return 0 };
    if metadata.0 <= MAX_FILE_BYTES
        && let Ok(bytes) = std::fs::read(&path)
    {
        return xxh3_128(&bytes);
    }
    xxh3_128(format!("{metadata:?}").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use comfy_schema::{Schema, Value};

    use super::super::graph::Graph;
    use super::{Cache, MAX_FILE_BYTES, MAX_RESULTS, fingerprint, signatures};
    use crate::storage::Storage;

    fn of(json: &str) -> Vec<u128> {
        let Ok(Value::Object(prompt)) = Value::parse(json.as_bytes()) else { panic!() };
        let schema = Schema::default();
        signatures(&Graph::new(&prompt, &schema).unwrap(), &Storage::open(None, None).unwrap())
    }

    #[test]
    fn signatures_depend_on_the_nodes_before_but_not_on_ids() {
        let chain = |a: &str, seed: u32| {
            format!(
                r#"{{"x":{{"class_type":"B","inputs":{{"in":["{a}",0],"k":1}}}},
                "{a}":{{"class_type":"A","inputs":{{"seed":{seed}}}}}}}"#
            )
        };
        assert_eq!(of(&chain("1", 5)), of(&chain("2", 5)));
        assert_ne!(of(&chain("1", 5))[0], of(&chain("1", 6))[0]);
    }

    #[test]
    fn the_content_of_a_large_file_is_not_read() {
        let storage = Storage::open(None, None).unwrap();
        let path = storage.folder(crate::storage::Area::Input).join("a.png");
        let write = |size: u64, byte: u8| {
            let mut file = std::fs::File::create(&path).unwrap();
            std::io::Write::write_all(&mut file, &[byte]).unwrap();
            // The rest of the file takes no space.
            file.set_len(size).unwrap();
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
            fingerprint(&storage, "a.png")
        };
        assert_ne!(write(1000, 1), write(1000, 2));
        assert_eq!(write(MAX_FILE_BYTES + 1, 1), write(MAX_FILE_BYTES + 1, 2));
    }

    #[test]
    fn results_stay_until_there_are_too_many() {
        let mut cache = Cache::default();
        cache.put(0, Arc::default());
        assert!(cache.start(&[1]).iter().all(Option::is_none));
        assert!(cache.start(&[0]).iter().all(Option::is_some));
        for at in 1..=u128::try_from(MAX_RESULTS).unwrap() {
            cache.start(&[]);
            cache.put(at, Arc::default());
        }
        cache.start(&[]);
        assert!(cache.results.len() <= MAX_RESULTS && !cache.results.contains_key(&0));
    }

    #[test]
    fn long_chains_and_cycles_have_signatures() {
        let node = |at: u32| format!(r#""{at}":{{"class_type":"A","inputs":{{"in":["{}",0]}}}}"#, at.saturating_sub(1));
        let nodes: Vec<String> = (0..20_000).map(node).collect();
        assert_eq!(of(&format!("{{{}}}", nodes.join(","))).len(), 20_000);
        assert_eq!(of(r#"{"1":{"class_type":"A","inputs":{"in":["1",0]}}}"#).len(), 1);
    }
}
