//! What a node literal expands to.

use std::cell::Cell;
use std::panic::Location;

use super::Graph;
use super::store::{Body, Entry};
use crate::desc::Lit;
use crate::node::Node;
use crate::out::{NodeRef, Placed};
use crate::slot::Slot;

/// All of a node literal that is known when it compiles.
#[doc(hidden)]
#[derive(Debug)]
pub struct Literal {
    /// The inputs it names, as indices of the descriptor: first those whose values are computed, in the order in which
    /// they arrive, then those whose values are [`checked`](Self::checked).
    pub given: &'static [u16],
    /// The values of the last inputs of `given`.
    pub checked: &'static [Lit],
    /// The variable that the node is bound to.
    pub binding: Option<&'static str>,
    /// `#[id = "…"]`
    pub id: Option<&'static str>,
    /// `#[title = "…"]`
    pub title: Option<&'static str>,
}

/// What a node has that was placed without a literal.
pub(crate) static NO_LITERAL: Literal = Literal::UNNAMED;

impl Literal {
    /// Names no input, and has no name.
    pub const UNNAMED: Self = Self { given: &[], checked: &[], binding: None, id: None, title: None };

    /// Whether it stands for the lack of one.
    pub(crate) fn is_none(&self) -> bool {
        std::ptr::eq(self, &raw const NO_LITERAL)
    }

    /// The checked value of an input.
    pub(crate) fn value_of(&self, input: usize) -> Option<Lit> {
        let computed = self.given.len().checked_sub(self.checked.len())?;
        let names = self.given.get(computed..)?;
        let place = names.iter().position(|&name| usize::from(name) == input)?;
        self.checked.get(place).copied()
    }
}

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
    /// Opens a node.
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

    /// Ends the literal. The shape is never there: it is how the compiler learns the type of the node.
    #[inline]
    pub fn place<N: Node>(self, shape: Option<N>) -> N::Placed {
        drop(shape);
        self.graph.fill(self.index, Body::Placed(&N::DESC), None);
        Placed::placed(NodeRef { graph: self.graph.id, index: self.index })
    }
}
