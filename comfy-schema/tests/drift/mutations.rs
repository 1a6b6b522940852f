//! Changes that no two real versions have, applied one by one to every class that the templates use.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use comfy_schema::drift::Comparison;
use comfy_schema::{InputDef, InputKind, Map, NodeDef, OutputKind, Schema, Section, Value};

use super::{Counts, Disk, data, schema, templates};

/// A change to a class. Returns whether it applies.
type Mutation = fn(&mut NodeDef) -> bool;

const MUTATIONS: [(&str, Mutation); 12] = [
    ("a required input that is new", |node| add(node, &[], Section::Required)),
    ("a required input that is new and has a default", |node| add(node, &[("default", 3)], Section::Required)),
    ("an optional input that is new", |node| add(node, &[], Section::Optional)),
    ("the first input is gone", |node| {
        !node.inputs.is_empty() && {
            node.inputs.remove(0);
            true
        }
    }),
    ("the last input is gone", |node| node.inputs.pop().is_some()),
    ("the first option of every combo is gone", |node| {
        each(node, |input| match &mut input.kind {
            InputKind::Combo(combo) if combo.values.len() > 1 => {
                combo.values.remove(0);
                true
            }
            _ => false,
        })
    }),
    ("the first branch of every dynamic combo is gone", |node| {
        each(node, |input| match &mut input.kind {
            InputKind::DynamicCombo(branches) if branches.len() > 1 => {
                branches.remove(0);
                true
            }
            _ => false,
        })
    }),
    ("numbers are at most 10", |node| {
        each(node, |input| {
            let is_number = matches!(input.kind, InputKind::Int | InputKind::Float);
            is_number && {
                input.options.map_mut().insert("max", 10);
                true
            }
        })
    }),
    ("every text is a number", |node| {
        each(node, |input| {
            let is_text = matches!(input.kind, InputKind::String);
            is_text && {
                input.kind = InputKind::Int;
                true
            }
        })
    }),
    ("every socket takes another type", |node| {
        each(node, |input| {
            let is_socket = matches!(input.kind, InputKind::Link(_));
            is_socket && {
                input.kind = InputKind::Link("OTHER".into());
                true
            }
        })
    }),
    ("every output carries another type", |node| {
        for output in &mut node.outputs {
            output.kind = OutputKind::Type("OTHER".into());
        }
        !node.outputs.is_empty()
    }),
    ("the last output is gone", |node| node.outputs.pop().is_some()),
];

fn add(node: &mut NodeDef, options: &[(&str, i32)], section: Section) -> bool {
    let options = options.iter().map(|&(key, value)| (key.into(), Value::from(value))).collect();
    let mut input = InputDef::new("quite_new", section, InputKind::Int);
    input.options = options;
    node.inputs.push(input);
    true
}

fn each(node: &mut NodeDef, mut change: impl FnMut(&mut InputDef) -> bool) -> bool {
    let mut changed = false;
    for input in &mut node.inputs {
        changed |= change(input);
    }
    changed
}

#[test]
fn a_change_to_one_class_is_reported_if_the_server_refuses_the_workflow() -> Result<(), Box<dyn Error>> {
    let Some(root) = data() else { return Ok(()) };
    let templates = templates(&root)?;
    let disk = Disk::of(&templates);
    let old = disk.on(schema(&root, "0.28.0")?);
    let mut users: BTreeMap<&str, BTreeSet<&String>> = BTreeMap::new();
    for (name, prompt) in &templates {
        for (_, node) in prompt.as_object().into_iter().flat_map(Map::iter) {
            let class = node.as_object().and_then(|node| node.get("class_type")).and_then(Value::as_str);
            // A node whose class the front end did not know has no class.
            if let Some(class) = class {
                users.entry(class).or_default().insert(name);
            }
        }
    }
    for (name_of_change, mutate) in MUTATIONS {
        let mut counts = Counts::default();
        for (class, names) in &users {
            let Some(at) = old.nodes.iter().position(|node| node.class == *class) else { continue };
            let mut nodes = old.nodes.clone();
            if !mutate(&mut nodes[at]) {
                continue;
            }
            let new = Schema::new(nodes);
            let (before, after) = (disk.validator(&old), disk.validator(&new));
            let comparison = Comparison::new(&old, &new);
            for name in names {
                if let Some(wrong) = counts.add(&before, &after, &comparison, &templates[*name]) {
                    panic!("{name_of_change}: {class} in {name}: {wrong}");
                }
            }
        }
        println!("{name_of_change}: {counts:?}");
        assert!(counts.fine + counts.refused_and_reported + counts.fails_when_run > 0, "{name_of_change}");
    }
    Ok(())
}
