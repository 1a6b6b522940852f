//! Nodes of classes that the generated code does not have.

use std::panic::Location;

use super::construction::Graph;
use super::store::{Body, OwnLabel, RawBody};
use crate::desc::NO_LITERAL;
use crate::field::{self, IntoField, Unchecked};
use crate::out::NodeRef;

impl Graph {
    /// Starts a node of a class that the generated code does not have.
    #[track_caller]
    pub fn raw(&self, class: impl Into<String>) -> RawNode<'_> {
        RawNode {
            graph: self,
            at: Location::caller(),
            body: RawBody { class: class.into(), anonymous: false, inputs: Vec::new(), meta: None },
            label: OwnLabel::default(),
        }
    }
}

/// A node of any class with any inputs, which only the server checks. Created by [`Graph::raw`].
#[derive(Debug)]
#[must_use = "a raw node is part of the graph only after `.add()`"]
pub struct RawNode<'g> {
    graph: &'g Graph,
    at: &'static Location<'static>,
    body: RawBody,
    label: OwnLabel,
}

impl RawNode<'_> {
    /// Sets the input of this exact name (`images.image0` for a child) to an output, a value, or JSON.
    ///
    /// `None` leaves the input out. An array is sent wrapped, as `{"__value__": [...]}`.
    pub fn input(mut self, name: impl Into<String>, value: impl IntoField<field::Raw>) -> Self {
        self.body.inputs.push((name.into(), value.into_slot()));
        self
    }

    /// Sets the id of the node. Without this call, the id is derived from the class.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.label.id = Some(id.into());
        self
    }

    /// Sets the title that the editor shows, sent as `_meta.title`.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.label.title = Some(title.into());
        self
    }

    /// Sets the whole `_meta` object, in place of one that holds only the title.
    pub fn meta(mut self, meta: Unchecked) -> Self {
        self.body.meta = Some(IntoField::<field::Raw>::into_slot(meta));
        self
    }

    /// Omits `class_type` from the JSON. The class is then used only for the node's id and in messages.
    ///
    /// The editor saves such nodes when it does not know the class. No server accepts them.
    pub fn without_class(mut self) -> Self {
        self.body.anonymous = true;
        self
    }

    /// Adds the node to its graph. An output is [`any(slot)`](NodeRef::any) of the returned handle, or
    /// [`out::<T>(slot)`](NodeRef::out) if you know its type.
    // The handle of a node that saves something is often not needed.
    #[allow(clippy::must_use_candidate)]
    pub fn add(self) -> NodeRef {
        let index = self.graph.open(&NO_LITERAL, self.at);
        self.graph.fill(index, Body::Raw(Box::new(self.body)), Some(self.label));
        NodeRef { graph: self.graph.id, index }
    }
}
