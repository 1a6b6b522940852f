//! The problems of a single node, without regard to problems upstream of it.

use std::borrow::Cow;
use std::collections::HashSet;

use super::declared::{self, Declared};
use super::error::NodeErrorKind;
use super::files::Disk;
use super::link;
use super::literal;
use super::replace::{self, Replacements};
use super::rules::{self, Answer, Call, Rule};
use crate::{InputDef, Map, NodeDef, Schema, Text, Value};

/// A problem of one input of a node.
pub(crate) struct Problem<'s> {
    /// The name of the input, with the prefix of its dynamic parents.
    pub(crate) input: Text,
    pub(crate) flaw: Flaw,
    /// The definition of the input, if the class declares it.
    pub(crate) declared: Option<&'s InputDef>,
}

/// The kind of a [`Problem`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Flaw {
    /// The input is required and not given.
    Missing,
    /// The source of the link has no such output.
    NoOutput,
    /// The linked output carries another type.
    Mismatch,
    /// The literal cannot be converted to the type, or cannot be compared with the bounds.
    Type,
    /// The number is less than the minimum.
    TooSmall,
    /// The number is greater than the maximum.
    TooBig,
    /// The value is not one of the options, or of the branches of a dynamic combo.
    NotListed,
    /// The class's own check fails with this message.
    Refused(String),
    /// The class does not declare the input. The server ignores a literal; a link makes the node fail.
    Undeclared,
}

/// Returns the prompt with the classes that the server does not have replaced. If the replacement raises an exception,
/// the prompt is returned unchanged. It is copied only if a class is replaced.
pub(crate) fn replaced<'p>(prompt: &'p Map, schema: &Schema, replacements: &Replacements) -> Cow<'p, Map> {
    if !replace::is_needed(prompt, schema, replacements) {
        return Cow::Borrowed(prompt);
    }
    let mut changed = prompt.clone();
    match replace::apply(&mut changed, schema, replacements) {
        Ok(()) => Cow::Owned(changed),
        Err(_) => Cow::Borrowed(prompt),
    }
}

/// Returns the definition of an input of a class that is given these inputs.
pub(crate) fn declaration<'s>(class: &'s NodeDef, inputs: &Map, name: &str) -> Option<&'s InputDef> {
    let declarations = declared::declared(class, inputs, true);
    let mut all = declarations.inputs.into_iter().chain(declarations.unselected);
    all.find(|declared| declared.name == name).map(|declared| declared.input)
}

/// Returns the problems of a node that is given these inputs. `source` returns the class of a node by its id.
pub(crate) fn problems<'s>(
    class: &'s NodeDef,
    inputs: &Map,
    source: &dyn Fn(&str) -> Option<&'s NodeDef>,
) -> Vec<Problem<'s>> {
    let declarations = declared::declared(class, inputs, false);
    let names: HashSet<&Text> =
        declarations.inputs.iter().chain(&declarations.unselected).map(|declared| &declared.name).collect();
    let errors: HashSet<&Text> = declarations.errors.iter().filter_map(|error| error.input_name.as_ref()).collect();
    let rule = Rule::of(class);
    let used = |name: &Text| names.contains(name) || rule.is_some_and(|rule| rule.takes(name));
    let mut look = Look {
        inputs: inputs
            .iter()
            .filter(|(name, _)| used(name))
            .map(|(name, value)| (name.clone(), copied(value)))
            .collect(),
        rule,
        source,
        types: Vec::new(),
        problems: Vec::new(),
    };
    for declared in &declarations.inputs {
        look.input(declared);
    }
    for selector in &declarations.unselected {
        if inputs.contains_key(&selector.name) {
            look.add(&selector.name, Flaw::NotListed, Some(selector.input));
        } else if selector.required {
            look.add(&selector.name, Flaw::Missing, Some(selector.input));
        }
    }
    for error in &declarations.errors {
        let name = error.input_name.clone().unwrap_or_default();
        look.add(&name, Flaw::Refused(error.reason.clone().unwrap_or_default()), None);
    }
    for name in inputs.keys() {
        if !names.contains(name) && !errors.contains(name) {
            look.add(name, Flaw::Undeclared, None);
        }
    }
    look.own_check(class, &declarations.inputs);
    look.problems
}

