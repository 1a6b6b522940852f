//! Converts the model back to JSON.

use std::fmt;

use super::{
    BranchDef, ComboDef, ComboSpelling, Group, InputDef, InputKind, Key, NodeDef, OutputKind, Producer, Schema, Section,
};
use crate::value::write_string;
use crate::{Map, Text, Value};

impl Schema {
    /// Writes all definitions as one JSON object with one definition per line, so that two snapshots can be compared
    /// line by line.
    ///
    /// Keys, values and numbers are written as they were read. The order of a definition's keys is fixed, so that
    /// snapshots of different servers can be compared.
    ///
    /// # Errors
    ///
    /// Returns an error if writing to `out` fails.
    pub fn write_snapshot(&self, mut out: impl fmt::Write) -> fmt::Result {
        out.write_str("{\n")?;
        for (at, node) in self.nodes.iter().enumerate() {
            if at > 0 {
                out.write_str(",\n")?;
            }
            write_string(&mut out, &node.class)?;
            write!(out, ":{}", node.to_value())?;
        }
        out.write_str("\n}\n")
    }

    /// Returns the snapshot that [`Self::write_snapshot`] writes, as a string.
    pub fn to_json(&self) -> String {
        let mut json = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_snapshot(&mut json);
        json
    }
}

impl NodeDef {
    /// Returns the definition as the server sent it, with its keys in the order in which the node's interface
    /// ([`Self::producer`]) writes them.
    pub fn to_value(&self) -> Value {
        if self.keys.is_not_an_object() {
            return self.raw.get("").cloned().unwrap_or(Value::Null);
        }
        let mut definition = Map::new();
        for &key in Key::in_order(self.producer) {
            if let Some(value) = self.key_value(key) {
                definition.push_unchecked(key.as_str().into(), value);
            }
        }
        for (key, value) in self.raw.iter().filter(|(key, _)| key.parse::<Key>().is_err()) {
            definition.push_unchecked(key.clone(), value.clone());
        }
        Value::Object(definition)
    }

    /// Returns the value of a key, or `None` if the definition has no such key.
    fn key_value(&self, key: Key) -> Option<Value> {
        let raw = self.raw.get(key.as_str());
        if key == Key::Input {
            let written = self.keys.contains(key) || !self.inputs.is_empty() || !self.hidden.is_empty();
            return written.then(|| self.input_value(raw));
        }
        if let Some(raw) = raw {
            return Some(raw.clone());
        }
        let (value, needed) = self.field_value(key);
        (needed || self.keys.contains(key)).then_some(value)
    }

    /// Returns the value of a key according to the fields, and whether it must be written even if the key was absent.
    fn field_value(&self, key: Key) -> (Value, bool) {
        let flag = |flag: bool| (Value::Bool(flag), flag);
        let text = |text: &Text| (Value::from(text), !text.is_empty());
        match key {
            Key::Input | Key::PriceBadge | Key::EssentialsCategory => (Value::Null, false),
            Key::InputOrder => (Value::Object(self.order_value()), false),
            Key::Output => (self.outputs_value(key), !self.outputs.is_empty()),
            Key::OutputIsList => (self.outputs_value(key), self.outputs.iter().any(|output| output.is_list)),
            Key::OutputName => {
                (self.outputs_value(key), self.outputs.iter().any(|output| output.name != output.kind.type_word()))
            }
            Key::OutputTooltips => {
                (self.outputs_value(key), self.outputs.iter().any(|output| output.tooltip.is_some()))
            }
            Key::OutputMatchtypes => {
                let any = self.outputs.iter().any(|output| matches!(output.kind, OutputKind::Match(Some(_))));
                (self.outputs_value(key), any)
            }
            Key::Name => (Value::from(&self.class), false),
            Key::DisplayName => (Value::from(self.display_name.clone()), self.display_name.is_some()),
            Key::Description => text(&self.description),
            Key::PythonModule => text(&self.python_module),
            Key::Category => text(&self.category),
            Key::SearchAliases => (self.search_aliases_value(), !self.search_aliases.is_empty()),
            Key::IsInputList => flag(self.is_input_list),
            Key::OutputNode => flag(self.output_node),
            Key::HasIntermediateOutput => flag(self.has_intermediate_output),
            Key::Deprecated => flag(self.deprecated),
            Key::Experimental => flag(self.experimental),
            Key::DevOnly => flag(self.dev_only),
            Key::ApiNode => flag(self.api_node),
        }
    }

    /// Returns the search aliases. Without any, the classic interface writes `[]` and the schema interface `null`.
    pub(crate) fn search_aliases_value(&self) -> Value {
        if self.search_aliases.is_empty() && self.producer == Producer::V3 {
            return Value::Null;
        }
        self.search_aliases.iter().collect()
    }

