//! A graph under construction.

mod check;
mod error;
pub(crate) mod finish;
pub(crate) mod ids;
mod raw;
pub(crate) mod site;
pub(crate) mod store;

pub use error::{GraphError, Problem, ProblemKind, Warning};
pub(crate) use ids::{renumber, snake_case};
pub use raw::RawNode;
pub use site::{Literal, Site};

use std::cell::RefCell;
use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::builder::Build;
use crate::node::Node;
use crate::out::{NodeRef, Placed};
use crate::workflow::Workflow;
use site::NO_LITERAL;
use store::{Body, Entry, NodeRecord, OwnLabel, Store};

/// A graph under construction: nodes are added through a shared reference, because node literals nest and closures
/// add nodes too.
///
/// `workflow!` makes one and calls it `graph`; functions that add to a graph take it as `&Graph`. Without the macro:
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
    /// Tells its handles from those of other graphs.
    id: u32,
    store: RefCell<Store>,
}

impl Default for Graph {
    fn default() -> Self {
        Self::new()
    }
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self { id: NEXT.fetch_add(1, Ordering::Relaxed), store: RefCell::new(Store::new()) }
    }

    /// Adds a node that was built without the macro: `graph.add(KSampler::new(model, positive, …).steps(30))`.
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

    /// Starts a node of a class that the generated code does not have.
    #[track_caller]
    pub fn raw(&self, class: impl Into<String>) -> RawNode<'_> {
        RawNode::new(self, class.into(), Location::caller())
    }

    /// Checks the graph and makes it a workflow whose [`outputs`](Workflow::outputs) are `outputs`.
    ///
    /// # Errors
    ///
    /// Every mistake of the graph at once, each with its node, input, value and source line: a value out of range, a
    /// text that is no option, NaN or an infinity, a list too short or too long, a handle of another graph, two nodes
    /// with the same explicit id, no output node. Nodes that no output needs are no error; they are
    /// [warnings](Workflow::warnings) of the workflow.
    pub fn finish<T>(self, outputs: T) -> Result<Workflow<T>, GraphError> {
        finish::finish(self.id, self.store.into_inner(), outputs)
    }

    /// A new node without class or inputs.
    #[inline]
    fn open(&self, literal: &'static Literal, at: &'static Location<'static>) -> u32 {
        let mut store = self.store.borrow_mut();
        let index = u32::try_from(store.nodes.len()).unwrap_or(u32::MAX);
        store.nodes.push(NodeRecord::new(literal, at));
        index
    }

    #[inline]
    fn fill(&self, index: u32, body: Body, label: Option<OwnLabel>) {
        if let Some(record) = self.store.borrow_mut().nodes.get_mut(index as usize) {
            record.body = body;
            record.own = label.map(Box::new);
        }
    }
}
