//! The Rust that an import needs, as a tree, and its layout as rustfmt gives it.
//!
//! Not `prettyplease`: it drops comments and lays literals out in a way of its own, which the first `cargo fmt` would
//! change. The tree holds only what imports consist of, so the rules of rustfmt that matter are few ([`layout`]).

mod layout;
mod sort;
mod text;

pub(super) use sort::imports;
pub(super) use text::{is_short, quoted};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// What stands on one line: a name, a number, `None`, `sampler.output`.
    Atom(String),
    /// A text.
    Text(String),
    /// A struct literal.
    Struct(Struct),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `f(a, b)`
    Call(String, Vec<Expr>),
    /// `graph.raw("A").add()`: a receiver and calls.
    Chain(String, Vec<(String, Vec<Expr>)>),
}

/// A struct literal, and what is taken of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Struct {
    pub(super) path: String,
    pub(super) fields: Vec<Field>,
    /// `image` for `LoadImage { … }.image`.
    pub(super) then: Option<String>,
}

/// A field of a struct literal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Expr,
    /// Stands above it.
    pub(super) comment: Option<String>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stmt {
    /// Stands above it.
    pub(super) comment: Option<String>,
    /// `#[id = "12"]`, one a line.
    pub(super) attributes: Vec<String>,
    /// The names behind `let`: one, or those of a tuple; none for an expression.
    pub(super) names: Vec<String>,
    pub(super) value: Expr,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Function {
    /// Lines of its documentation.
    pub(super) docs: Vec<String>,
    pub(super) attributes: Vec<String>,
    /// `pub fn portrait`
    pub(super) head: String,
    pub(super) parameters: Vec<String>,
    /// The type of the result, or those of a tuple.
    pub(super) output: Vec<String>,
    pub(super) body: Vec<Stmt>,
    /// The value, with the attributes and the comment above it.
    pub(super) tail: Option<Stmt>,
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }
}

impl Stmt {
    /// `let name = value;`
    pub(super) fn bound(name: impl Into<String>, value: Expr) -> Self {
        Self { names: vec![name.into()], ..Self::plain(value) }
    }

    /// `value;`, or a value at the end of a function.
    pub(super) fn plain(value: Expr) -> Self {
        Self { comment: None, attributes: Vec::new(), names: Vec::new(), value }
    }
}

impl Function {
    /// The function's source, its last line ended.
    pub(super) fn source(&self) -> String {
        layout::function(self)
    }
}
