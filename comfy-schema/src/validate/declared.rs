//! The declared inputs of a node. How dynamic inputs expand depends on the inputs that are given.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::error::{NodeError, NodeErrorKind};
use crate::{DynamicGroup, InputDef, InputKind, Map, NodeDef, Producer, Section, Text, Value};

/// A declared input of a node.
pub(super) struct Declared<'s> {
    /// The name, with the prefix of the dynamic parents.
    pub(super) name: Text,
    pub(super) required: bool,
    /// The definition. Its name lacks the prefix, and for a child of a growing list it is that of the template.
    pub(super) input: &'s InputDef,
}

/// The inputs that a node declares for certain given inputs.
pub(super) struct Declarations<'s> {
    /// The declared inputs: those that are required or given, or all of them if [`declared`] was asked for all.
    pub(super) inputs: Vec<Declared<'s>>,
    /// The dynamic combos without a selected branch, whose inputs are therefore not declared.
    pub(super) unselected: Vec<Declared<'s>>,
    /// The errors of rows of dynamic groups.
    pub(super) errors: Vec<NodeError>,
    /// Whether dynamic inputs have expanded.
    pub(super) dynamic: bool,
}

/// Returns the declared inputs of a node for the given inputs. If `all` is set, optional inputs that are not given are
/// included.
pub(super) fn declared<'s>(node: &'s NodeDef, given: &Map, all: bool) -> Declarations<'s> {
    let declarations = Declarations {
        inputs: Vec::with_capacity(node.inputs.len()),
        unselected: Vec::new(),
        errors: Vec::new(),
        dynamic: false,
    };
    let mut expansion = Expansion { given, all, dynamic: node.producer == Producer::V3, declarations };
    expansion.inputs(&node.inputs, "");
    expansion.declarations
}

struct Expansion<'s, 'g> {
    given: &'g Map,
    all: bool,
    /// Whether the interface of the class has dynamic inputs. In the classic interface, their types are ordinary words.
    dynamic: bool,
    declarations: Declarations<'s>,
}

impl<'s> Expansion<'s, '_> {
    fn inputs(&mut self, inputs: &'s [InputDef], prefix: &str) {
        for input in inputs {
            self.input(input, child(prefix, &input.name));
        }
    }

    /// Expands one input. The recursion ends because the parser of the schema bounds the nesting.
    fn input(&mut self, input: &'s InputDef, name: Text) {
        if !self.dynamic {
            return self.add(input, name, input.section == Section::Required);
        }
        match &input.kind {
            InputKind::Autogrow(list) => self.autogrow(&list.names, list.min, &list.element, &name),
            InputKind::DynamicCombo(branches) => {
                let key = self.given.get(&name).and_then(Value::as_str);
                match key.and_then(|key| branches.iter().find(|branch| branch.key == key)) {
                    Some(branch) => {
                        self.declarations.dynamic = true;
                        self.inputs(&branch.inputs, &name);
                        self.add(input, name, input.section == Section::Required);
                    }
                    None => {
                        let required = input.section == Section::Required;
                        self.declarations.unselected.push(Declared { name, required, input });
                    }
                }
            }
            InputKind::DynamicSlot(slot) => {
                if self.given.contains_key(&name) {
                    self.declarations.dynamic = true;
                    self.inputs(&slot.inputs, &name);
                    self.add(input, name, input.section == Section::Required);
                }
            }
            InputKind::DynamicGroup(group) => self.group(group, &name),
            _ => self.add(input, name, input.section == Section::Required),
        }
    }

    fn autogrow(&mut self, names: &'s [Text], min: usize, element: &'s InputDef, name: &Text) {
        self.declarations.dynamic = true;
        if self.all {
            for (at, last) in names.iter().enumerate() {
                self.element(element, child(name, last), at < min);
            }
            return;
        }
        for last in names.iter().take(min) {
            self.element(element, child(name, last), true);
        }
        let given = self.given;
        for key in given.keys() {
            let last = key.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('.'));
            if let Some(last) = last
                && names.iter().skip(min).any(|name| name == last)
            {
                self.element(element, key.clone(), false);
            }
        }
    }

    /// Adds a child of a growing list, and the inputs that it brings if it is dynamic.
    fn element(&mut self, element: &'s InputDef, name: Text, required: bool) {
        self.add(element, name.clone(), required);
        let dynamic = matches!(
            element.kind,
            InputKind::Autogrow(_)
                | InputKind::DynamicCombo(_)
                | InputKind::DynamicSlot(_)
                | InputKind::DynamicGroup(_)
        );
        if dynamic && self.given.contains_key(&name) {
            self.input(element, name);
        }
    }

    fn group(&mut self, group: &'s DynamicGroup, name: &Text) {
        self.declarations.dynamic = true;
        let mut rows = BTreeSet::new();
        let given = self.given;
        for key in given.keys() {
            let Some(rest) = key.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('.')) else { continue };
            let row = rest.split_once('.').and_then(|(row, field)| {
                let row = row_index(row).filter(|&row| row < group.max)?;
                group.inputs.iter().any(|input| input.name == field).then_some(row)
            });
            match row {
                Some(row) => _ = rows.insert(row),
                None => self.group_error(key, "unknown row or field of the group".to_owned()),
            }
        }
        if !(group.min..=group.max).contains(&rows.len()) {
            self.group_error(name, format!("expected {} to {} rows, found {}", group.min, group.max, rows.len()));
        }
        for row in rows {
            self.inputs(&group.inputs, &child(name, &row.to_string()));
        }
    }

    fn group_error(&mut self, name: &Text, reason: String) {
        let mut error = NodeError::of_input(NodeErrorKind::InvalidDynamicInput, name);
        error.reason = Some(reason);
        self.declarations.errors.push(error);
    }

    /// Adds an input, if it is to be listed. Once dynamic inputs have expanded, names are unique: a required
    /// declaration takes precedence over an optional one, and a later one over an earlier one of the same section.
    fn add(&mut self, input: &'s InputDef, name: Text, required: bool) {
        if !(self.all || required || self.given.contains_key(&name)) {
            return;
        }
        let declared = Declared { name, required, input };
        let inputs = &mut self.declarations.inputs;
        let twice =
            if self.declarations.dynamic { inputs.iter_mut().find(|other| other.name == declared.name) } else { None };
        match twice {
            Some(other) if other.required && !required => {}
            Some(other) => *other = declared,
            None => inputs.push(declared),
        }
    }
}

