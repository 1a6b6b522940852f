//! Inputs of nodes and their kinds.

use super::{InputOptions, join_types};
use crate::{Map, Text, Value};

/// The section of a definition that declares an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    /// The input must be in the prompt, except for a growing list with `min` 0 and the inputs of a branch that is not
    /// selected.
    Required,
    /// The input may be absent.
    Optional,
}

/// The definition of an input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputDef {
    /// The name, without the prefix of a dynamic parent.
    pub name: Text,
    /// The section: required or optional.
    pub section: Section,
    /// The kind of values.
    pub kind: InputKind,
    /// The options as sent (`default`, `min`, `tooltip`, …), including unknown ones.
    pub options: InputOptions,
}

/// The kind of values that an input takes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InputKind {
    /// An integer (`INT`).
    Int,
    /// A number (`FLOAT`).
    Float,
    /// A text (`STRING`).
    String,
    /// A switch (`BOOLEAN`).
    Boolean,
    /// One of a list of values, in either spelling.
    Combo(ComboDef),
    /// A type that only links carry (`IMAGE`, `MODEL`, any unknown word).
    Link(Text),
    /// A type for which the front end has a widget (`COLOR`, `BOUNDING_BOX`, `CURVE`, …). The value is a
    /// link or a JSON literal.
    Widget(Text),
    /// Any of at least two types, written `A,B`. The type words are trimmed and in declared order.
    Union(Vec<Text>),
    /// Any type, written `*`.
    Any,
    /// The same type as every other input and output of a template (`COMFY_MATCHTYPE_V3`).
    Match(MatchType),
    /// A growing list of equal inputs (`COMFY_AUTOGROW_V3`).
    Autogrow(Autogrow),
    /// A combo whose options, the branches, bring inputs of their own (`COMFY_DYNAMICCOMBO_V3`).
    DynamicCombo(Vec<BranchDef>),
    /// A socket that brings inputs of its own when it is linked (`COMFY_DYNAMICSLOT_V3`).
    DynamicSlot(DynamicSlot),
    /// Repeatable rows of inputs (`COMFY_DYNAMICGROUP_V3`).
    DynamicGroup(DynamicGroup),
    /// A specification that could not be understood, as it was sent. [`Schema::issues`](crate::Schema::issues) reports
    /// it.
    Raw(Value),
}

/// The spelling of a combo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComboSpelling {
    /// The values stand in place of the type: `[["a", "b"], {…}]`.
    Array,
    /// The values stand among the options: `["COMBO", {"options": ["a", "b"]}]`.
    Word,
}

/// The definition of a combo: one of a list of values.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ComboDef {
    /// The allowed values, as sent. The list is empty for remote values and for folders without files.
    pub values: Vec<Value>,
    /// The spelling.
    pub spelling: ComboSpelling,
    /// Whether the value may also be an array, whose elements must all be allowed.
    pub multiselect: bool,
}

/// A type that several sockets of a node share.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MatchType {
    /// The id of the template. Sockets with the same id share one type.
    pub template_id: Text,
    /// The allowed types. The list is empty if any type is allowed (`*`).
    pub allowed: Vec<Text>,
}

/// A growing list of equal inputs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Autogrow {
    /// The names of all possible children, at most 100, by index.
    pub names: Vec<Text>,
    /// The number of children, counted from the first, that are required. It is 0 if the template's input is optional.
    pub min: usize,
    /// The definition of each child. Its `name` is the name in the template.
    pub element: Box<InputDef>,
}

/// The definition of a branch: one option of a dynamic combo.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BranchDef {
    /// The value that selects the branch.
    pub key: Text,
    /// The inputs of the branch, without the parent's prefix in their names.
    pub inputs: Vec<InputDef>,
}

/// A socket that brings inputs of its own when it is linked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DynamicSlot {
    /// The socket itself.
    pub slot: Box<InputDef>,
    /// The inputs that it brings.
    pub inputs: Vec<InputDef>,
}

/// Repeatable rows of inputs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DynamicGroup {
    /// The inputs of one row.
    pub inputs: Vec<InputDef>,
    /// The minimum number of rows.
    pub min: usize,
    /// The maximum number of rows.
    pub max: usize,
}

/// A hidden input, which the server fills in.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hidden {
    /// The name.
    pub name: Text,
    /// The specification, as it was sent.
    pub spec: Value,
}

impl InputDef {
    /// Creates an input without options.
    pub fn new(name: impl Into<Text>, section: Section, kind: InputKind) -> Self {
        Self { name: name.into(), section, kind, options: InputOptions::new(Map::new()) }
    }
}

impl ComboDef {
    /// Creates a combo from which one value is chosen.
    pub const fn new(values: Vec<Value>, spelling: ComboSpelling) -> Self {
        Self { values, spelling, multiselect: false }
    }
}

impl MatchType {
    /// Creates a type that the sockets of a template share. With an empty list, any type is allowed.
    pub fn new(template_id: impl Into<Text>, allowed: Vec<Text>) -> Self {
        Self { template_id: template_id.into(), allowed }
    }
}

impl Autogrow {
    /// Creates a list of inputs like `element` with these names. The first `min` are required.
    pub fn new(names: Vec<Text>, min: usize, element: InputDef) -> Self {
        Self { names, min, element: Box::new(element) }
    }
}

impl BranchDef {
    /// Creates a branch with these inputs.
    pub fn new(key: impl Into<Text>, inputs: Vec<InputDef>) -> Self {
        Self { key: key.into(), inputs }
    }
}

impl DynamicSlot {
    /// Creates a socket that brings these inputs.
    pub fn new(slot: InputDef, inputs: Vec<InputDef>) -> Self {
        Self { slot: Box::new(slot), inputs }
    }
}

impl DynamicGroup {
    /// Creates a group of `min` to `max` rows of these inputs.
    pub const fn new(inputs: Vec<InputDef>, min: usize, max: usize) -> Self {
        Self { inputs, min, max }
    }
}

impl Hidden {
    /// Creates a hidden input.
    pub fn new(name: impl Into<Text>, spec: impl Into<Value>) -> Self {
        Self { name: name.into(), spec: spec.into() }
    }
}

impl InputKind {
    /// Returns the type word of the specification: `INT`, `COMBO`, `IMAGE,MASK`, `*`, `COMFY_AUTOGROW_V3`.
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
