//! What placing a node gives: its outputs, as small copyable handles.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A node of a graph, as a handle.
///
/// It stays valid after the graph is finished, where it stands for the node's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef {
    pub(crate) graph: u32,
    pub(crate) index: u32,
}

impl NodeRef {
    /// The output in slot `slot`, for which the caller vouches that it carries `T`.
    pub const fn out<T>(self, slot: u16) -> Out<T> {
        Out { link: Link { node: self, slot }, carries: PhantomData }
    }

    /// The output in slot `slot`, of which nothing is known.
    pub const fn any(self, slot: u16) -> AnyOut {
        AnyOut { link: Link { node: self, slot } }
    }

    /// The output in slot `slot`, which carries one of the types of `U`.
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

/// What stands for one node of a graph: outputs, structs of outputs, and [`NoOutput`].
///
/// After a run, the same handle looks up what the node gave.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not stand for a node of a workflow",
    label = "expected an output, or what placing a node gave"
)]
pub trait Handle {
    /// The node.
    fn node(&self) -> NodeRef;
}

/// Made from the node that was placed: what a [`Node`](crate::Node) literal evaluates to.
pub trait Placed {
    /// The outputs of `node`.
    fn placed(node: NodeRef) -> Self;
}

impl Handle for NodeRef {
    fn node(&self) -> NodeRef {
        *self
    }
}

/// An output that carries `T`, one of the markers of [`types`](crate::types) or of the generated code.
pub struct Out<T> {
    pub(crate) link: Link,
    carries: PhantomData<fn() -> T>,
}

/// An output that carries one of the types of the union `U`.
pub struct UnionOut<U> {
    pub(crate) link: Link,
    carries: PhantomData<fn() -> U>,
}

/// An output of type `*`: it may carry anything, and feeds every input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnyOut {
    pub(crate) link: Link,
}

/// What placing a node without outputs gives. It feeds nothing; it finds the node's results after a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NoOutput {
    node: NodeRef,
}

impl<T> Out<T> {
    /// The same output, its type forgotten.
    #[must_use]
    pub const fn any(self) -> AnyOut {
        AnyOut { link: self.link }
    }

    /// The same output as one of `U`, for which the caller vouches. The server checks it again.
    #[must_use]
    pub const fn cast<U>(self) -> Out<U> {
        Out { link: self.link, carries: PhantomData }
    }
}

impl AnyOut {
    /// The same output as one of `T`, for which the caller vouches.
    #[must_use]
    pub const fn cast<T>(self) -> Out<T> {
        Out { link: self.link, carries: PhantomData }
    }
}

impl<U> UnionOut<U> {
    /// The same output, its types forgotten.
    #[must_use]
    pub const fn any(self) -> AnyOut {
        AnyOut { link: self.link }
    }

    /// The same output as one of `T`, for which the caller vouches.
    #[must_use]
    pub const fn cast<T>(self) -> Out<T> {
        Out { link: self.link, carries: PhantomData }
    }
}

/// What every typed handle has: it is a plain value whatever its type argument is.
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

/// A branch of a dynamic combo, or a row of a dynamic group, ready to be the value of an input whose branches are `B`.
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
