//! The parts of a plan.

use comfy_schema as schema;
use comfy_schema::ComboSpelling;

use super::shared::{ListId, UnionId, WordId};
use crate::names::Ident;

/// The plan of a node class.
#[derive(Debug)]
pub struct Node<'s> {
    pub source: &'s schema::NodeDef,
    /// The name of the struct: `KSampler`.
    pub ident: String,
    /// The name of the struct of its outputs: `KSamplerOutputs`. It is used only if the node has several outputs.
    pub outputs_ident: String,
    /// The name of the builder: `KSamplerBuilder`.
    pub builder_ident: String,
    /// The name of the module of its dynamic inputs: `k_sampler`. It is used only if the node has dynamic inputs.
    pub module: String,
    pub record: Record<'s>,
    pub outputs: Vec<Output<'s>>,
    /// The warnings about the node, each with the path of the part concerned.
    pub warnings: Vec<String>,
    /// The inputs that have no typed form, as `Class.input`.
    pub raw_inputs: Vec<String>,
}

/// The fields of a node, a branch or a row.
#[derive(Debug, Default)]
pub struct Record<'s> {
    pub fields: Vec<Field<'s>>,
    /// The template ids of its match types. Each of them becomes a type parameter.
    pub parameters: Vec<&'s str>,
    /// The descriptor, which `pack` fills in.
    pub desc: String,
}

/// The plan of an input as a field.
#[derive(Debug)]
pub struct Field<'s> {
    pub source: &'s schema::InputDef,
    pub ident: Ident,
    pub kind: Kind<'s>,
    /// Whether the prompt must have the input, so that its default is sent if it is not given.
    pub required: bool,
    /// The JSON of the default, if the server would accept it.
    pub default: Option<String>,
    pub min: Option<Bound>,
    pub max: Option<Bound>,
}

/// An inclusive bound of a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Int(i128),
    /// A float, and its spelling in the schema.
    Float(f64, String),
}

/// The kind of a field. Each variant corresponds to a field type of `comfy_runtime`.
#[derive(Debug)]
pub enum Kind<'s> {
    /// A literal of a primitive type, or a link: `Input<INT>`.
    Primitive(Primitive),
    /// A link: `Input<IMAGE>`.
    Link(WordId),
    /// A widget that takes JSON, or a link: `Widget<COLOR>`.
    Widget(WordId),
    /// One of a list of options, or several: `Combo<O>`, `Combo<O, Array>`, `Many<O>`.
    Combo(Combo),
    /// A value or link of one of several types: `OneOf<U>`.
    Union(UnionId),
    /// Any value or link: `AnyInput`.
    Any,
    /// A link whose type other inputs and outputs share: `Match<T>`, `Match<T, U>`.
    Match { parameter: usize, allowed: Option<UnionId> },
    /// A list of inputs: `Grow<K>`.
    Grow(Grow<'s>),
    /// A dynamic combo: `Choice<B>`.
    Choice(Choice<'s>),
    /// A group of inputs that repeats: `Rows<R>`.
    Rows(Rows<'s>),
    /// Any JSON, unchecked: `Raw`.
    Raw,
}

/// A type that has literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    Int,
    Float,
    String,
    Boolean,
}

impl Primitive {
    /// Returns the type word, which is also the name of the marker.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Float => "FLOAT",
            Self::String => "STRING",
            Self::Boolean => "BOOLEAN",
        }
    }
}

/// A combo, which takes one of its options, or several.
#[derive(Debug, Clone, Copy)]
pub struct Combo {
    /// The list whose enum has the options, if there is one.
    pub list: Option<ListId>,
    /// Whether only the options of the schema are accepted.
    pub closed: bool,
    pub spelling: ComboSpelling,
    pub multiselect: bool,
}

/// An autogrow input: a list of inputs that grows.
#[derive(Debug)]
pub struct Grow<'s> {
    pub source: &'s schema::Autogrow,
    pub element: Box<Field<'s>>,
}

