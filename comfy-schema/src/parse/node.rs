//! Parses one node definition.

use super::report::{Place, Report};
use super::{inputs, output};
use crate::{Key, Keys, Map, NodeDef, Producer, Text, Value};

/// The values of the known keys of a definition. Each value is taken out once.
struct Known([Option<Value>; Key::ALL.len()]);

impl Known {
    fn take(&mut self, key: Key) -> Option<Value> {
        self.0[key as usize].take()
    }
}

/// Parses one definition. Keys that the fields of the node do not reproduce are kept in its `raw`.
pub(super) fn node(class: Text, definition: Value, report: &mut Report) -> NodeDef {
    let root_class = class.clone();
    let root = Place::new(&root_class);
    let definition = match definition {
        Value::Object(definition) => definition,
        other => {
            report.expected(&root, "an object", &other);
            let mut node = NodeDef::new(class, Producer::V1);
            node.keys = Keys::not_an_object();
            node.raw.insert("", other);
            return node;
        }
    };
    let mut node = NodeDef::new(class, Producer::V1);
    node.keys = Keys::NONE;
    let mut known = split(definition, &mut node);
    node.producer = producer(&known);

    let mut reading = Reading { root: &root, node: &mut node, report };
    reading.name(known.take(Key::Name));
    reading.texts(&mut known);
    reading.flags(&mut known);
    reading.search_aliases(known.take(Key::SearchAliases));
    for key in [Key::PriceBadge, Key::EssentialsCategory] {
        if let Some(value) = known.take(key).filter(|value| !value.is_null()) {
            reading.keep(key, value);
        }
    }
    inputs::inputs(&root, &mut node, known.take(Key::Input), known.take(Key::InputOrder), report);
    let parts = output::Parts {
        types: known.take(Key::Output),
        names: known.take(Key::OutputName),
        lists: known.take(Key::OutputIsList),
        tooltips: known.take(Key::OutputTooltips),
        matchtypes: known.take(Key::OutputMatchtypes),
    };
    output::outputs(&root, &mut node, parts, report);
    node.raw.shrink();
    node
}

/// Takes the known keys out of a definition. Unknown keys are moved to `raw`.
fn split(definition: Map, node: &mut NodeDef) -> Known {
    let mut known = Known([const { None }; Key::ALL.len()]);
    for (name, value) in definition {
        if let Ok(key) = name.parse::<Key>() {
            node.keys.insert(key);
            known.0[key as usize] = Some(value);
        } else {
            node.raw.push_unchecked(name, value);
        }
    }
    known
}

/// Returns the interface that wrote a definition. The classic interface writes the flags only when they are true, and
/// never writes `output_matchtypes` or `price_badge`.
fn producer(known: &Known) -> Producer {
    let there = |key: Key| known.0[key as usize].is_some();
    let is_false = |key: Key| known.0[key as usize] == Some(Value::Bool(false));
    let schema_interface = there(Key::OutputMatchtypes)
        || there(Key::PriceBadge)
        || [Key::Deprecated, Key::Experimental, Key::DevOnly].into_iter().any(is_false);
    if schema_interface { Producer::V3 } else { Producer::V1 }
}

struct Reading<'a> {
    root: &'a Place<'a>,
    node: &'a mut NodeDef,
    report: &'a mut Report,
}

impl Reading<'_> {
    fn keep(&mut self, key: Key, value: Value) {
        self.node.raw.push_unchecked(key.as_str().into(), value);
    }

    fn malformed(&mut self, key: Key, value: Value, expected: &str) {
        self.report.expected(&self.root.key(key.as_str()), expected, &value);
        self.keep(key, value);
    }

    fn name(&mut self, name: Option<Value>) {
        match name {
            None => {}
            Some(Value::String(name)) if name == self.node.class => {}
            Some(Value::String(name)) => {
                let message = format!("expected the class `{}`, found `{name}`", self.node.class);
                self.report.add(&self.root.key(Key::Name.as_str()), message);
                self.keep(Key::Name, Value::String(name));
            }
            Some(other) => self.malformed(Key::Name, other, "the class"),
        }
    }

    fn texts(&mut self, known: &mut Known) {
        self.node.display_name = match known.take(Key::DisplayName) {
            Some(Value::String(name)) => Some(name),
            None | Some(Value::Null) => None,
            Some(other) => {
                self.malformed(Key::DisplayName, other, "a string");
                None
            }
        };
        self.node.description = self.text(known, Key::Description);
        self.node.python_module = self.text(known, Key::PythonModule);
        self.node.category = self.text(known, Key::Category);
    }

    /// Returns the string of a key. The value `null` counts as an empty string, and is too common to be reported.
    fn text(&mut self, known: &mut Known, key: Key) -> Text {
        match known.take(key) {
            Some(Value::String(text)) => return text,
            None => {}
            Some(Value::Null) => self.keep(key, Value::Null),
            Some(other) => self.malformed(key, other, "a string"),
        }
        Text::default()
    }

    fn flags(&mut self, known: &mut Known) {
        self.node.is_input_list = self.flag(known, Key::IsInputList);
        self.node.output_node = self.flag(known, Key::OutputNode);
        self.node.has_intermediate_output = self.flag(known, Key::HasIntermediateOutput);
        self.node.deprecated = self.flag(known, Key::Deprecated);
        self.node.experimental = self.flag(known, Key::Experimental);
        self.node.dev_only = self.flag(known, Key::DevOnly);
        self.node.api_node = self.flag(known, Key::ApiNode);
    }

    fn flag(&mut self, known: &mut Known, key: Key) -> bool {
        match known.take(key) {
            Some(Value::Bool(flag)) => return flag,
            None => {}
            Some(Value::Null) => self.keep(key, Value::Null),
            Some(other) => self.malformed(key, other, "a boolean"),
        }
        false
    }

    fn search_aliases(&mut self, aliases: Option<Value>) {
        let Some(aliases) = aliases else { return };
        match &aliases {
            Value::Array(words) if words.iter().all(|word| word.as_str().is_some()) => {
                self.node.search_aliases = words.iter().filter_map(Value::as_str).map(Text::new).collect();
            }
            Value::Null => {}
            _ => {
                let at = self.root.key(Key::SearchAliases.as_str());
                self.report.add(&at, "expected an array of strings");
            }
        }
        // `null` and `[]` both mean none. `raw` keeps the one that this interface does not usually write.
        if self.node.search_aliases_value() != aliases {
            self.keep(Key::SearchAliases, aliases);
        }
    }
}
