//! The calls that a node literal expands to.

use std::cell::Cell;
use std::panic::Location;

use super::construction::Graph;
use super::store::{Body, Entry};
use crate::desc::Literal;
use crate::node::Node;
use crate::out::{NodeRef, Placed};
use crate::slot::Slot;

/// A node literal that is being placed: its computed inputs arrive one by one.
#[doc(hidden)]
#[derive(Debug)]
pub struct Site<'g> {
    graph: &'g Graph,
    index: u32,
    literal: &'static Literal,
    next: Cell<usize>,
}

impl<'g> Site<'g> {
    /// Appends a node to the graph. [`place`](Self::place) gives it its class.
    #[track_caller]
    #[inline]
    pub fn open(graph: &'g Graph, literal: &'static Literal) -> Self {
        Self { graph, index: graph.open(literal, Location::caller()), literal, next: Cell::new(0) }
    }

    /// Stores the next computed input.
    #[inline]
    pub(crate) fn push(&self, slot: Slot) {
        let next = self.next.replace(self.next.get() + 1);
        if let Some(&input) = self.literal.given.get(next) {
            self.graph.store.borrow_mut().entries.push(Entry { node: self.index, input, slot });
        }
    }

    /// Ends the literal. The shape is always `None`: it only tells the compiler the type of the node.
    #[inline]
    pub fn place<N: Node>(self, shape: Option<N>) -> N::Placed {
        drop(shape);
        self.graph.fill(self.index, Body::Placed(&N::DESC), None);
        Placed::placed(NodeRef { graph: self.graph.id, index: self.index })
    }
}
