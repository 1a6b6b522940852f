//! A graph under construction.

use std::cell::RefCell;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use super::error::GraphError;
use super::finish;
use super::store::{Body, Entry, NodeRecord, OwnLabel, Store};
use crate::builder::Build;
use crate::desc::{Literal, NO_LITERAL};
use crate::node::Node;
use crate::out::{NodeRef, Placed};
use crate::workflow::Workflow;

/// A graph under construction.
///
/// Nodes are added through a shared reference, because node literals nest and closures add nodes too. `workflow!`
/// creates a graph and calls it `graph`; functions that add nodes to a graph take it as `&Graph`. Without the macro:
///
/// ```
/// # use comfy_runtime::{Graph, GraphError};
/// let graph = Graph::new();
/// let text = graph.raw("PrimitiveString").input("value", "a cat").add();
/// graph.raw("PreviewAny").input("source", text.any(0)).add();
/// let workflow = graph.finish(())?;
/// assert_eq!(
///     workflow.to_json(),
///     r#"{"primitive_string":{"inputs":{"value":"a cat"},"class_type":"PrimitiveString"},"#.to_owned()
///         + r#""preview_any":{"inputs":{"source":["primitive_string",0]},"class_type":"PreviewAny"}}"#
/// );
/// # Ok::<(), GraphError>(())
/// ```
#[derive(Debug)]
pub struct Graph {
    /// Distinguishes the handles of this graph from those of other graphs.
    pub(super) id: u32,
    pub(super) store: RefCell<Store>,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// Creates an empty graph.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), store: RefCell::new(Store::new()) }
    }

    /// Adds a node built without the macro: `graph.add(KSampler::new(model, positive, …).steps(30))`.
    #[track_caller]
    pub fn add<B: Build>(&self, node: B) -> <B::Node as Node>::Placed {
        let builder = node.build();
        let index = self.open(&NO_LITERAL, Location::caller());
        let mut store = self.store.borrow_mut();
        for (input, slot) in builder.values {
            store.entries.push(Entry { node: index, input, slot });
        }
        drop(store);
        self.fill(index, Body::Placed(builder.desc), builder.label);
        Placed::placed(NodeRef { graph: self.id, index })
    }

    /// Checks the graph and turns it into a workflow whose [`outputs`](Workflow::outputs) are `outputs`.
    ///
    /// # Errors
    ///
    /// Returns every mistake of the graph at once, each with its node, input, value and source line: a value out of
    /// range, a string that is not an option, NaN or an infinity, a list that is too short or too long, a handle of
    /// another graph, two nodes with the same explicit id, or no output node. Nodes that no output node needs are not an
    /// error: [`Workflow::warnings`] lists them.
    pub fn finish<T>(self, outputs: T) -> Result<Workflow<T>, GraphError> {
        finish::finish(self.id, self.store.into_inner(), outputs)
    }

    /// Appends a node without a class or inputs and returns its index.
    #[inline]
    pub(super) fn open(&self, literal: &'static Literal, at: &'static Location<'static>) -> u32 {
        let mut store = self.store.borrow_mut();
        let index = u32::try_from(store.nodes.len()).unwrap_or(u32::MAX);
        store.nodes.push(NodeRecord::new(literal, at));
        index
    }

    /// Sets the body and the label of a node appended by [`open`](Self::open).
    #[inline]
    pub(super) fn fill(&self, index: u32, body: Body, label: Option<OwnLabel>) {
        if let Some(record) = self.store.borrow_mut().nodes.get_mut(index as usize) {
            record.body = body;
            record.own = label.map(Box::new);
        }
    }
}
