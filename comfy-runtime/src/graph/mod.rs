//! Graphs under construction, raw nodes, and the mistakes and warnings that a graph can have.
//!
//! [`Graph`] and [`GraphError`] are also at the root of the crate.

pub(crate) mod check;
mod construction;
pub(crate) mod error;
mod finish;
pub(crate) mod ids;
mod raw;
pub(crate) mod site;
pub(crate) mod store;
pub(crate) mod unused;

pub use crate::builder::{Build, Labelled};
pub use crate::node::Node;
pub use crate::workflow::NodeView;
pub use construction::Graph;
pub use error::{GraphError, GraphWarning, Problem, ProblemKind};
pub use raw::RawNode;
