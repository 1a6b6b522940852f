//! Building nodes without the macro.

use crate::desc::Desc;
use crate::graph::store::OwnLabel;
use crate::node::Node;
use crate::slot::Slot;

/// A descriptor with the values set so far. Every generated builder wraps one.
#[derive(Debug, Clone)]
#[must_use = "a node is part of a graph only after `graph.add(…)`"]
pub struct Builder {
    pub(crate) desc: &'static Desc,
    pub(crate) values: Vec<(u16, Slot)>,
    pub(crate) label: Option<OwnLabel>,
}

impl Builder {
    /// Creates a builder without inputs.
    pub const fn new(desc: &'static Desc) -> Self {
        Self { desc, values: Vec::new(), label: None }
    }

    /// Sets the input with this index in the descriptor. A later value replaces an earlier one.
    pub fn set(mut self, input: u16, slot: Slot) -> Self {
        self.values.retain(|(given, _)| *given != input);
        self.values.push((input, slot));
        self
    }
}

/// A generated builder of a node, which [`Graph::add`](crate::Graph::add) accepts.
pub trait Build: Sized {
    /// The node that is built.
    type Node: Node;

    /// Returns the descriptor with the values that were set.
    #[doc(hidden)]
    fn build(self) -> Builder;

    /// Sets the id of the node. Without this call, the id is derived from the class.
    fn with_id(self, id: impl Into<String>) -> Labelled<Self> {
        Labelled { node: self, label: OwnLabel { id: Some(id.into()), title: None } }
    }

    /// Sets the title that the editor shows, sent as `_meta.title`.
    fn with_title(self, title: impl Into<String>) -> Labelled<Self> {
        Labelled { node: self, label: OwnLabel { id: None, title: Some(title.into()) } }
    }
}

/// A builder with an id or a title. Created by [`Build::with_id`] and [`Build::with_title`].
#[derive(Debug, Clone)]
#[must_use = "a node is part of a graph only after `graph.add(…)`"]
pub struct Labelled<B> {
    node: B,
    label: OwnLabel,
}

impl<B: Build> Build for Labelled<B> {
    type Node = B::Node;

    fn build(self) -> Builder {
        let mut builder = self.node.build();
        let inner = builder.label.take().unwrap_or_default();
        let OwnLabel { id, title } = self.label;
        builder.label = Some(OwnLabel { id: id.or(inner.id), title: title.or(inner.title) });
        builder
    }
}
