//! Identifiers of the generated code.

use std::fmt;

use super::reserved::{is_keyword, is_unescapable};

/// An identifier. It is held without `r#` and displayed with it if it is a keyword.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

impl Ident {
    /// Creates an identifier from a name that is an identifier or a keyword. Keywords that cannot be raw get an
    /// underscore (`self_`).
    pub(crate) fn new(mut name: String) -> Self {
        if is_unescapable(&name) {
            name.push('_');
        }
        Self(name)
    }

    /// Returns the name without `r#`, as rustc prints it and as descriptors hold it.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_keyword(&self.0) {
            f.write_str("r#")?;
        }
        f.write_str(&self.0)
    }
}
