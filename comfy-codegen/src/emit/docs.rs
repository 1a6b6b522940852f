//! Writes the documentation of generated items.

use comfy_schema as schema;
use comfy_schema::Value;
use comfy_schema::shown::{shortened, shortened_value};

use super::kinds::Types;
use super::writer::{Writer, line};
use crate::limits::{MAX_LISTED, MAX_VALUE_LEN};
use crate::pack;
use crate::plan::{Bound, Combo, Field, Kind, Node, Output, Shared};
use crate::text::{alias, code, markdown_line, markdown_lines};

/// Writes paragraphs as `///` lines, separated by blank lines.
pub(super) fn paragraphs(out: &mut Writer, paragraphs: &[Vec<String>]) {
    let mut first = true;
    for paragraph in paragraphs.iter().filter(|lines| lines.iter().any(|line| !line.is_empty())) {
        if !first {
            line!(out, "///");
        }
        first = false;
        for text in paragraph {
            let gap = if text.is_empty() { "" } else { " " };
            line!(out, "///{gap}{text}");
        }
    }
}

/// Writes `#[doc(alias = "…")]` if the Rust name differs from the exact one.
pub(super) fn alias_of(out: &mut Writer, exact: &str, ident: &str) {
    if exact != ident
        && let Some(alias) = alias(exact)
    {
        line!(out, "#[doc(alias = {alias})]");
    }
}

/// Returns the documentation of a node's struct.
pub(super) fn node(node: &Node<'_>, types: Types<'_>) -> Vec<Vec<String>> {
    let source = node.source;
    let title = source.display_name.as_deref().map(markdown_line).filter(|title| !title.is_empty());
    let title = title.unwrap_or_else(|| markdown_line(&source.class));
    vec![vec![title], markdown_lines(&source.description), facts(source), outputs(node, types)]
}

fn facts(source: &schema::NodeDef) -> Vec<String> {
    let clause = |text: &str, name: &str| match markdown_line(name).as_str() {
        "" => String::new(),
        _ => format!("{text}{}", code(name)),
    };
    let category = clause(", category ", &source.category);
    let module = clause(", from ", &source.python_module);
    let mut facts = vec![format!("Class {}{category}{module}.", code(&source.class))];
    let flags = [
        (source.api_node, "Runs on a paid remote service: it costs money and needs account keys."),
        (source.experimental, "Experimental: it may change."),
        (source.dev_only, "For development only."),
        (source.output_node, "An output node: execution starts from it."),
        (source.is_input_list, "Receives lists as a whole."),
    ];
    facts.extend(flags.iter().filter(|(set, _)| *set).map(|&(_, text)| text.to_owned()));
    if !source.search_aliases.is_empty() {
        let aliases: Vec<String> = source.search_aliases.iter().map(|alias| code(alias)).collect();
        facts.push(format!("Also found in searches for {}.", aliases.join(", ")));
    }
    facts
}

/// Returns the line about the output of a node with one output. Several outputs are documented in their own struct.
fn outputs(node: &Node<'_>, types: Types<'_>) -> Vec<String> {
    match node.outputs.as_slice() {
        [only] => vec![format!("Output: {}", output_text(only, types))],
        _ => Vec::new(),
    }
}

/// Returns the documentation of an output: a line about it, and its tooltip.
pub(super) fn output(output: &Output<'_>, types: Types<'_>) -> Vec<Vec<String>> {
    vec![vec![output_text(output, types)], output.source.tooltip.as_deref().map(markdown_lines).unwrap_or_default()]
}

fn output_text(output: &Output<'_>, types: Types<'_>) -> String {
    let word = types.output_word(output);
    let list = if output.source.is_list { "a list of " } else { "" };
    let name = if output.source.name == word { String::new() } else { format!("{}: ", code(&output.source.name)) };
    format!("{name}{list}{}.", code(&word))
}

/// Returns the line about a field: its name, type, range or options, and default.
pub(super) fn field_line(field: &Field<'_>, shared: &Shared<'_>) -> String {
    let mut text = format!("{}: {}", code(&field.source.name), takes(field, shared));
    // A step of 1 is not worth a mention.
    if let Some(step) = field.source.options.step().filter(|step| step.as_i128() != Some(1)) {
        text.extend([", step ", &step.to_string()]);
    }
    match (&field.default, field.required) {
        (Some(default), _) => text.extend([", default ", &code(&shortened(default, MAX_VALUE_LEN))]),
        (None, true) => text.push_str(", required"),
        (None, false) => {}
    }
    text.push_str(if field.required { "." } else { ", optional." });
    text
}

/// Returns the documentation of a field: the line about it, and its tooltip.
pub(super) fn field(field: &Field<'_>, shared: &Shared<'_>) -> Vec<Vec<String>> {
    let tooltip = field.source.options.tooltip().map(markdown_lines).unwrap_or_default();
    vec![vec![field_line(field, shared)], tooltip]
}

fn takes(field: &Field<'_>, shared: &Shared<'_>) -> String {
    match &field.kind {
        Kind::Combo(combo) => options(field, *combo),
        Kind::Grow(grow) => {
            let element = takes(&grow.element, shared);
            format!("{} to {} of {element}", grow.source.min, grow.source.names.len())
        }
        Kind::Choice(choice) => {
            let keys: Vec<String> = choice.branches.iter().map(|branch| code(branch.key)).collect();
            format!("one of the branches {}", listed(&keys, "in its module"))
        }
        Kind::Rows(rows) => format!("{} to {} rows", rows.source.min, rows.source.max),
        Kind::Raw => "any JSON, sent unchanged".to_owned(),
        Kind::Any => "anything".to_owned(),
        kind => format!("{}{}", markdown_line(&pack::type_text(kind, shared)), range(field)),
    }
}

fn options(field: &Field<'_>, combo: Combo) -> String {
    let schema::InputKind::Combo(source) = &field.source.kind else { return String::new() };
    let one = if combo.multiselect { "some" } else { "one" };
    if !combo.closed {
        return format!("{one} of the server's options");
    }
    let values: Vec<String> = source.values.iter().map(|value| code(&option_text(value))).collect();
    format!("{one} of {}", listed(&values, "options"))
}

fn listed(items: &[String], noun: &str) -> String {
    if items.len() > MAX_LISTED { format!("{} {noun}", items.len()) } else { items.join(", ") }
}

fn option_text(value: &Value) -> String {
    value.as_str().map_or_else(|| shortened_value(value, MAX_VALUE_LEN), |text| shortened(text, MAX_VALUE_LEN))
}

fn range(field: &Field<'_>) -> String {
    if field.min.is_none() && field.max.is_none() {
        return String::new();
    }
    let text = |bound: &Option<Bound>| bound.as_ref().map(Bound::text).unwrap_or_default();
    format!(" {}..={}", text(&field.min), text(&field.max))
}

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::{listed, option_text};

    #[test]
    fn long_lists_and_values_are_not_shown_in_full() {
        let items = |count: usize| vec!["a".to_owned(); count];
        assert_eq!(listed(&items(12), "options"), ["a"; 12].join(", "));
        assert_eq!(listed(&items(13), "options"), "13 options");
        let length = |value: &str| option_text(&Value::from(value)).chars().count();
        assert_eq!(length(&"ä".repeat(60)), 60);
        assert!(length(&"ä".repeat(1000)) <= 61);
    }
}
