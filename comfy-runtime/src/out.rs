//! Outputs of nodes, as small `Copy` handles.
//!
//! A node literal evaluates to [`Out`], [`UnionOut`] or [`AnyOut`] if the node has one output, to a generated struct of
//! them if it has several, and to [`NoOutput`] if it has none.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A handle of a node of a graph.
///
/// It remains valid after the graph is finished: it then refers to the results of the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef {
    pub(crate) graph: u32,
    pub(crate) index: u32,
}

impl NodeRef {
    /// Returns the output in slot `slot`. The caller guarantees that it has type `T`.
    pub const fn out<T>(self, slot: u16) -> Out<T> {
        Out { link: Link { node: self, slot }, carries: PhantomData }
    }

    /// Returns the output in slot `slot`, without a type.
    pub const fn any(self, slot: u16) -> AnyOut {
        AnyOut { link: Link { node: self, slot } }
    }

    /// Returns the output in slot `slot`, which has one of the types of `U`.
    pub const fn union<U>(self, slot: u16) -> UnionOut<U> {
        UnionOut { link: Link { node: self, slot }, carries: PhantomData }
    }
}

/// One output of one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    pub(crate) node: NodeRef,
    pub(crate) slot: u16,
}

/// A value that refers to one node of a graph: an output, a struct of outputs, [`NodeRef`] or [`NoOutput`].
///
/// After a run, the same handle finds the results of the node.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not refer to a node of a workflow",
    label = "expected an output, or the value of a node literal"
)]
pub trait Handle {
    /// Returns the node.
    fn node(&self) -> NodeRef;
}

/// A type that a [`Node`](crate::graph::Node) literal can evaluate to.
pub trait Placed {
    /// Returns the outputs of `node`.
    fn placed(node: NodeRef) -> Self;
}

impl Handle for NodeRef {
    fn node(&self) -> NodeRef {
        *self
    }
}

/// An output of type `T`, which is one of the markers of [`types`](crate::types) or of the generated code.
pub struct Out<T> {
    pub(crate) link: Link,
    carries: PhantomData<fn() -> T>,
}

/// An output that has one of the types of the union `U`.
pub struct UnionOut<U> {
    pub(crate) link: Link,
    carries: PhantomData<fn() -> U>,
}

/// An output of type `*`. It may have any type, and feeds every input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnyOut {
    pub(crate) link: Link,
}

/// The handle of a node without outputs. It feeds no input, but finds the results of the node after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoOutput {
    node: NodeRef,
}

impl<T> Out<T> {
    /// Returns the output without its type.
    #[must_use]
    pub const fn any(self) -> AnyOut {
        AnyOut { link: self.link }
    }

    /// Returns the output as one of type `U`. The caller guarantees the type; the server checks it again.
    #[must_use]
    pub const fn cast<U>(self) -> Out<U> {
        Out { link: self.link, carries: PhantomData }
    }
}

impl AnyOut {
    /// Returns the output as one of type `T`. The caller guarantees the type.
    #[must_use]
    pub const fn cast<T>(self) -> Out<T> {
        Out { link: self.link, carries: PhantomData }
    }
}

impl<U> UnionOut<U> {
    /// Returns the output without its types.
    #[must_use]
    pub const fn any(self) -> AnyOut {
        AnyOut { link: self.link }
    }

    /// Returns the output as one of type `T`. The caller guarantees the type.
    #[must_use]
    pub const fn cast<T>(self) -> Out<T> {
        Out { link: self.link, carries: PhantomData }
    }
}

/// Implements the traits of typed handles, regardless of the type argument.
macro_rules! plain_handle {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> PartialEq for $name<T> {
            fn eq(&self, other: &Self) -> bool {
                self.link == other.link
            }
        }

        impl<T> Eq for $name<T> {}

        impl<T> Hash for $name<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.link.hash(state);
            }
        }

        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let word = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
                write!(f, "{}<{word}>({}.{})", stringify!($name), self.link.node.index, self.link.slot)
            }
        }

        impl<T> Handle for $name<T> {
            fn node(&self) -> NodeRef {
                self.link.node
            }
        }
    };
}

plain_handle!(Out);
plain_handle!(UnionOut);

impl<T> Placed for Out<T> {
    fn placed(node: NodeRef) -> Self {
        node.out(0)
    }
}

impl<U> Placed for UnionOut<U> {
    fn placed(node: NodeRef) -> Self {
        node.union(0)
    }
}

impl Placed for AnyOut {
    fn placed(node: NodeRef) -> Self {
        node.any(0)
    }
}

impl Handle for AnyOut {
    fn node(&self) -> NodeRef {
        self.link.node
    }
}

impl Placed for NoOutput {
    fn placed(node: NodeRef) -> Self {
        Self { node }
    }
}

impl Handle for NoOutput {
    fn node(&self) -> NodeRef {
        self.node
    }
}

/// A branch of a dynamic combo, or a row of a dynamic group, as a value for an input with the branches `B`.
pub struct Branch<B> {
    pub(crate) node: NodeRef,
    of: PhantomData<fn() -> B>,
}

impl<B> Clone for Branch<B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<B> Copy for Branch<B> {}

impl<B> fmt::Debug for Branch<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Branch({})", self.node.index)
    }
}

impl<B> Placed for Branch<B> {
    fn placed(node: NodeRef) -> Self {
        Self { node, of: PhantomData }
    }
}
