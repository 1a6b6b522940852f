//! The node definitions of a server.

use super::NodeDef;
use crate::{Issue, Text};

/// The node definitions of a server, in the order of the document.
#[derive(Debug, Clone, Default)]
pub struct Schema {
    /// The node definitions.
    pub nodes: Vec<NodeDef>,
    /// The parts of the document that were not understood or are doubtful. The nodes hold them unchanged.
    pub issues: Vec<Issue>,
    /// The positions in `nodes`, sorted by class. They are only a hint, since `nodes` is public and may have changed.
    index: Vec<u32>,
}

impl Schema {
    /// Creates a schema with these definitions and no issues.
    pub fn new(nodes: Vec<NodeDef>) -> Self {
        Self::with_issues(nodes, Vec::new())
    }

    pub(crate) fn with_issues(nodes: Vec<NodeDef>, issues: Vec<Issue>) -> Self {
        let mut index: Vec<u32> = (0..u32::try_from(nodes.len()).unwrap_or(u32::MAX)).collect();
        index.sort_by(|&a, &b| class_at(&nodes, a).cmp(&class_at(&nodes, b)));
        Self { nodes, issues, index }
    }

    /// Returns the definition of a class.
    pub fn node(&self, class: &str) -> Option<&NodeDef> {
        let found = self.index.binary_search_by(|&at| class_at(&self.nodes, at).cmp(&Some(class)));
        let hint = found.ok().and_then(|at| self.nodes.get(self.index[at] as usize));
        match hint {
            Some(node) if node.class == class => Some(node),
            // The index may be out of date.
            _ => self.nodes.iter().find(|node| node.class == class),
        }
    }

    /// Returns up to three classes whose names are similar to `class`, best match first.
    pub fn suggest(&self, class: &str) -> Vec<&str> {
        crate::suggest::similar(class, self.nodes.iter().map(|node| node.class.as_str()))
    }

    /// Returns the classes, in the order of the document.
    pub fn classes(&self) -> impl Iterator<Item = &Text> {
        self.nodes.iter().map(|node| &node.class)
    }
}

fn class_at(nodes: &[NodeDef], at: u32) -> Option<&str> {
    nodes.get(at as usize).map(|node| node.class.as_str())
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.nodes == other.nodes && self.issues == other.issues
    }
}

impl FromIterator<NodeDef> for Schema {
    fn from_iter<I: IntoIterator<Item = NodeDef>>(nodes: I) -> Self {
        Self::new(nodes.into_iter().collect())
    }
}
