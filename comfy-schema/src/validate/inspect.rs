//! Warnings: the parts of a prompt that the server accepts and then ignores or fails on.

use super::declared::{self, Declared};
use super::python::is_link;
use super::scan::Graph;
use super::warning::{PromptWarning, PromptWarningKind};
use crate::{InputKind, Map, NodeDef, Text, Value, suggest};

/// Returns the warnings for a prompt whose literals have been converted, whether it is accepted or refused.
pub(super) fn inspect(prompt: &Map, graph: &Graph<'_>) -> Vec<PromptWarning> {
    let needed = needed(prompt, graph);
    let mut warnings = Vec::new();
    for (at, (id, node)) in prompt.iter().enumerate() {
        let (Some(node), Some(&class)) = (node.as_object(), graph.classes.get(at)) else { continue };
        let mut look = Look { id, class, graph, warnings: &mut warnings };
        look.node(node, needed.get(at) == Some(&true));
    }
    warnings
}

/// Returns, for each node, whether execution reaches it from the selected outputs. It follows every link, declared or
/// not.
fn needed(prompt: &Map, graph: &Graph<'_>) -> Vec<bool> {
    let mut needed = vec![false; graph.classes.len()];
    let mut open: Vec<usize> = graph.outputs.clone();
    while let Some(node) = open.pop() {
        let Some(seen) = needed.get_mut(node).filter(|seen| !**seen) else { continue };
        *seen = true;
        let links = inputs(prompt.value_at(node)).into_iter().flat_map(Map::iter).filter(|(_, value)| is_link(value));
        open.extend(links.filter_map(|(_, link)| source(graph, link)));
    }
    needed
}

fn inputs(node: Option<&Value>) -> Option<&Map> {
    node?.as_object()?.get("inputs")?.as_object()
}

fn source(graph: &Graph<'_>, link: &Value) -> Option<usize> {
    graph.positions.get(link.as_array()?.first()?.as_str()?).copied()
}

struct Look<'l> {
    id: &'l Text,
    class: &'l NodeDef,
    graph: &'l Graph<'l>,
    warnings: &'l mut Vec<PromptWarning>,
}

impl Look<'_> {
    fn node(&mut self, node: &Map, needed: bool) {
        if node.contains_key("is_changed") {
            self.warn(
                PromptWarningKind::IsChanged,
                None,
                "`is_changed` is the fingerprint of an earlier run, which the server uses in place of asking the node; remove it".into(),
            );
        }
        let Some(inputs) = node.get("inputs").and_then(Value::as_object) else {
            if !needed {
                let message = "missing `inputs`; the server accepts the prompt, but its worker dies when it runs the node, so write `\"inputs\": {}`";
                self.warn(PromptWarningKind::NoInputs, None, message.into());
            }
            return;
        };
        if !needed {
            self.warn(
                PromptWarningKind::UnusedNode,
                None,
                "no selected output needs this node; it does not run".into(),
            );
            return;
        }
        if self.class.deprecated {
            self.warn(PromptWarningKind::DeprecatedNode, None, format!("`{}` is deprecated", self.class.class));
        }
        self.inputs(inputs);
    }

    fn inputs(&mut self, inputs: &Map) {
        let declarations = declared::declared(self.class, inputs, false);
        for declared in &declarations.unselected {
            self.selector(declared, inputs.get(&declared.name));
        }
        let mut known: Option<Vec<Text>> = None;
        for (name, value) in inputs {
            if !value.is_finite() {
                let message = format!("{value} is not a number in JSON; other readers of the prompt refuse it");
                self.warn(PromptWarningKind::NotANumber, Some(name), message);
            }
            if let Some(declared) = declarations.inputs.iter().find(|declared| declared.name == *name) {
                self.literal(declared, value);
            } else if !declarations.unselected.iter().any(|selector| selector.name == *name) {
                let known = known.get_or_insert_with(|| {
                    declared::declared(self.class, inputs, true).inputs.into_iter().map(|input| input.name).collect()
                });
                self.undeclared(name, value, known);
            }
        }
    }

    fn selector(&mut self, selector: &Declared<'_>, value: Option<&Value>) {
        let InputKind::DynamicCombo(branches) = &selector.input.kind else { return };
        let keys = branches.iter().map(|branch| branch.key.as_str());
        match value {
            None if selector.required => {
                let message =
                    "no option is selected; the inputs of the options are not checked, and the node fails when it runs"
                        .into();
                self.warn(PromptWarningKind::SelectorMissing, Some(&selector.name), message);
                self.suggest(keys.take(3).map(Text::new).collect());
            }
            None => {}
            Some(value) => {
                let message = format!(
                    "unknown option {value}; the inputs of the options are not checked, and the node fails when it runs"
                );
                self.warn(PromptWarningKind::SelectorUnknown, Some(&selector.name), message);
                let word = value.as_str().unwrap_or_default();
                self.suggest(suggest::similar(word, keys).into_iter().map(Text::new).collect());
            }
        }
    }

    /// Warns of a literal for a type that only links carry. The server does not check such literals, but no node can
    /// use them.
    fn literal(&mut self, declared: &Declared<'_>, value: &Value) {
        let InputKind::Link(word) = &declared.input.kind else { return };
        if matches!(value, Value::Array(_)) || declared.input.options.widget_type().is_some() {
            return;
        }
        let message = format!("expected a link of type {word}, found a literal; the node fails when it runs");
        self.warn(PromptWarningKind::LiteralOnSocket, Some(&declared.name), message);
    }

    fn undeclared(&mut self, name: &Text, value: &Value, known: &[Text]) {
        if self.class.hidden.iter().any(|hidden| hidden.name == *name) {
            return;
        }
        let class = &self.class.class;
        if is_link(value) {
            let message = if source(self.graph, value).is_some() {
                format!(
                    "`{class}` has no such input; the linked node runs unchecked, and this node fails when it gets the value"
                )
            } else {
                format!(
                    "`{class}` has no such input, and the linked node does not exist; the server accepts the prompt, and its worker dies"
                )
            };
            self.warn(PromptWarningKind::UnknownLink, Some(name), message);
        } else if class == "CustomCombo" {
            return;
        } else {
            let message = format!("`{class}` has no such input; the server ignores it");
            self.warn(PromptWarningKind::UnknownInput, Some(name), message);
        }
        self.suggest(suggest::similar(name, known.iter().map(Text::as_str)).into_iter().map(Text::new).collect());
    }

    fn warn(&mut self, kind: PromptWarningKind, input: Option<&Text>, message: String) {
        let (node, input) = (self.id.clone(), input.cloned());
        self.warnings.push(PromptWarning { node, input, kind, message, suggestions: Vec::new() });
    }

    /// Sets the suggestions of the last warning.
    fn suggest(&mut self, suggestions: Vec<Text>) {
        if let Some(warning) = self.warnings.last_mut() {
            warning.suggestions = suggestions;
        }
    }
}
