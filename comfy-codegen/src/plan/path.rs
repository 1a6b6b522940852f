//! Paths to the inputs of a schema.

use std::fmt;

/// The path to an input: a class, then inputs, branches and elements.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'p> {
    Class(&'p str),
    Input(&'p str),
    Branch(&'p str),
    Element,
}

impl<'p> Path<'p> {
    pub(crate) const fn class(class: &'p str) -> Self {
        Self { parent: None, step: Step::Class(class) }
    }

    pub(crate) const fn input(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Input(name) }
    }

    pub(crate) const fn branch(&'p self, key: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Branch(key) }
    }

    pub(crate) const fn element(&'p self) -> Path<'p> {
        Path { parent: Some(self), step: Step::Element }
    }

    /// Returns the path as overrides spell it, without branches: `Class.input.child`.
    pub(crate) fn dotted(self) -> String {
        let before = self.parent.map(|parent| parent.dotted()).unwrap_or_default();
        match self.step {
            Step::Class(class) => class.to_owned(),
            Step::Input(name) => format!("{before}.{name}"),
            Step::Branch(_) | Step::Element => before,
        }
    }
}

/// Writes `Class.input[branch].child`, or `Class.input[]` for the elements of a list.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Class(class) => f.write_str(class),
            Step::Input(name) => write!(f, ".{name}"),
            Step::Branch(key) => write!(f, "[{key}]"),
            Step::Element => f.write_str("[]"),
        }
    }
}
