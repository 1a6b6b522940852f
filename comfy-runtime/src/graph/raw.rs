//! Nodes of classes that the generated code does not have.

use std::panic::Location;

use super::Graph;
use super::site::NO_LITERAL;
use super::store::{Body, OwnLabel, RawBody};
use crate::field::{self, IntoField, Unchecked};
use crate::out::NodeRef;

/// A node of any class with any inputs, checked by nobody but the server. Made by [`Graph::raw`].
#[derive(Debug)]
#[must_use = "a raw node is part of the graph only after `.add()`"]
pub struct RawNode<'g> {
    graph: &'g Graph,
    at: &'static Location<'static>,
    body: RawBody,
    label: OwnLabel,
}

impl<'g> RawNode<'g> {
    pub(super) fn new(graph: &'g Graph, class: String, at: &'static Location<'static>) -> Self {
        Self {
            graph,
            at,
            body: RawBody { class, anonymous: false, inputs: Vec::new(), meta: None },
            label: OwnLabel::default(),
        }
    }

    /// Gives the input of this exact name (`images.image0` for a child) an output, a value, or JSON. `None` leaves it
    /// out; an array is sent wrapped, as `{"__value__": [...]}`.
    pub fn input(mut self, name: impl Into<String>, value: impl IntoField<field::Raw>) -> Self {
        self.body.inputs.push((name.into(), value.into_slot()));
        self
    }

    /// The id of the node, instead of one made from its class.
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.label.id = Some(id.into());
        self
    }

    /// The title that the editor shows, sent as `_meta.title`.
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.label.title = Some(title.into());
        self
    }

    /// The whole of `_meta`, instead of one that holds the title.
    pub fn meta(mut self, meta: Unchecked) -> Self {
        self.body.meta = Some(field::IntoField::<field::Raw>::into_slot(meta));
        self
    }

    /// Sends no `class_type`: its class only says what the node is called here. An editor saves such nodes where it
    /// does not know the class, and no server takes them.
    pub fn without_class(mut self) -> Self {
        self.body.anonymous = true;
        self
    }

    /// Adds the node to its graph. Its outputs are [`any(slot)`](NodeRef::any), or [`out::<T>(slot)`](NodeRef::out)
    /// where you know what they carry.
    // The result is of no use for a node that saves something.
    #[allow(clippy::must_use_candidate)]
    pub fn add(self) -> NodeRef {
        let index = self.graph.open(&NO_LITERAL, self.at);
        self.graph.fill(index, Body::Raw(Box::new(self.body)), Some(self.label));
        NodeRef { graph: self.graph.id, index }
    }
}