fn child(prefix: &str, name: &str) -> Text {
    if prefix.is_empty() { Text::new(name) } else { Text::new(format!("{prefix}.{name}")) }
}

/// Parses the index of a row: ASCII digits without leading zeros.
fn row_index(text: &str) -> Option<usize> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    plain.then(|| text.parse().ok()).flatten()
}

/// A type as the server compares it.
pub(super) enum Type<'s> {
    /// A type word, or a comma-separated list of type words.
    Word(Cow<'s, str>),
    /// A list of options.
    List(&'s [Value]),
    /// Any other JSON value.
    Other,
}

/// Returns the type that an input declares.
pub(super) fn input_type(input: &InputDef) -> Type<'_> {
    use crate::ComboSpelling as Spelling;
    Type::Word(Cow::Borrowed(match &input.kind {
        InputKind::Int => "INT",
        InputKind::Float => "FLOAT",
        InputKind::String => "STRING",
        InputKind::Boolean => "BOOLEAN",
        InputKind::Combo(combo) if combo.spelling == Spelling::Array => return Type::List(&combo.values),
        InputKind::Combo(_) => "COMBO",
        InputKind::Link(word) | InputKind::Widget(word) => word,
        InputKind::Any => "*",
        InputKind::Match(_) => "COMFY_MATCHTYPE_V3",
        InputKind::Raw(spec) => {
            return match spec.as_array().and_then(<[Value]>::first) {
                Some(Value::String(word)) => Type::Word(Cow::Borrowed(word)),
                Some(Value::Array(values)) => Type::List(values),
                _ => Type::Other,
            };
        }
        other => return Type::Word(Cow::Owned(other.type_word().to_string())),
    }))
}

/// Returns `[type, options]`, the form in which the errors of the server show an input.
pub(super) fn config(input: &InputDef) -> Value {
    match input.to_value() {
        Value::Array(mut parts) => {
            if parts.len() < 2 {
                parts.push(Value::Object(Map::new()));
            }
            parts.truncate(2);
            Value::Array(parts)
        }
        other => Value::Array(vec![other, Value::Object(Map::new())]),
    }
}
