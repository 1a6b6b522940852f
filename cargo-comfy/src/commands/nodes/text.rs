//! Lists of nodes as text.

use std::fmt::Write;

use comfy_schema::search::carried;
use comfy_schema::shown::escaped;
use comfy_schema::{InputDef, InputKind, NodeDef, Text};

use crate::paint::Paint;

/// Returns two lines per node: its names and category, and the types of its input sockets and outputs.
pub(super) fn write(nodes: &[&NodeDef], more: usize, paint: Paint) -> String {
    let mut out = String::new();
    for node in nodes {
        let _ = writeln!(out, "{}", head(node, paint));
        let mut takes: Vec<Text> = Vec::new();
        for input in &node.inputs {
            sockets(input, &mut takes);
        }
        let gives: Vec<Text> = node.outputs.iter().map(|output| carried(node, output)).collect();
        let (takes, gives) = (escaped(listed(&takes)), escaped(listed(&gives)));
        let _ = writeln!(out, "    {takes} {} {gives}", paint.edge("->"));
    }
    if more > 0 {
        let _ = writeln!(out, "and {more} more; give more words, or --limit 0 to list all");
    }
    out
}

/// Returns a node's class, title, category and marks: `SaveImage  "Save Image"  image  [output]`.
pub(super) fn head(node: &NodeDef, paint: Paint) -> String {
    let mut head = paint.strong(&node.class);
    if let Some(title) = node.display_name.as_ref().filter(|title| **title != node.class) {
        let _ = write!(head, "  \"{}\"", escaped(title));
    }
    if !node.category.is_empty() {
        let _ = write!(head, "  {}", paint.edge(&node.category));
    }
    for (is, word) in [
        (node.output_node, "output"),
        (node.api_node, "paid"),
        (node.experimental, "experimental"),
        (node.deprecated, "deprecated"),
    ] {
        if is {
            let _ = write!(head, "  {}", paint.warning(format!("[{word}]")));
        }
    }
    head
}

/// Adds the types of an input's sockets, unless they are in the list already. A socket is an input that only a link can
/// feed.
fn sockets(input: &InputDef, found: &mut Vec<Text>) {
    let word = match &input.kind {
        InputKind::Link(_) | InputKind::Union(_) | InputKind::Any => input.kind.type_word(),
        InputKind::Match(matched) if !matched.allowed.is_empty() => matched.allowed.join(",").into(),
        InputKind::Match(_) => "*".into(),
        InputKind::Autogrow(list) => return sockets(&list.element, found),
        InputKind::DynamicCombo(branches) => {
            return branches.iter().flat_map(|branch| &branch.inputs).for_each(|input| sockets(input, found));
        }
        InputKind::DynamicSlot(slot) => return sockets(&slot.slot, found),
        // All other kinds have widgets instead of sockets.
        _ => return,
    };
    if !found.contains(&word) {
        found.push(word);
    }
}

fn listed(words: &[Text]) -> String {
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
