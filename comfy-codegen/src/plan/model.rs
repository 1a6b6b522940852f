//! What a plan consists of.

use comfy_schema as schema;
use comfy_schema::ComboSpelling;

use super::shared::{ListId, UnionId, WordId};
use crate::names::Ident;

/// A node class.
#[derive(Debug)]
pub struct Node<'s> {
    pub source: &'s schema::NodeDef,
    /// `KSampler`
    pub ident: String,
    /// `KSamplerOutputs`; used only if there are several outputs.
    pub outputs_ident: String,
    /// `KSamplerBuilder`
    pub builder_ident: String,
    /// `k_sampler`, the module of its dynamic inputs; used only if it has any.
    pub module: String,
    pub record: Record<'s>,
    pub outputs: Vec<Output<'s>>,
    /// What was odd about it, each with its path.
    pub warnings: Vec<String>,
    /// The inputs that have no typed form, as `Class.input`.
    pub raw_inputs: Vec<String>,
}

/// The fields of a node, a branch or a row.
#[derive(Debug, Default)]
pub struct Record<'s> {
    pub fields: Vec<Field<'s>>,
    /// The template ids of its match types: one type parameter each.
    pub parameters: Vec<&'s str>,
    /// The descriptor. Filled in by `pack`.
    pub desc: String,
}

/// One input as a field.
#[derive(Debug)]
pub struct Field<'s> {
    pub source: &'s schema::InputDef,
    pub ident: Ident,
    pub kind: Kind<'s>,
    /// It must be given, or has a default that is sent.
    pub required: bool,
    /// JSON of the default, if the server would accept it.
    pub default: Option<String>,
    pub min: Option<Bound>,
    pub max: Option<Bound>,
}

/// An inclusive bound of a number.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    Int(i128),
    /// The value, and how the schema spells it.
    Float(f64, String),
}

/// What a field takes. Every variant is one kind of `comfy_runtime`.
#[derive(Debug)]
pub enum Kind<'s> {
    /// `Input<INT>`
    Primitive(Primitive),
    /// `Input<IMAGE>`
    Link(WordId),
    /// `Widget<COLOR>`
    Widget(WordId),
    /// `Combo<O>`, `Combo<O, Array>`, `Many<O>`
    Combo(Combo),
    /// `OneOf<U>`
    Union(UnionId),
    /// `AnyInput`
    Any,
    /// `Match<T>`, `Match<T, U>`
    Match { parameter: usize, allowed: Option<UnionId> },
    /// `Grow<K>`
    Grow(Grow<'s>),
    /// `Choice<B>`
    Choice(Choice<'s>),
    /// `Rows<R>`
    Rows(Rows<'s>),
    /// `Raw`
    Raw,
}

/// A type with literals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    Int,
    Float,
    String,
    Boolean,
}

impl Primitive {
    /// The type word, which is the marker's name too.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Int => "INT",
            Self::Float => "FLOAT",
            Self::String => "STRING",
            Self::Boolean => "BOOLEAN",
        }
    }
}

/// One of a list of options, or several.
#[derive(Debug, Clone, Copy)]
pub struct Combo {
    /// The enum of the options, if they have one.
    pub list: Option<ListId>,
    /// Only the options of the schema are accepted.
    pub closed: bool,
    pub spelling: ComboSpelling,
    pub multiselect: bool,
}

/// A growing list.
#[derive(Debug)]
pub struct Grow<'s> {
    pub source: &'s schema::Autogrow,
    pub element: Box<Field<'s>>,
}

/// A choice with inputs of its own.
#[derive(Debug)]
pub struct Choice<'s> {
    /// The module of the branches, inside the module of the record.
    pub module: String,
    pub branches: Vec<Branch<'s>>,
}

/// One branch of a choice.
#[derive(Debug)]
pub struct Branch<'s> {
    pub key: &'s str,
    pub ident: String,
    pub builder_ident: String,
    /// The module of its dynamic inputs, inside the module of the choice; used only if it has any.
    pub module: String,
    pub record: Record<'s>,
    /// What its key alone sends besides, as dotted names and JSON; `None` if an input must be given.
    pub implied: Option<Vec<(String, String)>>,
}

/// Repeatable rows.
#[derive(Debug)]
pub struct Rows<'s> {
    pub source: &'s schema::DynamicGroup,
    /// The module of the row, inside the module of the record.
    pub module: String,
    /// Always `Row` and `RowBuilder`, in a module of their own.
    pub record: Record<'s>,
}

/// One output.
#[derive(Debug)]
pub struct Output<'s> {
    pub source: &'s schema::OutputDef,
    pub ident: Ident,
    pub kind: OutputKind,
}

/// What an output carries.
#[derive(Debug, Clone, Copy)]
pub enum OutputKind {
    /// `Out<IMAGE>`
    Type(WordId),
    /// `UnionOut<U>`
    Union(UnionId),
    /// `AnyOut`
    Any,
    /// `Out<T>`
    Parameter(usize),
    /// `Out<Listed<O>>`
    Listed(Option<ListId>),
}

impl Node<'_> {
    /// Gives the node raw fields, because of something that makes typed ones impossible.
    pub(crate) fn make_raw(&mut self, why: &str) {
        let class = &self.source.class;
        self.warnings.push(format!("{class}: {why}; its inputs take any JSON, unchecked"));
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
    /// JSON of what is sent if the input is not given. Nothing is sent for optional ones.
    pub fn sent_default(&self) -> Option<&str> {
        self.default.as_deref().filter(|_| self.required)
    }

    /// Whether something must be given for it.
    pub fn must_be_given(&self) -> bool {
        self.required && self.default.is_none()
    }
}

impl Record<'_> {
    /// The names of the fields.
    pub fn idents(&self) -> impl Iterator<Item = &Ident> {
        self.fields.iter().map(|field| &field.ident)
    }

    /// Whether any field has a module of its own.
    pub fn has_modules(&self) -> bool {
        self.fields.iter().any(|field| field.kind.has_module())
    }
}

impl Kind<'_> {
    /// Whether the kind's types stand in a module of the input.
    pub fn has_module(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Rows(_) => true,
            Self::Grow(grow) => grow.element.kind.has_module(),
            _ => false,
        }
    }
}

/// The name of a type parameter: `T`, `T2`, `T3`.
pub fn parameter(index: usize) -> String {
    if index == 0 { "T".to_owned() } else { format!("T{}", index + 1) }
}

impl Bound {
    /// The number as the schema spells it.
    pub fn text(&self) -> String {
        match self {
            Self::Int(value) => value.to_string(),
            Self::Float(_, text) => text.clone(),
        }
    }
}
