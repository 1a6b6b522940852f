//! Values that a caller will want to change become parameters.

use std::collections::HashMap;

use comfy_codegen::names::Suffix;
use comfy_codegen::plan::{Field, Kind, Primitive};
use comfy_schema::{Value, suggest};

use crate::error::ImportError;
use crate::fit::{Fit, Values};
use crate::flow::Uses;
use crate::item::{Form, Item};
use crate::names;
use crate::prompt::{Given, Link};

/// Which values become parameters of the function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameters {
    /// None.
    #[default]
    None,
    /// Texts, seeds, sizes, and the names of models and images.
    Auto,
    /// These: `seed` (an input, or a name that [`Auto`](Self::Auto) would give), `KSampler.seed`, `12.seed` (a node's
    /// id), or `auto`.
    List(Vec<String>),
}

/// A parameter of the function.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its Rust type: `&str`, `u64`, `i64`, `f64`, `bool`.
    pub ty: &'static str,
    /// The value that the file has.
    pub value: Value,
}

/// The parameters, and which inputs they are for.
#[derive(Debug, Default)]
pub(crate) struct Chosen {
    pub(crate) list: Vec<Parameter>,
    /// By node and dotted input.
    places: HashMap<(usize, String), usize>,
}

impl Chosen {
    /// The parameter for an input.
    pub(crate) fn of(&self, node: usize, input: &str) -> Option<&Parameter> {
        if self.places.is_empty() {
            return None;
        }
        self.places.get(&(node, input.to_owned())).and_then(|&at| self.list.get(at))
    }

    /// The parameters that some nodes use, in the order of all parameters.
    pub(crate) fn used_by(&self, is_one: impl Fn(usize) -> bool) -> Vec<&Parameter> {
        let mut used: Vec<usize> =
            self.places.iter().filter(|((node, _), _)| is_one(*node)).map(|(_, &at)| at).collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter().filter_map(|at| self.list.get(at)).collect()
    }
}

/// A value that could be a parameter.
struct Place {
    node: usize,
    input: String,
    name: String,
    ty: &'static str,
    value: Value,
    /// A caller will want to change it.
    is_likely: bool,
    /// How soon it comes among the parameters.
    rank: u8,
}

/// Chooses the parameters.
///
/// # Errors
///
/// A name of the list that fits no value.
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
    let mut places: Vec<Place> =
        places.into_iter().zip(is_wanted).filter_map(|(place, wanted)| wanted.then_some(place)).collect();
    places.sort_by_key(|place| place.rank);
    for place in places {
        chosen.add(place);
    }
    Ok(chosen)
}

fn unknown(name: &str, places: &[Place]) -> ImportError {
    let known = places.iter().flat_map(|place| [place.name.as_str(), last(&place.input)]);
    let mut suggestions: Vec<String> = suggest::similar(name, known).into_iter().map(str::to_owned).collect();
    suggestions.dedup();
    ImportError::Parameter { name: name.to_owned(), suggestions }
}

/// Whether `name` is what this place is called: by its parameter, its input, or with the class or id of its node.
fn is_meant(place: &Place, name: &str, items: &[Item<'_, '_, '_>]) -> bool {
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
    /// Equal values of one name are one parameter; others are numbered.
    fn add(&mut self, place: Place) {
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

/// Looks for values in a node.
struct Finder<'a, 'f, 'p, 's> {
    at: usize,
    item: &'a Item<'p, 'p, 's>,
    uses: &'a Uses<'f>,
    places: &'a mut Vec<Place>,
}

impl Finder<'_, '_, '_, '_> {
    fn find(&mut self) {
        match &self.item.form {
            Form::Typed(_, values) => self.values(values, ""),
            Form::Raw(_) => {
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
        let rank = rank.unwrap_or(OTHERS);
        self.places.push(Place { node: self.at, input, name, ty, value: value.clone(), is_likely, rank });
    }

    /// A text is called by what it is for, everything else by its input.
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

/// The Rust type for a value.
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

/// The place of values that no caller is known to want to change.
const OTHERS: u8 = 4;

/// What inputs of prompts and the like are called.
const PROMPTS: [&str; 7] = ["caption", "description", "lyrics", "message", "prompt", "tags", "text"];

/// How soon a value comes among the parameters, if a caller will want to change it: a prompt, a file that is uploaded, a
/// seed, a size, and at last the names of models.
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
