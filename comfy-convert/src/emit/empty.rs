//! The reason why a prompt is empty.

use super::Emitter;
use crate::load::NodeKind;
use crate::ui::Mode;

impl Emitter<'_, '_> {
    /// Returns the reason why no node is sent, as the end of a sentence that begins with "because". A muted or bypassed
    /// subgraph counts as one node; of any other subgraph, the inner nodes are counted.
    pub(super) fn reason_if_empty(&self) -> Option<String> {
        if !self.nodes.is_empty() {
            return None;
        }
        let (mut muted, mut bypassed, mut notes, mut others) = (0, 0, 0, 0);
        for &(frame, at) in &self.flat.nodes {
            let node = self.loaded.node(self.flat.frames[frame].graph, at);
            match (&node.kind, node.mode) {
                (NodeKind::Note, _) => notes += 1,
                (NodeKind::Subgraph(inner), _)
                    if !self.resolver.is_inactive(frame, at) && !self.loaded.graphs[*inner].nodes.is_empty() => {}
                (_, Mode::Muted) => muted += 1,
                (_, Mode::Bypassed) => bypassed += 1,
                (_, Mode::Always) => others += 1,
            }
        }
        Some(sentence(&[
            (muted, "is muted", "are muted"),
            (bypassed, "is bypassed", "are bypassed"),
            (notes, "is a note", "are notes"),
            (others, "only passes on links or values", "only pass on links or values"),
        ]))
    }
}

/// Returns a sentence about groups of nodes, each with its number and the verb for one and for several.
fn sentence(groups: &[(usize, &str, &str)]) -> String {
    let total: usize = groups.iter().map(|(count, ..)| count).sum();
    let found: Vec<&(usize, &str, &str)> = groups.iter().filter(|(count, ..)| *count > 0).collect();
    match found.as_slice() {
        [] => "the workflow has no nodes".to_owned(),
        [(1, one, _)] => format!("its only node {one}"),
        [(count, _, several)] => format!("all {count} nodes {several}"),
        groups => {
            let parts = groups
                .iter()
                .map(|(count, one, several)| format!("{count} {}", if *count == 1 { one } else { several }));
            format!("of its {total} nodes, {}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn every_group_is_named() {
        let groups = |muted, notes| sentence(&[(muted, "is muted", "are muted"), (notes, "is a note", "are notes")]);
        assert_eq!(groups(0, 0), "the workflow has no nodes");
        assert_eq!(groups(1, 0), "its only node is muted");
        assert_eq!(groups(0, 3), "all 3 nodes are notes");
        assert_eq!(groups(1, 2), "of its 3 nodes, 1 is muted, 2 are notes");
    }
}
