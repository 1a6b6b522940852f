//! Documentation of what is generated.

use comfy_schema as schema;
use comfy_schema::Value;

use super::kinds::Types;
use super::text::{alias, code, markdown};
use super::writer::{Writer, line};
use crate::pack;
use crate::plan::{Bound, Combo, Field, Kind, Node, Output, Shared};

/// Longer lists of options are counted instead of listed.
const MOST_LISTED: usize = 12;

/// Longer values are cut in documentation, in characters.
const LONGEST_VALUE: usize = 60;

/// Writes paragraphs as `///` lines, a blank one between two.
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

/// `#[doc(alias = "…")]` where the Rust name is another than the exact one.
pub(super) fn alias_of(out: &mut Writer, exact: &str, ident: &str) {
    if exact != ident
        && let Some(alias) = alias(exact)
    {
        line!(out, "#[doc(alias = \"{alias}\")]");
    }
}

/// Everything about a node that its struct can say.
pub(super) fn node(node: &Node<'_>, types: Types<'_>) -> Vec<Vec<String>> {
    let source = node.source;
    let title = source.display_name.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(&source.class);
    vec![vec![markdown(title).join(" ")], markdown(&source.description), facts(source), outputs(node, types)]
}

fn facts(source: &schema::NodeDef) -> Vec<String> {
    let mut facts = vec![format!("Class {}", code(&source.class))];
    let mut clause = |text: String| facts[0].push_str(&text);
    if !source.category.is_empty() {
        clause(format!(", category {}", code(&source.category)));
    }
    if !source.python_module.is_empty() {
        clause(format!(", from {}", code(&source.python_module)));
    }
    clause(".".to_owned());
    let flags = [
        (source.api_node, "Runs on a paid remote service: it costs money and needs account keys."),
        (source.experimental, "Experimental: it may change."),
        (source.dev_only, "For development only."),
        (source.output_node, "An output node: a root of execution."),
        (source.is_input_list, "Takes whole lists."),
    ];
    facts.extend(flags.iter().filter(|(set, _)| *set).map(|&(_, text)| text.to_owned()));
    if !source.search_aliases.is_empty() {
        let aliases: Vec<String> = source.search_aliases.iter().map(|alias| code(alias)).collect();
        facts.push(format!("Also found as {}.", aliases.join(", ")));
    }
    facts
}

/// The outputs of a node that has no struct for them.
fn outputs(node: &Node<'_>, types: Types<'_>) -> Vec<String> {
    match node.outputs.as_slice() {
        [only] => vec![format!("Gives {}", output_text(only, types))],
        _ => Vec::new(),
    }
}

/// One line about an output, and its tooltip.
pub(super) fn output(output: &Output<'_>, types: Types<'_>) -> Vec<Vec<String>> {
    vec![vec![output_text(output, types)], output.source.tooltip.as_deref().map(markdown).unwrap_or_default()]
}

fn output_text(output: &Output<'_>, types: Types<'_>) -> String {
    let word = types.output_word(output);
    let list = if output.source.is_list { "a list of " } else { "" };
    let name = if output.source.name == word { String::new() } else { format!("{}: ", code(&output.source.name)) };
    format!("{name}{list}{}.", code(&word))
}

/// One line about a field: name, type, range or options, default.
pub(super) fn field_line(field: &Field<'_>, shared: &Shared<'_>) -> String {
    let mut text = format!("{}: {}", code(&field.source.name), takes(field, shared));
    // A step of 1 says nothing.
    if let Some(step) = field.source.options.step().filter(|step| step.as_i128() != Some(1)) {
        text.extend([", step ", &step.to_string()]);
    }
    match (&field.default, field.required) {
        (Some(default), _) => text.extend([", default ", &code(&shortened(default))]),
        (None, true) => text.push_str(", required"),
        (None, false) => {}
    }
    text.push_str(if field.required { "." } else { ", optional." });
    text
}

/// Everything about a field.
pub(super) fn field(field: &Field<'_>, shared: &Shared<'_>) -> Vec<Vec<String>> {
    let tooltip = field.source.options.tooltip().map(markdown).unwrap_or_default();
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
        Kind::Raw => "any JSON, sent as it is".to_owned(),
        Kind::Any => "anything".to_owned(),
        kind => format!("{}{}", markdown(&pack::type_text(kind, shared)).join(" "), range(field)),
    }
}

fn options(field: &Field<'_>, combo: Combo) -> String {
    let schema::InputKind::Combo(source) = &field.source.kind else { return String::new() };
    let one = if combo.multiselect { "some" } else { "one" };
    if !combo.closed {
        return format!("{one} of what the server has");
    }
    let values: Vec<String> = source.values.iter().map(|value| code(&option_text(value))).collect();
    format!("{one} of {}", listed(&values, "options"))
}

fn listed(items: &[String], what: &str) -> String {
    if items.len() > MOST_LISTED { format!("{} {what}", items.len()) } else { items.join(", ") }
}

fn option_text(value: &Value) -> String {
    shortened(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn range(field: &Field<'_>) -> String {
    if field.min.is_none() && field.max.is_none() {
        return String::new();
    }
    let text = |bound: &Option<Bound>| bound.as_ref().map(Bound::text).unwrap_or_default();
    format!(" {}..={}", text(&field.min), text(&field.max))
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST_VALUE {
        return text.to_owned();
    }
    text.chars().take(LONGEST_VALUE).chain(['…']).collect()
}
