//! Replacement of `%…%` in file names.

use std::collections::HashMap;

use comfy_schema::{Text, Value};

use super::model::{Loaded, Node, NodeKind};
use crate::frontend::date::DateTime;
use crate::frontend::js::js_text;
use crate::frontend::title;
use crate::widgets::PREFIXED;

/// The names that `%…%` can refer to in a workflow.
#[derive(Debug)]
pub(crate) struct Replacer {
    /// The graph and node for each value of the property "Node name for S&R" (search and replace), or for each class of
    /// a node without the property.
    by_name: HashMap<Text, (usize, usize)>,
    by_title: HashMap<Text, (usize, usize)>,
}

impl Replacer {
    /// Collects the names of a workflow's nodes. If several nodes have the same name, the first one counts. The inner
    /// nodes of an instance come right after it.
    pub(crate) fn new(loaded: &Loaded<'_>) -> Self {
        let mut replacer = Self { by_name: HashMap::new(), by_title: HashMap::new() };
        let mut visited = vec![false; loaded.graphs.len()];
        let mut open = vec![(0, 0)];
        while let Some((graph, next)) = open.last_mut() {
            let (graph, at) = (*graph, *next);
            let Some(node) = loaded.graphs[graph].nodes.get(at) else {
                open.pop();
                continue;
            };
            *next += 1;
            replacer.add(node, (graph, at));
            // A second instance has the same names, of which only the first ones count.
            if let NodeKind::Subgraph(inner) = node.kind
                && !std::mem::replace(&mut visited[inner], true)
            {
                open.push((inner, 0));
            }
        }
        replacer
    }

    fn add(&mut self, node: &Node<'_>, at: (usize, usize)) {
        let saved = node.properties.get("Node name for S&R").and_then(Value::as_str).map(Text::new);
        let by_class = || (!PREFIXED.contains(&node.class.as_str())).then(|| node.class.clone());
        if let Some(name) = saved.or_else(by_class) {
            self.by_name.entry(name).or_insert(at);
        }
        let title = match (&node.title, &node.kind) {
            (Some(title), _) => title.clone(),
            (None, NodeKind::Class(class)) => title::default(class),
            (None, _) => return,
        };
        self.by_title.entry(title).or_insert(at);
    }

    /// Returns the text with its patterns replaced, and whether a pattern needs a date that is not known.
    pub(crate) fn replace(&self, loaded: &Loaded<'_>, text: &str, date: Option<&DateTime>) -> (String, bool) {
        let (mut out, mut undated) = (String::with_capacity(text.len()), false);
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            // An empty pattern (`%%`) is not replaced.
            let Some(length) = from[1..].find('%').filter(|length| *length > 0) else {
                out.push('%');
                rest = &from[1..];
                continue;
            };
            let (pattern, behind) = (&from[1..=length], &from[length + 2..]);
            match self.meaning(loaded, pattern, date, &mut undated) {
                Some(meaning) => out.push_str(&meaning),
                None => out.push_str(&from[..length + 2]),
            }
            rest = behind;
        }
        out.push_str(rest);
        (out, undated)
    }

    fn meaning(
        &self,
        loaded: &Loaded<'_>,
        pattern: &str,
        date: Option<&DateTime>,
        undated: &mut bool,
    ) -> Option<String> {
        let parts: Vec<&str> = pattern.split('.').collect();
        let [name, widget] = parts.as_slice() else {
            let format = parts.first()?.strip_prefix("date:")?;
            *undated |= date.is_none();
            return date.map(|date| date.format(format));
        };
        let (graph, node) = self.by_name.get(*name).or_else(|| self.by_title.get(*name))?;
        let widget = loaded.graphs[*graph].nodes[*node].widgets.get(widget)?;
        let value = widget.value.as_ref().filter(|value| !value.is_null()).map(js_text).unwrap_or_default();
        Some(value.chars().map(|char| if is_safe(char) { char } else { '_' }).collect())
    }
}

/// Returns whether every platform allows a character in the name of a file.
fn is_safe(char: char) -> bool {
    !(matches!(char, '/' | '?' | '<' | '>' | '\\' | ':' | '*' | '|' | '"' | '\u{7f}') || char < ' ')
}
