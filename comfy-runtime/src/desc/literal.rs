//! Literals as the macro passes them to the runtime: single values, and whole node literals.

/// A literal that is the value of an input: its value, for the checks, and the JSON that is sent.
///
/// Only the macro creates these, inside a `const`. A graph receives one only after `Desc::lit` has accepted it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lit {
    pub(crate) value: LitValue<'static>,
    pub(crate) json: &'static str,
}

/// The value of a literal, as the checks need it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum LitValue<'a> {
    Int(i128),
    Float(f64),
    Str(&'a str),
    Bool(bool),
}

impl Lit {
    /// Creates a literal from a whole number and its decimal digits.
    #[doc(hidden)]
    pub const fn int(value: i128, json: &'static str) -> Self {
        Self { value: LitValue::Int(value), json }
    }

    /// Creates a literal from a finite number with a fraction or an exponent, and its JSON.
    #[doc(hidden)]
    pub const fn float(value: f64, json: &'static str) -> Self {
        Self { value: LitValue::Float(value), json }
    }

    /// Creates a literal from a string and its JSON, including the quotes.
    #[doc(hidden)]
    pub const fn str(value: &'static str, json: &'static str) -> Self {
        Self { value: LitValue::Str(value), json }
    }

    /// Creates a literal from a boolean.
    #[doc(hidden)]
    pub const fn bool(value: bool) -> Self {
        Self { value: LitValue::Bool(value), json: if value { "true" } else { "false" } }
    }
}

/// Everything about a node literal that is known when the program is compiled.
#[doc(hidden)]
#[derive(Debug)]
pub struct Literal {
    /// The inputs that the literal names, as indices of the descriptor: first those whose values are computed, in the
    /// order in which they arrive, then those whose values are [`checked`](Self::checked).
    pub given: &'static [u16],
    /// The values of the last inputs of `given`.
    pub checked: &'static [Lit],
    /// The variable that the node is bound to.
    pub binding: Option<&'static str>,
    /// The id that `#[id = "…"]` sets.
    pub id: Option<&'static str>,
    /// The title that `#[title = "…"]` sets.
    pub title: Option<&'static str>,
}

/// The literal of nodes that were built without one. It is recognized by its address.
pub(crate) static NO_LITERAL: Literal = Literal::UNNAMED;

impl Literal {
    /// A literal without inputs, id, title or binding.
    pub const UNNAMED: Self = Self { given: &[], checked: &[], binding: None, id: None, title: None };

    /// Returns whether this is [`NO_LITERAL`].
    pub(crate) fn is_none(&self) -> bool {
        std::ptr::eq(self, &raw const NO_LITERAL)
    }

    /// Returns the checked value of an input.
    pub(crate) fn value_of(&self, input: usize) -> Option<Lit> {
        let computed = self.given.len().checked_sub(self.checked.len())?;
        let names = self.given.get(computed..)?;
        let place = names.iter().position(|&name| usize::from(name) == input)?;
        self.checked.get(place).copied()
    }
}
