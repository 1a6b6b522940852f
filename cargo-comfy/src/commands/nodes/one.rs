//! Text about a single node in detail.

use std::fmt::{Display, Write};

use comfy_schema::search::carried;
use comfy_schema::shown::{escaped, shortened_value};
use comfy_schema::{InputDef, InputKind, NodeDef, Section, Value};

use super::text::head;
use crate::paint::Paint;

/// The maximum number of options that are listed.
const MAX_OPTIONS: usize = 12;
/// The maximum length of a value, in characters.
const MAX_VALUE_LEN: usize = 60;

/// Returns the text about a node: its names, its description, its inputs with types, defaults and ranges, and its
/// outputs.
pub(super) fn write(node: &NodeDef, paint: Paint) -> String {
    let mut out = format!("{}\n", head(node, paint));
    if !node.python_module.is_empty() {
        let _ = writeln!(out, "from {}", escaped(&node.python_module));
    }
    if !node.description.is_empty() {
        let _ = writeln!(out, "\n{}", escaped(node.description.replace('\n', " ")));
    }
    let mut rows = Vec::new();
    for (section, title) in [(Section::Required, "inputs"), (Section::Optional, "optional inputs")] {
        let inputs: Vec<&InputDef> = node.inputs.iter().filter(|input| input.section == section).collect();
        if !inputs.is_empty() {
            rows.push(Row::title(title));
            for input in inputs {
                add(input, 1, &mut rows);
            }
        }
    }
    if !node.outputs.is_empty() {
        rows.push(Row::title("outputs"));
    }
    for output in &node.outputs {
        let list = if output.is_list { "a list" } else { "" };
        rows.push(Row::new(1, &output.name, carried(node, output), list));
    }
    write_rows(&rows, paint, &mut out);
    out
}

/// A line of the table, whose texts are escaped. Titles are at level 0.
struct Row {
    level: usize,
    name: String,
    kind: String,
    about: String,
}

impl Row {
    fn title(title: &str) -> Self {
        Self::new(0, title, "", "")
    }

    fn new(level: usize, name: impl Display, kind: impl Display, about: impl Display) -> Self {
        let (name, kind) = (escaped(name).to_string(), escaped(kind).to_string());
        Self { level, name, kind, about: escaped(about).to_string() }
    }
}

fn write_rows(rows: &[Row], paint: Paint, out: &mut String) {
    let width = |text: &dyn Fn(&Row) -> usize| rows.iter().filter(|row| row.level > 0).map(text).max().unwrap_or(0);
    let names = width(&|row| row.level * 2 + row.name.chars().count());
    let kinds = width(&|row| row.kind.chars().count()).min(24);
    for row in rows {
        if row.level == 0 {
            let _ = writeln!(out, "\n{}", paint.note(&row.name));
            continue;
        }
        let name = format!("{:1$}{2}", "", row.level * 2, row.name);
        let line = format!("{name:<names$}  {:<kinds$}  {}", row.kind, row.about);
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

/// Adds an input and, below it, the inputs nested in it. The schema's parser limits the depth of nesting.
fn add(input: &InputDef, level: usize, rows: &mut Vec<Row>) {
    let kind = match &input.kind {
        InputKind::Combo(combo) if combo.multiselect => "several of".to_owned(),
        InputKind::Combo(_) | InputKind::DynamicCombo(_) => "one of".to_owned(),
        InputKind::Autogrow(list) => format!("list of {}", list.element.kind.type_word()),
        InputKind::DynamicGroup(_) => "rows".to_owned(),
        InputKind::Match(matched) if !matched.allowed.is_empty() => matched.allowed.join(","),
        InputKind::Match(_) => "*".to_owned(),
        kind => kind.type_word().to_string(),
    };
    rows.push(Row::new(level, &input.name, kind, about(input)));
    match &input.kind {
        InputKind::DynamicCombo(branches) => {
            for branch in branches {
                rows.push(Row::new(level + 1, Value::from(&branch.key), "", ""));
                for input in &branch.inputs {
                    add(input, level + 2, rows);
                }
            }
        }
        InputKind::DynamicGroup(group) => group.inputs.iter().for_each(|input| add(input, level + 1, rows)),
        InputKind::DynamicSlot(slot) => slot.inputs.iter().for_each(|input| add(input, level + 1, rows)),
        // No other kind has nested inputs.
        _ => {}
    }
}

/// Returns an input's default, range, options and tooltip.
fn about(input: &InputDef) -> String {
    let options = &input.options;
    let mut parts = Vec::new();
    if let Some(default) = options.default() {
        parts.push(format!("= {}", shortened_value(default, MAX_VALUE_LEN)));
    }
    match (options.min(), options.max()) {
        (Some(min), Some(max)) => parts.push(format!("{min} to {max}")),
        (Some(min), None) => parts.push(format!("{min} or more")),
        (None, Some(max)) => parts.push(format!("{max} or less")),
        (None, None) => {}
    }
    match &input.kind {
        InputKind::Combo(combo) => parts.push(listed(&combo.values)),
        InputKind::Autogrow(list) => parts.push(format!("{} to {} entries", list.min, list.names.len())),
        InputKind::DynamicGroup(group) => parts.push(format!("{} to {} rows", group.min, group.max)),
        // No other kind has options or a number of entries.
        _ => {}
    }
    if let Some(tooltip) = options.tooltip() {
        parts.push(tooltip.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    parts.join("; ")
}

fn listed(values: &[Value]) -> String {
    if values.is_empty() {
        return "no options listed: files of a server, or filled in by the editor".to_owned();
    }
    let shown: Vec<String> =
        values.iter().take(MAX_OPTIONS).map(|value| shortened_value(value, MAX_VALUE_LEN)).collect();
    match values.len().saturating_sub(MAX_OPTIONS) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
