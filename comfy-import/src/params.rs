//! Chooses the values that become parameters of the function.

use std::collections::HashMap;

use comfy_codegen::names::Suffix;
use comfy_codegen::plan::{Field, Kind, Primitive};
use comfy_schema::{Value, suggest};

use crate::error::ImportError;
use crate::fit::{Fit, Values};
use crate::flow::Uses;
use crate::item::{Item, NodeForm};
use crate::names;
use crate::prompt::{Given, Link};

/// The values that become parameters of the function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameters {
    /// No value becomes a parameter.
    #[default]
    None,
    /// The values that callers are likely to change: texts, seeds, sizes, and the names of models and images.
    Auto,
    /// The values with these names: `seed` (an input, or the name of a parameter), `KSampler.seed` (a class), `12.seed`
    /// (the id of a node), or `auto` for the values of [`Auto`](Self::Auto).
    List(Vec<String>),
}

/// A parameter of the function.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// The Rust type: `&str`, `u64`, `i64`, `f64` or `bool`.
    pub ty: &'static str,
    /// The value in the file.
    pub value: Value,
}

/// The parameters, and the inputs that they set.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) list: Vec<Parameter>,
    /// The parameter of an input, by node and dotted name.
    places: HashMap<(usize, String), usize>,
}

impl Chosen {
    /// Returns the parameter for an input.
    pub(crate) fn of(&self, node: usize, input: &str) -> Option<&Parameter> {
        if self.places.is_empty() {
            return None;
        }
        self.places.get(&(node, input.to_owned())).and_then(|&at| self.list.get(at))
    }

    /// Returns the parameters that these nodes use, in the order of all parameters.
    pub(crate) fn used_by(&self, is_one: impl Fn(usize) -> bool) -> Vec<&Parameter> {
        let mut used: Vec<usize> =
            self.places.iter().filter(|((node, _), _)| is_one(*node)).map(|(_, &at)| at).collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter().filter_map(|at| self.list.get(at)).collect()
    }
}

/// A value that could be a parameter.
struct Candidate {
    node: usize,
    input: String,
    name: String,
    ty: &'static str,
    value: Value,
    /// Whether a caller is likely to change it.
    is_likely: bool,
    /// The rank of the parameter: smaller ones come first.
    rank: u8,
}

