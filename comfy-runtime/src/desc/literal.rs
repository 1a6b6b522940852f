//! A literal of a workflow's source, as the macro hands it over.

/// A literal that the macro met as the value of an input: its value, for the checks, and the JSON that is sent.
///
/// Only the macro makes these, inside a `const`, and only after `Desc::lit` has accepted one is it
/// put into a graph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lit {
    pub(crate) value: LitValue<'static>,
    pub(crate) json: &'static str,
}

/// The value of a literal, as far as the rules look at it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LitValue<'a> {
    Int(i128),
    Float(f64),
    Str(&'a str),
    Bool(bool),
}

impl Lit {
    /// A whole number and its decimal digits.
    #[doc(hidden)]
    pub const fn int(value: i128, json: &'static str) -> Self {
        Self { value: LitValue::Int(value), json }
    }

    /// A finite number with a fraction or an exponent, and its JSON.
    #[doc(hidden)]
    pub const fn float(value: f64, json: &'static str) -> Self {
        Self { value: LitValue::Float(value), json }
    }

    /// A text and its JSON, quotes included.
    #[doc(hidden)]
    pub const fn str(value: &'static str, json: &'static str) -> Self {
        Self { value: LitValue::Str(value), json }
    }

    /// `true` or `false`.
    #[doc(hidden)]
    pub const fn bool(value: bool) -> Self {
        Self { value: LitValue::Bool(value), json: if value { "true" } else { "false" } }
    }
}
