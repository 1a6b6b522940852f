//! Output slots.

use crate::parse::join_types;
use crate::{Text, Value};

/// One output slot.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutputDef {
    /// Its name in the editor; falls back to the type word.
    pub name: Text,
    /// What it carries.
    pub kind: OutputKind,
    /// It yields a list.
    pub is_list: bool,
    /// Its tooltip, if any.
    pub tooltip: Option<Text>,
}

impl OutputDef {
    /// A single output of this name, without a tooltip.
    pub fn new(name: impl Into<Text>, kind: OutputKind) -> Self {
        Self { name: name.into(), kind, is_list: false, tooltip: None }
    }
}

/// What an output carries.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OutputKind {
    /// One type word.
    Type(Text),
    /// `A,B`.
    Union(Vec<Text>),
    /// `*`.
    Any,
    /// `COMFY_MATCHTYPE_V3`: the type of the inputs with this template id (`None` if the definition does not say).
    Match(Option<Text>),
    /// A V1 output declared as a list of options.
    Combo(Vec<Value>),
    /// Something else, as it was. Reported.
    Raw(Value),
}

impl OutputKind {
    /// The type word: `IMAGE`, `IMAGE,MASK`, `*`, `COMBO` for a list of options.
    pub fn type_word(&self) -> Text {
        match self {
            Self::Type(word) => word.clone(),
            Self::Union(types) => join_types(types).into(),
            Self::Any => "*".into(),
            Self::Match(_) => "COMFY_MATCHTYPE_V3".into(),
            Self::Combo(_) => "COMBO".into(),
            Self::Raw(_) => "RAW".into(),
        }
    }

    /// The template id of a matched type.
    pub(crate) fn match_id(&self) -> Option<&Text> {
        match self {
            Self::Match(id) => id.as_ref(),
            _ => None,
        }
    }

    /// The entry of `output`.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Combo(values) => Value::Array(values.clone()),
            Self::Raw(value) => value.clone(),
            _ => Value::String(self.type_word()),
        }
    }
}
