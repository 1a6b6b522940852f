//! Mermaid flowcharts, which GitHub and many documentation tools draw.

use std::fmt::Write;

use crate::graph::{Graph, Node};
use crate::text::mermaid as plain;

/// Writes a flowchart from left to right, in which links are labelled with their types.
pub(crate) fn write(graph: &Graph) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in graph.nodes.iter().enumerate() {
        let class = if node.title == node.class { String::new() } else { format!("<br/>{}", plain(&node.class)) };
        let state = node.inactive.map(|state| format!("<br/>({})", state.name())).unwrap_or_default();
        let _ = writeln!(out, "  n{at}[\"{}{class}{state}\"]", plain(&node.title));
    }
    for link in &graph.links {
        let ((from, _), (to, _)) = (link.from, link.to);
        let (start, arrow) = if link.inactive { ("-.", "-.->") } else { ("--", "-->") };
        let _ = match plain(&link.kind) {
            kind if kind.is_empty() => writeln!(out, "  n{from} {arrow} n{to}"),
            kind => writeln!(out, "  n{from} {start} \"{kind}\" {} n{to}", if link.inactive { ".->" } else { "-->" }),
        };
    }
    classes(graph, &mut out, "wrong stroke:#e00,stroke-width:3px", |node| !node.errors.is_empty());
    classes(graph, &mut out, "inactive stroke-dasharray:5 5,opacity:0.5", |node| node.inactive.is_some());
    out
}

/// Defines a style class and assigns it to the nodes for which `has` is true, if there are any. `style` is the name of
/// the class and its style.
fn classes(graph: &Graph, out: &mut String, style: &str, has: impl Fn(&Node) -> bool) {
    let nodes = graph.nodes.iter().enumerate().filter(|(_, node)| has(node));
    let names: Vec<String> = nodes.map(|(at, _)| format!("n{at}")).collect();
    let name = style.split(' ').next().unwrap_or_default();
    if !names.is_empty() {
        let _ = writeln!(out, "  classDef {style}\n  class {} {name}", names.join(","));
    }
}