    /// Returns one of the parallel arrays that describe the outputs.
    pub(crate) fn outputs_value(&self, key: Key) -> Value {
        let outputs = self.outputs.iter();
        match key {
            Key::Output => outputs.map(|output| output.kind.to_value()).collect(),
            Key::OutputName => outputs.map(|output| &output.name).collect(),
            Key::OutputIsList => outputs.map(|output| output.is_list).collect(),
            Key::OutputTooltips => outputs.map(|output| output.tooltip.clone()).collect(),
            _ if self.outputs.iter().any(|output| matches!(output.kind, OutputKind::Match(_))) => {
                outputs.map(|output| output.kind.match_id().cloned()).collect()
            }
            _ => Value::Null,
        }
    }

    /// Returns the names of the inputs of a group, in order.
    pub(crate) fn names_of(&self, group: Group) -> Box<dyn Iterator<Item = &Text> + '_> {
        let section = match group {
            Group::Required => Section::Required,
            Group::Optional => Section::Optional,
            Group::Hidden => return Box::new(self.hidden.iter().map(|hidden| &hidden.name)),
        };
        Box::new(self.inputs.iter().filter(move |input| input.section == section).map(|input| &input.name))
    }

    /// Returns the value of `input_order`.
    pub(crate) fn order_value(&self) -> Map {
        let mut order = Map::new();
        for group in Group::ALL {
            let names: Vec<Value> = self.names_of(group).map(Value::from).collect();
            if self.keys.has_order_group(group) || !names.is_empty() {
                order.push_unchecked(group.name().into(), Value::Array(names));
            }
        }
        order
    }

    /// Returns the value of `input`: the specifications of the inputs, replaced by those in `raw` where it has any.
    fn input_value(&self, raw: Option<&Value>) -> Value {
        let malformed = match raw {
            Some(Value::Object(malformed)) => Some(malformed),
            Some(other) => return other.clone(),
            None => None,
        };
        let mut sections = Map::new();
        for group in Group::ALL {
            let declared = self.specs(group);
            if self.keys.has_input_group(group) || !declared.is_empty() {
                sections.push_unchecked(group.name().into(), Value::Object(declared));
            }
        }
        for (section, value) in malformed.into_iter().flatten() {
            match (value, sections.get_mut(section)) {
                (Value::Object(over), Some(Value::Object(declared))) => overlay(declared, over),
                _ => {
                    sections.insert(section.clone(), value.clone());
                }
            }
        }
        Value::Object(sections)
    }

    fn specs(&self, group: Group) -> Map {
        let mut specs = Map::new();
        match group {
            Group::Hidden => {
                for hidden in &self.hidden {
                    specs.push_unchecked(hidden.name.clone(), hidden.spec.clone());
                }
            }
            Group::Required => push_inputs(&mut specs, &self.inputs, Section::Required),
            Group::Optional => push_inputs(&mut specs, &self.inputs, Section::Optional),
        }
        specs
    }
}

fn overlay(declared: &mut Map, over: &Map) {
    for (name, spec) in over {
        declared.insert(name.clone(), spec.clone());
    }
}

fn push_inputs(specs: &mut Map, inputs: &[InputDef], section: Section) {
    for input in inputs.iter().filter(|input| input.section == section) {
        specs.push_unchecked(input.name.clone(), input.to_value());
    }
}

impl InputDef {
    /// Returns the specification as it was sent, apart from malformed parts (such as a third entry after type and
    /// options), which only [`NodeDef::raw`] holds.
    pub fn to_value(&self) -> Value {
        let head = match &self.kind {
            InputKind::Raw(spec) => return spec.clone(),
            InputKind::Combo(ComboDef { values, spelling: ComboSpelling::Array, .. }) => Value::Array(values.clone()),
            _ => Value::String(self.kind.type_word()),
        };
        let part = match &self.kind {
            _ if self.options.held_at.is_none() => None,
            InputKind::Combo(combo) if combo.spelling == ComboSpelling::Word => {
                Some(Value::Array(combo.values.clone()))
            }
            InputKind::DynamicCombo(branches) => Some(branches_value(branches)),
            _ => None,
        };
        match part {
            None => self.options.around(head),
            Some(part) => {
                let mut options = self.options.clone();
                options.put_back(part);
                options.around(head)
            }
        }
    }
}

/// Returns the value of a dynamic combo's `options`.
pub(crate) fn branches_value(branches: &[BranchDef]) -> Value {
    branches
        .iter()
        .map(|branch| {
            let mut required = Map::new();
            push_inputs(&mut required, &branch.inputs, Section::Required);
            let mut optional = Map::new();
            push_inputs(&mut optional, &branch.inputs, Section::Optional);
            let mut inputs = Map::new();
            inputs.insert("required", required);
            if !optional.is_empty() {
                inputs.insert("optional", optional);
            }
            Map::from_iter([("key", Value::from(&branch.key)), ("inputs", Value::Object(inputs))])
        })
        .collect()
}
