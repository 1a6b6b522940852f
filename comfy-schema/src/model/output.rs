//! Outputs of nodes.

use super::join_types;
use crate::{Text, Value};

/// The definition of an output.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OutputDef {
    /// The name in the editor. Defaults to the type word.
    pub name: Text,
    /// The type of the values.
    pub kind: OutputKind,
    /// Whether the output yields a list.
    pub is_list: bool,
    /// The tooltip in the editor.
    pub tooltip: Option<Text>,
}

impl OutputDef {
    /// Creates an output that yields a single value and has no tooltip.
    pub fn new(name: impl Into<Text>, kind: OutputKind) -> Self {
        Self { name: name.into(), kind, is_list: false, tooltip: None }
    }
}

/// The type of an output.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OutputKind {
    /// A single type word.
    Type(Text),
    /// One of several types, written `A,B`.
    Union(Vec<Text>),
    /// Any type, written `*`.
    Any,
    /// The type of the inputs with this template id (`COMFY_MATCHTYPE_V3`). The id is `None` if the definition has
    /// none.
    Match(Option<Text>),
    /// A list of options, which classic nodes may declare.
    Combo(Vec<Value>),
    /// A value that is not a type, as it was sent. [`Schema::issues`](crate::Schema::issues) reports it.
    Raw(Value),
}

impl OutputKind {
    /// Returns the type word: `IMAGE`, `IMAGE,MASK`, `*`, or `COMBO` for a list of options.
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

    /// Returns the template id of a matched type.
    pub(crate) fn match_id(&self) -> Option<&Text> {
        match self {
            Self::Match(id) => id.as_ref(),
            _ => None,
        }
    }

    /// Returns the entry of the array `output`.
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Self::Combo(values) => Value::Array(values.clone()),
            Self::Raw(value) => value.clone(),
            _ => Value::String(self.type_word()),
        }
    }
}
