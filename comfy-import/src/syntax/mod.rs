//! A syntax tree of the Rust code in imported sources, and its layout as rustfmt would write it.
//!
//! `prettyplease` is not used, because it drops comments and lays out literals in a way that the first `cargo fmt`
//! would change. The tree has only what imports need, so that few rules of rustfmt matter (see `layout`).

mod layout;
mod sort;
mod text;

pub(super) use sort::imports;
pub(super) use text::{is_short, quoted};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    /// A piece of source on one line: a name, a number, `None`, `sampler.output`.
    Atom(String),
    /// A string literal, given by its value.
    Text(String),
    /// A struct literal.
    Struct(Struct),
    /// A list: `[a, b]`.
    List(Vec<Expr>),
    /// A tuple: `(a, b)`.
    Tuple(Vec<Expr>),
    /// A call: `f(a, b)`.
    Call(String, Vec<Expr>),
    /// A chain of calls on a receiver: `graph.raw("A").add()`.
    Chain(String, Vec<(String, Vec<Expr>)>),
}

/// A struct literal, and the output that is taken from it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Struct {
    pub(super) path: String,
    pub(super) fields: Vec<Field>,
    /// The name of the output: `image` in `LoadImage { … }.image`.
    pub(super) then: Option<String>,
}

/// A field of a struct literal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) value: Expr,
    /// The comment above it.
    pub(super) comment: Option<String>,
}

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stmt {
    /// The comment above it.
    pub(super) comment: Option<String>,
    /// The attributes, such as `#[id = "12"]`, one a line.
    pub(super) attributes: Vec<String>,
    /// The names after `let`: one, or several for a tuple, or none for an expression.
    pub(super) names: Vec<String>,
    pub(super) value: Expr,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Function {
    /// The lines of its documentation.
    pub(super) docs: Vec<String>,
    pub(super) attributes: Vec<String>,
    /// The signature up to the name: `pub fn portrait`.
    pub(super) head: String,
    pub(super) parameters: Vec<String>,
    /// The type of the result, or several for a tuple.
    pub(super) output: Vec<String>,
    pub(super) body: Vec<Stmt>,
    /// The value at the end, with the attributes and the comment above it.
    pub(super) tail: Option<Stmt>,
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }
}

impl Stmt {
    /// Creates the statement `let name = value;`.
    pub(super) fn bound(name: impl Into<String>, value: Expr) -> Self {
        Self { names: vec![name.into()], ..Self::plain(value) }
    }

    /// Creates the statement `value;`, or the value at the end of a function.
    pub(super) fn plain(value: Expr) -> Self {
        Self { comment: None, attributes: Vec::new(), names: Vec::new(), value }
    }
}

impl Function {
    /// Returns the source of the function, with a line break at the end.
    pub(super) fn source(&self) -> String {
        layout::function(self)
    }
}
