//! A graph as Mermaid, which GitHub and many documentation tools draw.

use std::fmt::Write;

use crate::graph::Graph;
use crate::text::mermaid as plain;

/// A flowchart from left to right; the types of links stand on them.
pub(crate) fn write(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in graph.nodes.iter().enumerate() {
        let class = if node.title == node.class { String::new() } else { format!("<br/>{}", plain(&node.class)) };
        let _ = writeln!(out, "  n{at}[\"{}{class}\"]", plain(&node.title));
    }
    for link in &graph.links {
        let ((from, _), (to, _)) = (link.from, link.to);
        if link.kind.is_empty() {
            let _ = writeln!(out, "  n{from} --> n{to}");
        } else {
            let _ = writeln!(out, "  n{from} -- \"{}\" --> n{to}", plain(&link.kind));
        }
    }
    let wrong: Vec<String> = graph
        .nodes
        .iter()
        .enumerate()
        .filter(|(_, node)| !node.errors.is_empty())
        .map(|(at, _)| format!("n{at}"))
        .collect();
    if !wrong.is_empty() {
        let _ = writeln!(out, "  classDef wrong stroke:#e00,stroke-width:3px\n  class {} wrong", wrong.join(","));
    }
    out
}
