//! Inputs and what they take.

use crate::parse::join_types;
use crate::{InputOptions, Map, Text, Value};

/// Whether an input must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// Must be in the prompt. A growing list with `min` 0 need not, nor the children of a branch that is not selected.
    Required,
    /// May be absent.
    Optional,
}

/// One declared input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputDef {
    /// Its exact name, without the prefix of a dynamic parent.
    pub name: Text,
    /// Required or optional.
    pub section: Section,
    /// What it takes.
    pub kind: InputKind,
    /// Its options as sent (`default`, `min`, `tooltip`, …), unknown ones included.
    pub options: InputOptions,
}

/// What an input takes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InputKind {
    /// `INT`
    Int,
    /// `FLOAT`
    Float,
    /// `STRING`
    String,
    /// `BOOLEAN`
    Boolean,
    /// One of a list of values (both spellings).
    Combo(ComboDef),
    /// One type word that only links carry (`IMAGE`, `MODEL`, any unknown word).
    Link(Text),
    /// One type word for which the stock front end has a widget (`COLOR`, `BOUNDING_BOX`, `CURVE`, …): takes a link
    /// or a JSON literal.
    Widget(Text),
    /// `A,B`: any of several type words, trimmed, in declared order, at least two.
    Union(Vec<Text>),
    /// `*`: anything.
    Any,
    /// `COMFY_MATCHTYPE_V3`: the same type as every other input and output of this template.
    Match(MatchType),
    /// `COMFY_AUTOGROW_V3`: a growing list of equal inputs.
    Autogrow(Autogrow),
    /// `COMFY_DYNAMICCOMBO_V3`: a choice that brings inputs of its own.
    DynamicCombo(Vec<BranchDef>),
    /// `COMFY_DYNAMICSLOT_V3`: a socket that brings inputs of its own when linked.
    DynamicSlot(DynamicSlot),
    /// `COMFY_DYNAMICGROUP_V3`: repeatable rows of inputs.
    DynamicGroup(DynamicGroup),
    /// A specification that could not be understood, as it was. Reported in [`Schema::issues`](crate::Schema::issues).
    Raw(Value),
}

/// How a combo was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComboSpelling {
    /// `[["a", "b"], {…}]`
    Array,
    /// `["COMBO", {"options": ["a", "b"]}]`
    Word,
}

/// One of a list of values.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ComboDef {
    /// The allowed values, as sent. Empty if none were sent (remote lists, folders without files).
    pub values: Vec<Value>,
    /// How it was written.
    pub spelling: ComboSpelling,
    /// A (wrapped) list is checked element by element.
    pub multiselect: bool,
}

/// A type that several sockets of a node share.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MatchType {
    /// Sockets with this id share one type.
    pub template_id: Text,
    /// The types allowed; empty means any (`*`).
    pub allowed: Vec<Text>,
}

/// A growing list of equal inputs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Autogrow {
    /// The names of all possible children, by index (at most 100).
    pub names: Vec<Text>,
    /// How many the first children must be given. 0 if the template's input is optional.
    pub min: usize,
    /// The input that each child is; its `name` is the template's own.
    pub element: Box<InputDef>,
}

/// One option of a dynamic combo.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BranchDef {
    /// The value that selects it.
    pub key: Text,
    /// The inputs it brings, named without the parent's prefix.
    pub inputs: Vec<InputDef>,
}

/// A socket that brings inputs when it is linked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DynamicSlot {
    /// What the socket itself takes.
    pub slot: Box<InputDef>,
    /// The inputs it brings.
    pub inputs: Vec<InputDef>,
}

/// Repeatable rows of inputs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DynamicGroup {
    /// The inputs of one row.
    pub inputs: Vec<InputDef>,
    /// Fewest rows.
    pub min: usize,
    /// Most rows.
    pub max: usize,
}

/// An input that the server fills in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hidden {
    /// Its name.
    pub name: Text,
    /// What was declared for it, as it was.
    pub spec: Value,
}

impl InputDef {
    /// An input without options.
    pub fn new(name: impl Into<Text>, section: Section, kind: InputKind) -> Self {
        Self { name: name.into(), section, kind, options: InputOptions::new(Map::new()) }
    }
}

impl ComboDef {
    /// A combo of these values, of which one is chosen.
    pub const fn new(values: Vec<Value>, spelling: ComboSpelling) -> Self {
        Self { values, spelling, multiselect: false }
    }
}

impl MatchType {
    /// A type that the sockets of this template share, one of these or any.
    pub fn new(template_id: impl Into<Text>, allowed: Vec<Text>) -> Self {
        Self { template_id: template_id.into(), allowed }
    }
}

impl Autogrow {
    /// A list of inputs like `element`, under these names, of which the first `min` must be given.
    pub fn new(names: Vec<Text>, min: usize, element: InputDef) -> Self {
        Self { names, min, element: Box::new(element) }
    }
}

impl BranchDef {
    /// A branch that brings these inputs.
    pub fn new(key: impl Into<Text>, inputs: Vec<InputDef>) -> Self {
        Self { key: key.into(), inputs }
    }
}

impl DynamicSlot {
    /// A socket that brings these inputs.
    pub fn new(slot: InputDef, inputs: Vec<InputDef>) -> Self {
        Self { slot: Box::new(slot), inputs }
    }
}

impl DynamicGroup {
    /// `min` to `max` rows of these inputs.
    pub const fn new(inputs: Vec<InputDef>, min: usize, max: usize) -> Self {
        Self { inputs, min, max }
    }
}

impl Hidden {
    /// A hidden input of this name.
    pub fn new(name: impl Into<Text>, spec: impl Into<Value>) -> Self {
        Self { name: name.into(), spec: spec.into() }
    }
}

impl InputKind {
    /// The type word of a specification: `INT`, `COMBO`, `IMAGE,MASK`, `*`, `COMFY_AUTOGROW_V3`.
    pub fn type_word(&self) -> Text {
        match self {
            Self::Int => "INT".into(),
            Self::Float => "FLOAT".into(),
            Self::String => "STRING".into(),
            Self::Boolean => "BOOLEAN".into(),
            Self::Combo(_) => "COMBO".into(),
            Self::Link(word) | Self::Widget(word) => word.clone(),
            Self::Union(types) => join_types(types).into(),
            Self::Any => "*".into(),
            Self::Match(_) => "COMFY_MATCHTYPE_V3".into(),
            Self::Autogrow(_) => "COMFY_AUTOGROW_V3".into(),
            Self::DynamicCombo(_) => "COMFY_DYNAMICCOMBO_V3".into(),
            Self::DynamicSlot(_) => "COMFY_DYNAMICSLOT_V3".into(),
            Self::DynamicGroup(_) => "COMFY_DYNAMICGROUP_V3".into(),
            Self::Raw(_) => "RAW".into(),
        }
    }
}