/// A dynamic combo: a choice between branches, each with inputs of its own.
#[derive(Debug)]
pub struct Choice<'s> {
    /// The module of the branches, inside the module of the record.
    pub module: String,
    pub branches: Vec<Branch<'s>>,
}

/// A branch of a dynamic combo.
#[derive(Debug)]
pub struct Branch<'s> {
    pub key: &'s str,
    pub ident: String,
    pub builder_ident: String,
    /// The module of its dynamic inputs, inside the module of the choice. It is used only if the branch has dynamic
    /// inputs.
    pub module: String,
    pub record: Record<'s>,
    /// The inputs that are sent if only its key is given, as dotted names and JSON; `None` if one must be given.
    pub implied: Option<Vec<(String, String)>>,
}

/// A dynamic group: rows of the same inputs.
#[derive(Debug)]
pub struct Rows<'s> {
    pub source: &'s schema::DynamicGroup,
    /// The module of the row, inside the module of the record.
    pub module: String,
    /// The inputs of a row. The types are always `Row` and `RowBuilder`, in a module of their own.
    pub record: Record<'s>,
}

/// An output of a node.
#[derive(Debug)]
pub struct Output<'s> {
    pub source: &'s schema::OutputDef,
    pub ident: Ident,
    pub kind: OutputKind,
}

/// The kind of an output.
#[derive(Debug, Clone, Copy)]
pub enum OutputKind {
    /// An output of one type: `Out<IMAGE>`.
    Type(WordId),
    /// An output of one of several types: `UnionOut<U>`.
    Union(UnionId),
    /// An output of unknown type: `AnyOut`.
    Any,
    /// An output with the type of an input: `Out<T>`.
    Parameter(usize),
    /// An option of a combo: `Out<Listed<O>>`.
    Listed(Option<ListId>),
}

impl Node<'_> {
    /// Makes all fields of the node raw, and adds a warning with the reason.
    pub(crate) fn make_raw(&mut self, reason: &str) {
        let class = &self.source.class;
        self.warnings.push(format!("{class}: {reason}; its inputs take any JSON, unchecked"));
        self.raw_inputs = self.record.fields.iter().map(|field| format!("{class}.{}", field.source.name)).collect();
        self.record.parameters.clear();
        for field in &mut self.record.fields {
            field.kind = Kind::Raw;
            field.default = None;
            (field.min, field.max) = (None, None);
        }
        for output in &mut self.outputs {
            if matches!(output.kind, OutputKind::Parameter(_)) {
                output.kind = OutputKind::Any;
            }
        }
    }
}

impl Field<'_> {
    /// Returns the JSON that is sent if the input is not given. Nothing is sent for an optional input.
    pub fn sent_default(&self) -> Option<&str> {
        self.default.as_deref().filter(|_| self.required)
    }

    /// Returns whether a value or link must be given for the input.
    pub fn must_be_given(&self) -> bool {
        self.required && self.default.is_none()
    }
}

impl Record<'_> {
    /// Returns the names of the fields.
    pub fn idents(&self) -> impl Iterator<Item = &Ident> {
        self.fields.iter().map(|field| &field.ident)
    }

    /// Returns whether any field has a module of its own.
    pub fn has_modules(&self) -> bool {
        self.fields.iter().any(|field| field.kind.has_module())
    }
}

impl Kind<'_> {
    /// Returns whether the types of this kind are in a module of the input.
    pub fn has_module(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Rows(_) => true,
            Self::Grow(grow) => grow.element.kind.has_module(),
            _ => false,
        }
    }
}

/// Returns the name of a type parameter: `T`, `T2`, `T3`.
pub fn parameter(index: usize) -> String {
    if index == 0 { "T".to_owned() } else { format!("T{}", index + 1) }
}

impl Bound {
    /// Returns the number as the schema spells it.
    pub fn text(&self) -> String {
        match self {
            Self::Int(value) => value.to_string(),
            Self::Float(_, text) => text.clone(),
        }
    }
}
