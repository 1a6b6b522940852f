//! One node on its own: what the server would find wrong with it, whatever is wrong upstream.

use super::declared::{self, Declared};
use super::error::NodeErrorKind;
use super::link;
use super::literal;
use super::replace::{self, Replacements};
use super::rules::{self, Answer, Call, Rule};
use crate::{InputDef, Map, NodeDef, Schema, Text, Value};

/// What is wrong with one input of a node.
pub(crate) struct Problem<'s> {
    /// Its name, with the prefix of its dynamic parents.
    pub(crate) input: Text,
    pub(crate) flaw: Flaw,
    /// What the class declares for it.
    pub(crate) declared: Option<&'s InputDef>,
}

/// In which way it is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Flaw {
    /// Required, and not given.
    Missing,
    /// The link's source has no such output.
    NoOutput,
    /// The link's source carries another type.
    Mismatch,
    /// The literal does not convert to the type, or does not compare with the bounds.
    Type,
    TooSmall,
    TooBig,
    /// No option; of a dynamic combo, no branch.
    NotListed,
    /// The class's own check says no.
    Refused(String),
    /// The class does not declare it. The server ignores a literal; a link makes the node fail.
    Undeclared,
}

/// Replaces the classes that the server does not have, as it does before it looks at a prompt. Where that raises, the
/// prompt stays as it is.
pub(crate) fn replaced(prompt: &Map, schema: &Schema, replacements: &Replacements) -> Map {
    let mut changed = prompt.clone();
    match replace::apply(&mut changed, schema, replacements) {
        Ok(()) => changed,
        Err(_) => prompt.clone(),
    }
}

/// What a class declares for the input of this name, if it is given these inputs.
pub(crate) fn declaration<'s>(class: &'s NodeDef, inputs: &Map, name: &str) -> Option<&'s InputDef> {
    let declarations = declared::declared(class, inputs, true);
    let mut all = declarations.inputs.into_iter().chain(declarations.unselected);
    all.find(|declared| declared.name == name).map(|declared| declared.input)
}

/// What is wrong with a node that is given these inputs. `source` gives the class of a node by its id.
pub(crate) fn problems<'s>(
    class: &'s NodeDef,
    inputs: &Map,
    source: &dyn Fn(&str) -> Option<&'s NodeDef>,
) -> Vec<Problem<'s>> {
    let declarations = declared::declared(class, inputs, false);
    let mut look =
        Look { inputs: inputs.clone(), rule: Rule::of(class), source, types: Vec::new(), problems: Vec::new() };
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
        let known = declarations.inputs.iter().chain(&declarations.unselected).any(|declared| declared.name == *name);
        let told = declarations.errors.iter().any(|error| error.input_name.as_ref() == Some(name));
        if !known && !told {
            look.add(name, Flaw::Undeclared, None);
        }
    }
    look.own_check(class, &declarations.inputs);
    look.problems
}

struct Look<'s, 'l> {
    /// The inputs, converted as far as was looked at.
    inputs: Map,
    rule: Option<Rule>,
    source: &'l dyn Fn(&str) -> Option<&'s NodeDef>,
    /// The types of the links, for the check that takes them.
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
            // An array of another length is wrong whatever the class says.
            return self.add(&declared.name, Flaw::Type, Some(declared.input));
        };
        // A source without a class is told of once, for itself.
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
        // What is missing or no value at all is told already, and the check is not asked.
        if self.problems.iter().any(|problem| matches!(problem.flaw, Flaw::Missing | Flaw::Type)) {
            return;
        }
        let arguments = rules::arguments(rule, &self.inputs, declared);
        let input = arguments.first().map(|(name, _)| name.clone()).unwrap_or_default();
        let outcome = Call { node: class, arguments, types: &self.types, files: None }.run(rule);
        let why = match outcome.answer {
            Answer::Ok => return,
            Answer::Failed(why) => why,
            Answer::Raised(exception) => exception.message,
        };
        let declared = declared.iter().find(|declared| declared.name == input).map(|declared| declared.input);
        self.add(&input, Flaw::Refused(why), declared);
    }
}
