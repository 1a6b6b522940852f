//! Parses the inputs of a definition: its sections and their order.

use std::collections::{HashMap, HashSet};

use super::input;
use super::report::{Place, Report};
use crate::model::Group;
use crate::{Hidden, Key, Map, NodeDef, Section, Text, Value};

/// Parses `input` and `input_order` into the node.
pub(super) fn inputs(
    root: &Place<'_>,
    node: &mut NodeDef,
    input: Option<Value>,
    order: Option<Value>,
    report: &mut Report,
) {
    let at = root.key(Key::Input.as_str());
    match input {
        None => report.add(root, "missing `input`"),
        Some(Value::Object(sections)) => {
            let order = order.as_ref().and_then(Value::as_object);
            let malformed = read_sections(&at, node, sections, order, report);
            if !malformed.is_empty() {
                node.raw.push_unchecked(Key::Input.as_str().into(), Value::Object(malformed));
            }
        }
        Some(other) => {
            report.expected(&at, "an object of sections", &other);
            node.raw.push_unchecked(Key::Input.as_str().into(), other);
        }
    }
    if let Some(order) = order {
        read_order(&root.key(Key::InputOrder.as_str()), node, order, report);
    }
}

/// Parses the sections into the node's inputs. Returns an object of the same form with the specifications that the
/// inputs do not reproduce.
fn read_sections(
    at: &Place<'_>,
    node: &mut NodeDef,
    mut sections: Map,
    order: Option<&Map>,
    report: &mut Report,
) -> Map {
    let mut malformed = Map::new();
    // Required inputs come first, whatever the order of the document: of an input in both sections, the required one
    // counts.
    for (group, section) in [(Group::Required, Section::Required), (Group::Optional, Section::Optional)] {
        let Some(value) = sections.remove(group.name()) else {
            continue;
        };
        let at = at.key(group.name());
        let Some(specs) = object(&at, value, group, &mut malformed, report) else {
            continue;
        };
        node.keys.insert_input_group(group);
        let names = order.and_then(|order| order.get(group.name())).and_then(Value::as_array);
        let rest = read_section(&at, node, section, in_order(specs, names), report);
        if !rest.is_empty() {
            malformed.insert(group.name(), rest);
        }
    }
    if let Some(value) = sections.remove(Group::Hidden.name()) {
        let at = at.key(Group::Hidden.name());
        if let Some(specs) = object(&at, value, Group::Hidden, &mut malformed, report) {
            node.keys.insert_input_group(Group::Hidden);
            let names = order.and_then(|order| order.get(Group::Hidden.name())).and_then(Value::as_array);
            node.hidden = in_order(specs, names).into_iter().map(|(name, spec)| Hidden { name, spec }).collect();
        }
    }
    for (section, value) in sections {
        report.add(&at.key(&section), "unknown section; the server reads only required, optional and hidden");
        malformed.insert(section, value);
    }
    node.inputs.shrink_to_fit();
    malformed
}

/// Returns the section's object. Moves a value of another kind to `malformed`.
fn object(at: &Place<'_>, value: Value, group: Group, malformed: &mut Map, report: &mut Report) -> Option<Map> {
    match value {
        Value::Object(specs) => Some(specs),
        other => {
            report.expected(at, "an object of inputs", &other);
            malformed.insert(group.name(), other);
            None
        }
    }
}

/// Parses a section and appends its inputs to the node. Returns the specifications that the inputs do not reproduce.
fn read_section(at: &Place<'_>, node: &mut NodeDef, section: Section, specs: Map, report: &mut Report) -> Map {
    let mut malformed = Map::new();
    let earlier: HashSet<Text> = node.inputs.iter().map(|input| input.name.clone()).collect();
    for (name, spec) in specs {
        let at = at.key(&name);
        if earlier.contains(&name) {
            report.add(&at, "the input is also required; the required one counts");
            malformed.push_unchecked(name, spec);
            continue;
        }
        let (read, raw) = input::input(&at, name.clone(), section, spec, crate::limits::MAX_INPUT_DEPTH, report);
        if let Some(raw) = raw {
            malformed.push_unchecked(name, raw);
        }
        node.inputs.push(read);
    }
    malformed
}

/// Sorts the specifications by `input_order`, then by their order in the document.
fn in_order(specs: Map, names: Option<&[Value]>) -> Map {
    let Some(names) = names else { return specs };
    if specs.keys().map(Text::as_str).eq(names.iter().filter_map(Value::as_str)) {
        return specs;
    }
    let places: HashMap<&str, usize> =
        names.iter().enumerate().rev().filter_map(|(at, name)| Some((name.as_str()?, at))).collect();
    let mut sorted: Vec<(Text, Value)> = specs.into_iter().collect();
    sorted.sort_by_key(|(name, _)| places.get(name.as_str()).copied().unwrap_or(usize::MAX));
    let mut specs = Map::new();
    for (name, spec) in sorted {
        specs.push_unchecked(name, spec);
    }
    specs
}

/// Reports where `input_order` disagrees with the inputs, and keeps it in `raw` if the order of the inputs does not
/// reproduce it.
fn read_order(at: &Place<'_>, node: &mut NodeDef, order: Value, report: &mut Report) {
    let Value::Object(groups) = &order else {
        report.expected(at, "an object of arrays", &order);
        node.raw.push_unchecked(Key::InputOrder.as_str().into(), order);
        return;
    };
    for group in Group::ALL {
        let Some(names) = groups.get(group.name()) else {
            continue;
        };
        node.keys.insert_order_group(group);
        let at = at.key(group.name());
        match names.as_array() {
            Some(names) => compare_order(&at, node, group, names, report),
            None => report.expected(&at, "an array of names", names),
        }
    }
    if Value::Object(node.order_value()) != order {
        node.raw.push_unchecked(Key::InputOrder.as_str().into(), order);
    }
}

fn compare_order(at: &Place<'_>, node: &NodeDef, group: Group, names: &[Value], report: &mut Report) {
    let declared: Vec<&Text> = node.names_of(group).collect();
    if declared.iter().copied().map(Text::as_str).eq(names.iter().filter_map(Value::as_str)) {
        return;
    }
    let ordered: HashSet<&str> = names.iter().filter_map(Value::as_str).collect();
    let left_out = declared.iter().map(|name| name.as_str()).filter(|name| !ordered.contains(name));
    if let Some(names) = listed(left_out) {
        report.add(at, format_args!("missing declared inputs: {names}"));
    }
    // An input in two sections is listed in both orders, but declared only once.
    let all_inputs = node.inputs.iter().map(|input| &input.name);
    let known: HashSet<&str> = declared.iter().copied().chain(all_inputs).map(Text::as_str).collect();
    let unknown = names.iter().filter_map(Value::as_str).filter(|name| !known.contains(name));
    if let Some(names) = listed(unknown) {
        report.add(at, format_args!("undeclared inputs: {names}"));
    }
}

/// Returns up to three names and the number of the others for a message, or `None` if there are no names.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> Option<String> {
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    match (names.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(names.join(", ")),
        (false, more) => Some(format!("{} and {more} more", names.join(", "))),
    }
}