/// Chooses the parameters.
///
/// # Errors
///
/// Returns [`ImportError::Parameter`] for a name of the list that matches no value.
pub(crate) fn choose(
    wanted: &Parameters,
    items: &[Item<'_, '_, '_>],
    order: &[usize],
    uses: &Uses<'_>,
) -> Result<Chosen, ImportError> {
    let list: &[String] = match wanted {
        Parameters::None => return Ok(Chosen::default()),
        Parameters::Auto => &["auto".to_owned()],
        Parameters::List(list) => list,
    };
    let mut places = Vec::new();
    for &at in order {
        if let Some(item) = items.get(at) {
            Finder { at, item, uses, places: &mut places }.find();
        }
    }
    let mut is_wanted = vec![false; places.len()];
    for name in list {
        let mut found = name == "auto";
        for (place, is_wanted) in places.iter().zip(&mut is_wanted) {
            let fits = if name == "auto" { place.is_likely } else { is_meant(place, name, items) };
            *is_wanted |= fits;
            found |= fits;
        }
        if !found {
            return Err(unknown(name, &places));
        }
    }
    let mut chosen = Chosen::default();
    let mut places: Vec<Candidate> =
        places.into_iter().zip(is_wanted).filter_map(|(place, wanted)| wanted.then_some(place)).collect();
    places.sort_by_key(|place| place.rank);
    for place in places {
        chosen.add(place);
    }
    Ok(chosen)
}

fn unknown(name: &str, candidates: &[Candidate]) -> ImportError {
    let known = candidates.iter().flat_map(|candidate| [candidate.name.as_str(), last(&candidate.input)]);
    let mut suggestions: Vec<String> = suggest::similar(name, known).into_iter().map(str::to_owned).collect();
    suggestions.dedup();
    ImportError::Parameter { name: name.to_owned(), suggestions }
}

/// Returns whether a name refers to this value: it is the name of the parameter or of the input, or that of the input
/// after the class or id of the node.
fn is_meant(place: &Candidate, name: &str, items: &[Item<'_, '_, '_>]) -> bool {
    if place.name == name || place.input == name || last(&place.input) == name {
        return true;
    }
    let Some(node) = items.get(place.node).map(|item| item.node) else { return false };
    let of = |owner: &str| {
        let input = name.strip_prefix(owner).and_then(|rest| rest.strip_prefix('.'));
        input.is_some_and(|input| input == place.input || input == last(&place.input))
    };
    of(&node.id) || node.class.as_deref().is_some_and(of)
}

fn last(input: &str) -> &str {
    input.rsplit('.').next().unwrap_or(input)
}

impl Chosen {
    /// Adds a value. Equal values with the same name share a parameter; otherwise equal names are numbered.
    fn add(&mut self, place: Candidate) {
        let mut name = place.name.clone();
        let mut number = 1;
        let at = loop {
            match self.list.iter().position(|known| known.name == name) {
                None => {
                    self.list.push(Parameter { name, ty: place.ty, value: place.value });
                    break self.list.len() - 1;
                }
                Some(at)
                    if self.list.get(at).is_some_and(|known| known.ty == place.ty && known.value == place.value) =>
                {
                    break at;
                }
                Some(_) => {
                    number += 1;
                    name = Suffix::Snake.append(&place.name, number);
                }
            }
        };
        self.places.insert((place.node, place.input), at);
    }
}

/// Searches a node for values that could be parameters.
struct Finder<'a, 'f, 'p, 's> {
    at: usize,
    item: &'a Item<'p, 'p, 's>,
    uses: &'a Uses<'f>,
    places: &'a mut Vec<Candidate>,
}

impl Finder<'_, '_, '_, '_> {
    fn find(&mut self) {
        match &self.item.form {
            NodeForm::Typed(_, values) => self.values(values, ""),
            NodeForm::Raw(_) => {
                for (input, given) in &self.item.node.inputs {
                    if let Given::Value(value) = given {
                        let ty = type_of(value, false);
                        self.push(input.clone().into(), ty, value, None);
                    }
                }
            }
        }
    }

    fn values(&mut self, values: &Values<'_, '_>, prefix: &str) {
        for filled in &values.fields {
            let input = format!("{prefix}{}", filled.field.source.name);
            match &filled.value {
                Fit::Literal(value) => {
                    let field = filled.field;
                    let ty = match field.kind {
                        Kind::Primitive(Primitive::Float) => Some("f64"),
                        Kind::Primitive(_) => {
                            type_of(value, field.min.as_ref().is_some_and(|min| !min.text().starts_with('-')))
                        }
                        Kind::Combo(_) if value.as_str().is_some() => Some("&str"),
                        _ => None,
                    };
                    self.push(input, ty, value, rank(field, value));
                }
                Fit::Branch(_, _, values) => self.values(values, &format!("{input}.")),
                _ => {}
            }
        }
    }

    fn push(&mut self, input: String, ty: Option<&'static str>, value: &Value, rank: Option<u8>) {
        let Some(ty) = ty else { return };
        let name = self.name(&input, ty);
        let is_likely = rank.is_some();
        let rank = rank.unwrap_or(UNLIKELY);
        self.places.push(Candidate { node: self.at, input, name, ty, value: value.clone(), is_likely, rank });
    }

    /// Returns the name of the parameter: that of the input, or, if it is as general as `text`, one by title or use.
    fn name(&self, input: &str, ty: &str) -> String {
        let input = last(input);
        let by_input = names::identifier(input, "value");
        if !matches!(by_input.as_str(), "text" | "value" | "string" | "prompt") {
            return by_input;
        }
        let slot = self.uses.slots(self.at).first().copied().unwrap_or_default();
        let role = names::use_name(Link { node: self.at, slot }, self.item, self.uses);
        let name = names::own_title(self.item).or(role).map(|name| match name.as_str() {
            "positive" | "positive_prompt" => "prompt".to_owned(),
            "negative" => "negative_prompt".to_owned(),
            "conditioning" => by_input.clone(),
            _ => name,
        });
        let name = names::identifier(&name.unwrap_or_else(|| by_input.clone()), "value");
        if ty == "&str" && by_input == "prompt" && !name.contains("prompt") { by_input } else { name }
    }
}

/// Returns the Rust type for a value.
fn type_of(value: &Value, is_unsigned: bool) -> Option<&'static str> {
    match value {
        Value::String(_) => Some("&str"),
        Value::Bool(_) => Some("bool"),
        Value::Float(_) => Some("f64"),
        Value::Int(number) if is_unsigned && u64::try_from(*number).is_ok() => Some("u64"),
        Value::Int(number) if i64::try_from(*number).is_ok() => Some("i64"),
        Value::Int(number) if u64::try_from(*number).is_ok() => Some("u64"),
        _ => None,
    }
}

/// The rank of values that a caller is not likely to change.
const UNLIKELY: u8 = 4;

/// The words in the names of inputs that take prompts and similar texts.
const PROMPTS: [&str; 7] = ["caption", "description", "lyrics", "message", "prompt", "tags", "text"];

/// Returns the rank of a value that a caller is likely to change: a prompt comes first, then an uploaded file, a seed,
/// a size, and last the name of a model.
fn rank(field: &Field<'_>, value: &Value) -> Option<u8> {
    let name = field.source.name.to_ascii_lowercase();
    let options = &field.source.options;
    match field.kind {
        Kind::Primitive(Primitive::String) => {
            let is_text = options.dynamic_prompts() || PROMPTS.iter().any(|word| name.contains(word));
            is_text.then_some(0)
        }
        Kind::Combo(combo) if !combo.closed && value.as_str().is_some() => {
            Some(if options.is_upload() { 1 } else { 5 })
        }
        Kind::Primitive(Primitive::Int) if name.ends_with("seed") => Some(2),
        Kind::Primitive(Primitive::Int) if matches!(name.as_str(), "width" | "height" | "length" | "duration") => {
            Some(3)
        }
        _ => None,
    }
}