/// Copies the value of an input. An array that is no link is invalid whatever it holds, and may be large.
fn copied(value: &Value) -> Value {
    match value {
        Value::Array(items) if items.len() != 2 => Value::Array(Vec::new()),
        other => other.clone(),
    }
}

struct Look<'s, 'l> {
    /// The inputs that the class declares or its check takes. Literals are converted in place as they are checked.
    inputs: Map,
    rule: Option<Rule>,
    source: &'l dyn Fn(&str) -> Option<&'s NodeDef>,
    /// The types of the links, for a check that takes them.
    types: Vec<(Text, Value)>,
    problems: Vec<Problem<'s>>,
}

impl<'s> Look<'s, '_> {
    fn add(&mut self, name: &Text, flaw: Flaw, declared: Option<&'s InputDef>) {
        self.problems.push(Problem { input: name.clone(), flaw, declared });
    }

    fn input(&mut self, declared: &Declared<'s>) {
        let rule = self.rule;
        let Some(value) = self.inputs.get_mut(&declared.name) else {
            if declared.required {
                self.add(&declared.name, Flaw::Missing, Some(declared.input));
            }
            return;
        };
        if matches!(value, Value::Array(_)) {
            let link = value.clone();
            return self.link(declared, &link);
        }
        let flaw = match literal::convert(declared.input, value) {
            Err(_) => Some(Flaw::Type),
            Ok(()) if rule.is_some_and(|rule| rule.takes(&declared.name)) => None,
            Ok(()) => match literal::compare(declared.input, value) {
                Err(_) => Some(Flaw::Type),
                Ok(wrong) => wrong.map(|wrong| match wrong.kind {
                    NodeErrorKind::ValueSmallerThanMin => Flaw::TooSmall,
                    NodeErrorKind::ValueBiggerThanMax => Flaw::TooBig,
                    _ => Flaw::NotListed,
                }),
            },
        };
        if let Some(flaw) = flaw {
            self.add(&declared.name, flaw, Some(declared.input));
        }
    }

    fn link(&mut self, declared: &Declared<'s>, link: &Value) {
        let Some([id, slot]) = link.as_array() else {
            // An array of another length is invalid for every input.
            return self.add(&declared.name, Flaw::Type, Some(declared.input));
        };
        // A source that is missing or has an unknown class is not a problem of this input's type.
        let Some(class) = id.as_str().and_then(|id| (self.source)(id)) else { return };
        let Ok(output) = link::output(class, slot) else {
            return self.add(&declared.name, Flaw::NoOutput, Some(declared.input));
        };
        if self.rule.is_some_and(Rule::takes_types) {
            self.types.push((declared.name.clone(), output.kind.to_value()));
        } else if !link::fits(&link::output_type(output), &declared::input_type(declared.input)) {
            self.add(&declared.name, Flaw::Mismatch, Some(declared.input));
        }
    }

    fn own_check(&mut self, class: &'s NodeDef, declared: &[Declared<'s>]) {
        let Some(rule) = self.rule else { return };
        // With a missing or unconvertible input, the check would only report the same problem again.
        if self.problems.iter().any(|problem| matches!(problem.flaw, Flaw::Missing | Flaw::Type)) {
            return;
        }
        let arguments = rules::arguments(rule, &self.inputs, declared);
        let input = arguments.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let outcome = Call { node: class, arguments, types: &self.types, disk: Disk::default() }.run(rule);
        let message = match outcome.answer {
            Answer::Ok => return,
            Answer::Failed(message) => message,
            Answer::Raised(exception) => exception.message,
        };
        let declared = declared.iter().find(|declared| declared.name == input).map(|declared| declared.input);
        self.add(&input, Flaw::Refused(message), declared);
    }
}
