//! Node definitions as JSON for programs.

use comfy_schema::{BranchDef, InputDef, InputKind, Map, NodeDef, Section, Value};

use crate::failure::Failure;
use crate::print::JsonLines;

/// Prints one line of JSON per node.
pub(super) fn print(nodes: &[&NodeDef]) -> Result<(), Failure> {
    let mut out = JsonLines::new();
    nodes.iter().try_for_each(|node| out.write(whole(node)))?;
    out.flush()
}

fn whole(node: &NodeDef) -> Map {
    let outputs = node.outputs.iter().map(|output| {
        let word = output.kind.type_word();
        Map::from_iter([
            ("name", Value::from(&output.name)),
            ("type", Value::from(word)),
            ("is_list", Value::from(output.is_list)),
        ])
    });
    Map::from_iter([
        ("class", Value::from(&node.class)),
        ("display_name", Value::from(node.display_name.clone())),
        ("category", Value::from(&node.category)),
        ("description", Value::from(&node.description)),
        ("python_module", Value::from(&node.python_module)),
        ("output_node", Value::from(node.output_node)),
        ("api_node", Value::from(node.api_node)),
        ("deprecated", Value::from(node.deprecated)),
        ("experimental", Value::from(node.experimental)),
        ("inputs", inputs(&node.inputs)),
        ("outputs", outputs.collect()),
    ])
}

fn inputs(inputs: &[InputDef]) -> Value {
    inputs.iter().map(input).collect()
}

/// Returns an input with the inputs nested in it. The schema's parser limits the depth of nesting.
fn input(input: &InputDef) -> Map {
    let mut map = Map::from_iter([
        ("name", Value::from(&input.name)),
        ("type", Value::from(input.kind.type_word())),
        ("required", Value::from(input.section == Section::Required)),
    ]);
    for key in ["default", "min", "max", "tooltip"] {
        if let Some(value) = input.options.get(key) {
            map.insert(key, value.clone());
        }
    }
    match &input.kind {
        InputKind::Combo(combo) => _ = map.insert("options", combo.values.clone()),
        InputKind::DynamicCombo(branches) => _ = map.insert("branches", branches.iter().map(branch).collect::<Value>()),
        InputKind::Autogrow(list) => {
            map.insert("element", self::input(&list.element));
            map.insert("least", list.min);
            map.insert("most", list.names.len());
        }
        InputKind::DynamicGroup(group) => {
            map.insert("inputs", inputs(&group.inputs));
            map.insert("least", group.min);
            map.insert("most", group.max);
        }
        InputKind::DynamicSlot(slot) => _ = map.insert("inputs", inputs(&slot.inputs)),
        InputKind::Match(matched) => _ = map.insert("allowed", matched.allowed.iter().collect::<Value>()),
        // The last pattern is required because the enum may grow. These kinds have no details besides their type.
        InputKind::Int
        | InputKind::Float
        | InputKind::String
        | InputKind::Boolean
        | InputKind::Link(_)
        | InputKind::Widget(_)
        | InputKind::Union(_)
        | InputKind::Any
        | InputKind::Raw(_)
        | _ => {}
    }
    map
}

fn branch(branch: &BranchDef) -> Map {
    Map::from_iter([("key", Value::from(&branch.key)), ("inputs", inputs(&branch.inputs))])
}
