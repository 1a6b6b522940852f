//! Expansion of subgraphs into a flat list of nodes: each instance adds its own copies of the inner nodes.

use std::collections::HashMap;

use comfy_schema::Text;

use crate::error::ConvertError;
use crate::limits::{MAX_NODES, MAX_SUBGRAPH_DEPTH, MAX_WIDGETS};
use crate::load::{Loaded, NodeKind};

/// An instance of a graph.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) graph: usize,
    /// The frame and node of the subgraph instance; `None` for the root.
    pub(crate) around: Option<(usize, usize)>,
    /// The prefix of the ids of the frame's nodes, such as `12:`; empty for the root.
    prefix: Text,
    /// The number of instances around the frame's nodes.
    level: usize,
}

/// All instances of graphs and all nodes in them.
#[derive(Debug)]
pub(crate) struct Flat {
    pub(crate) frames: Vec<Frame>,
    /// All nodes by frame and position, an instance before its inner nodes.
    pub(crate) nodes: Vec<(usize, usize)>,
    /// The frame of an instance's inner nodes, by the frame and position of the instance.
    inside: HashMap<(usize, usize), usize>,
}

impl Flat {
    /// Expands all instances and lists all nodes.
    ///
    /// # Errors
    ///
    /// Returns [`ConvertError::TooDeep`], [`ConvertError::TooLarge`] or [`ConvertError::TooManyWidgets`] if a limit is
    /// exceeded.
    pub(super) fn new(loaded: &Loaded<'_>) -> Result<Self, ConvertError> {
        let root = Frame { graph: 0, around: None, prefix: Text::default(), level: 0 };
        let mut flat = Self { frames: vec![root], nodes: Vec::new(), inside: HashMap::new() };
        // The frames being visited, each with the position of its next node.
        let mut open = vec![(0, 0)];
        let mut widgets = 0;
        while let Some((frame, next)) = open.last_mut() {
            let (frame, node) = (*frame, *next);
            let graph = flat.frames[frame].graph;
            let Some(found) = loaded.graphs[graph].nodes.get(node) else {
                open.pop();
                continue;
            };
            *next += 1;
            flat.nodes.push((frame, node));
            if flat.nodes.len() > MAX_NODES {
                return Err(ConvertError::TooLarge { max: MAX_NODES });
            }
            widgets += found.widgets.list.len();
            if widgets > MAX_WIDGETS {
                return Err(ConvertError::TooManyWidgets { max: MAX_WIDGETS });
            }
            // The front end leaves out the inner nodes of a muted or bypassed instance only in the root graph.
            if let NodeKind::Subgraph(inner) = found.kind
                && (frame != 0 || found.mode.runs())
            {
                let level = flat.frames[frame].level + 1;
                let id = flat.id(loaded, frame, node);
                if level > MAX_SUBGRAPH_DEPTH {
                    return Err(ConvertError::TooDeep {
                        node: loaded.label(graph, node, &id).into(),
                        max: MAX_SUBGRAPH_DEPTH,
                    });
                }
                let prefix = Text::new(format!("{id}:"));
                let new = flat.frames.len();
                flat.frames.push(Frame { graph: inner, around: Some((frame, node)), prefix, level });
                flat.inside.insert((frame, node), new);
                open.push((new, 0));
            }
        }
        Ok(flat)
    }

    /// Returns the id of a node in the prompt.
    pub(crate) fn id(&self, loaded: &Loaded<'_>, frame: usize, node: usize) -> Text {
        let frame = &self.frames[frame];
        let id = &loaded.graphs[frame.graph].nodes[node].id;
        if frame.prefix.is_empty() { id.clone() } else { Text::new(format!("{}{id}", frame.prefix)) }
    }

    /// Returns the frame of an instance's inner nodes.
    pub(super) fn inside(&self, frame: usize, node: usize) -> Option<usize> {
        self.inside.get(&(frame, node)).copied()
    }
}
