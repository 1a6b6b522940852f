//! Loading of a workflow as the front end does it: looks up classes, and assigns saved values to widgets and links to
//! slots.

mod graph;
mod group;
mod ids;
mod links;
mod model;
mod nesting;
mod node;
pub(crate) mod replace;
mod slots;
mod types;

use std::collections::HashMap;

use comfy_schema::Text;

pub(crate) use links::{Link, ORIGIN};
pub(crate) use model::{Graph, Group, InnerSource, Loaded, Loading, Node, NodeKind, Template};
pub(crate) use slots::slots_of;
pub(crate) use types::compatible;

use crate::error::ConvertError;
use crate::limits::{MAX_NODES, MAX_WIDGETS};
use crate::ui::UiWorkflow;

impl<'s> Loaded<'s> {
    /// Loads a workflow.
    ///
    /// # Errors
    ///
    /// Returns an error if a subgraph contains itself, group nodes have too many inner nodes, or nodes have too many widgets.
    pub(crate) fn new(workflow: &UiWorkflow, loading: Loading<'s>) -> Result<Self, ConvertError> {
        let definitions: HashMap<&Text, usize> =
            workflow.subgraphs.iter().enumerate().map(|(at, subgraph)| (&subgraph.id, at + 1)).collect();
        let order = nesting::order(workflow, &definitions)?;
        let renumbered = ids::renumber(workflow);
        let mut graphs: Vec<Graph<'s>> = Vec::new();
        graphs.resize_with(workflow.subgraphs.len() + 1, Graph::default);
        let loader = node::Loader::new(workflow, loading, &definitions);
        for &at in &order {
            graphs[at] = graph::load(&loader, at, renumbered.get(&at));
        }
        if loader.is_exhausted() {
            return Err(ConvertError::TooLarge { max: MAX_NODES });
        }
        if loader.has_too_many_widgets() {
            return Err(ConvertError::TooManyWidgets { max: MAX_WIDGETS });
        }
        for graph in &mut graphs {
            types::settle(graph);
        }
        Ok(Self { graphs, order })
    }
}
