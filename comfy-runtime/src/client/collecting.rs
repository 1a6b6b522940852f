//! Collects the half characters in the outputs of a document while it is read.

use std::sync::{Mutex, PoisonError};

use comfy_schema::Value;

use super::halves::{Halves, Step};
use super::json_reader::{Filter, Path};

/// Collects the half characters in the outputs of a document, at a way of this many steps, and leaves out the values that
/// another filter does.
pub(crate) struct Collecting<'f> {
    filter: &'f dyn Filter,
    /// The keys on the way to the outputs; `None` for any key.
    way: &'static [Option<&'static str>],
    /// Whether the outputs are those of all nodes, by id.
    has_nodes: bool,
    found: Mutex<Halves>,
}

impl<'f> Collecting<'f> {
    /// Collects them in entries of the history.
    pub(crate) fn in_history(filter: &'f dyn Filter) -> Self {
        Self { filter, way: &[None, Some("outputs")], has_nodes: true, found: Mutex::default() }
    }

    /// Collects them in an event, which has the output of one node.
    pub(crate) fn in_event(filter: &'f dyn Filter) -> Self {
        Self { filter, way: &[Some("data"), Some("output")], has_nodes: false, found: Mutex::default() }
    }

    /// Returns what was collected. A response that broke and was read again counts once.
    pub(crate) fn into_halves(self) -> Halves {
        self.found.into_inner().unwrap_or_else(PoisonError::into_inner).distinct()
    }
}

impl Filter for Collecting<'_> {
    fn skips(&self, path: Path<'_>) -> bool {
        self.filter.skips(path)
    }

    fn drops(&self, path: Path<'_>, value: &Value) -> bool {
        self.filter.drops(path, value)
    }

    fn replaces(&self, path: Path<'_>, key: Option<&str>) {
        let is_on_way = |(depth, expected): (usize, Option<&str>)| {
            path.key(depth).is_some_and(|key| expected.is_none_or(|expected| expected == key))
        };
        // A key is below the way only if its object is.
        let is_below = path.depth() + usize::from(key.is_none()) > self.way.len();
        if !is_below || !self.way.iter().copied().enumerate().all(is_on_way) {
            return;
        }
        let mut steps = path.steps(self.way.len(), key);
        let node = match steps.first() {
            Some(Step::Key(node)) if self.has_nodes => {
                let node = node.clone();
                steps.remove(0);
                node
            }
            _ => String::new(),
        };
        self.found.lock().unwrap_or_else(PoisonError::into_inner).push(node, steps);
    }
}
