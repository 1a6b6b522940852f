//! Fits the inputs of a node into the fields of its type, or finds the reason why the node must be raw.
//!
//! A typed node sends exactly the inputs of the file. A node becomes raw if its type would add an input that the file
//! lacks, if the file has an input that the type does not declare, or if a list has too few entries. A single value
//! that its field refuses does not make the node raw; it is passed unchecked. With [`Tidy::Yes`], a node is also typed
//! if its inputs differ from the file only by ignored literals and defaults.

mod inputs;
mod scalar;

use comfy_codegen::plan::{Branch, Choice, Field, Grow, Kind, Node, Record, Rows, Shared};
use comfy_schema::{Text, Value};

use crate::prompt::{self, Given, Link};
use inputs::Inputs;

/// The values of a record's fields, in declared order.
#[derive(Debug)]
pub(super) struct Values<'p, 's> {
    pub(super) record: &'p Record<'s>,
    pub(super) fields: Vec<Filled<'p, 's>>,
}

/// A field with its value.
#[derive(Debug)]
pub(super) struct Filled<'p, 's> {
    pub(super) field: &'p Field<'s>,
    pub(super) value: Fit<'p, 's>,
    /// Whether the same value is sent if the field is left out.
    pub(super) is_default: bool,
}

/// A value in the form that its field takes.
#[derive(Debug)]
pub(super) enum Fit<'p, 's> {
    Link(Link),
    /// A text, number or boolean that the field accepts.
    Literal(Value),
    /// JSON that the field accepts.
    Json(Value),
    /// A value that the field refuses, and the reason.
    Unchecked(Value, String),
    /// The entries of a list, with `None` for an entry that is left out.
    List(Vec<Option<Fit<'p, 's>>>),
    /// A branch of which only the key is written.
    Key(Text),
    /// A branch with inputs of its own.
    Branch(&'p Choice<'s>, &'p Branch<'s>, Values<'p, 's>),
    /// A row of a group.
    Row(&'p Rows<'s>, Values<'p, 's>),
}

/// Whether typed nodes may send other inputs than the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tidy {
    /// Typed nodes send exactly the inputs of the file.
    No,
    /// Typed nodes leave out undeclared literals, which the server ignores, and send defaults that the file lacks.
    Yes,
}

/// Fits the inputs of a node into the fields of its type.
///
/// A note on every input that tidying leaves out or adds is added to `notes`.
///
/// # Errors
///
/// Returns the reason why the node must be raw.
pub(super) fn fit<'p, 's>(
    node: &prompt::Node<'_>,
    planned: &'p Node<'s>,
    shared: &Shared<'s>,
    tidy: Tidy,
    notes: &mut Vec<String>,
) -> Result<Values<'p, 's>, String> {
    if node.meta.is_some() && tidy == Tidy::No {
        return Err("its `_meta` holds more than a title".to_owned());
    }
    let mut inputs = Inputs::new(&node.inputs);
    let mut fitter = Fitter { shared, tidy, notes };
    let values = fitter.record(&planned.record, "", &mut inputs)?;
    if tidy == Tidy::Yes {
        fitter.notes.extend(inputs.drop_literals().map(|name| format!("`{name}` is undeclared and is left out")));
    }
    match inputs.unknown() {
        Some(name) => Err(format!("`{name}` is not among its declared inputs")),
        None => Ok(values),
    }
}

struct Fitter<'c, 's> {
    shared: &'c Shared<'s>,
    tidy: Tidy,
    notes: &'c mut Vec<String>,
}

impl<'s> Fitter<'_, 's> {
    fn record<'p>(
        &mut self,
        record: &'p Record<'s>,
        prefix: &str,
        inputs: &mut Inputs<'_>,
    ) -> Result<Values<'p, 's>, String> {
        let mut fields = Vec::new();
        for field in &record.fields {
            let name = format!("{prefix}{}", field.source.name);
            match self.field(field, &name, inputs)? {
                Some(value) => fields.push(Filled { field, is_default: is_default(field, &value), value }),
                None if field.must_be_given() => return Err(format!("the file lacks its required input `{name}`")),
                None if field.sent_default().is_some() && self.tidy == Tidy::Yes => {
                    self.notes.push(format!("`{name}` is missing and its default is sent"));
                }
                None if field.sent_default().is_some() => {
                    return Err(format!("the file lacks its input `{name}`, for which the default would be sent"));
                }
                None => {}
            }
        }
        fields.shrink_to_fit();
        Ok(Values { record, fields })
    }

    fn field<'p>(
        &mut self,
        field: &'p Field<'s>,
        name: &str,
        inputs: &mut Inputs<'_>,
    ) -> Result<Option<Fit<'p, 's>>, String> {
        match &field.kind {
            Kind::Choice(choice) => self.choice(choice, name, inputs),
            Kind::Grow(grow) => self.grow(grow, name, inputs),
            Kind::Rows(rows) => self.rows(rows, name, inputs),
            _ => Ok(inputs.take(name).map(|given| match given {
                Given::Link(link) => Fit::Link(*link),
                Given::Value(value) => scalar::fit(field, value, self.shared),
            })),
        }
    }

    fn choice<'p>(
        &mut self,
        choice: &'p Choice<'s>,
        name: &str,
        inputs: &mut Inputs<'_>,
    ) -> Result<Option<Fit<'p, 's>>, String> {
        let key = match inputs.take(name) {
            None => return Ok(None),
            Some(Given::Link(_)) => return Err(format!("`{name}` is linked, but it chooses between branches")),
            Some(Given::Value(value)) => *value,
        };
        let branch = key.as_str().and_then(|key| choice.branches.iter().find(|branch| branch.key == key));
        let Some(branch) = branch else {
            return Ok(Some(Fit::Unchecked(key.clone(), "it is not one of the options".to_owned())));
        };
        let prefix = format!("{name}.");
        let before = inputs.taken();
        let values = self.record(&branch.record, &prefix, inputs)?;
        let implied = branch.implied.as_ref().is_some_and(|implied| {
            let is_sent = |(name, json): &(String, String)| inputs.is(&format!("{prefix}{name}"), json);
            inputs.taken() - before == implied.len() && implied.iter().all(is_sent)
        });
        Ok(Some(if implied { Fit::Key(branch.key.into()) } else { Fit::Branch(choice, branch, values) }))
    }

    fn grow<'p>(
        &mut self,
        grow: &'p Grow<'s>,
        name: &str,
        inputs: &mut Inputs<'_>,
    ) -> Result<Option<Fit<'p, 's>>, String> {
        if !inputs.has_below(name) {
            return Ok(None);
        }
        let mut items = Vec::new();
        for child in &grow.source.names {
            items.push(self.field(&grow.element, &format!("{name}.{child}"), inputs)?);
        }
        while items.last().is_some_and(Option::is_none) {
            items.pop();
        }
        let min = grow.source.min;
        if items.len() < min || items.iter().take(min).any(Option::is_none) {
            return Err(format!("`{name}` needs at least {min} entries"));
        }
        Ok(if items.is_empty() { None } else { Some(Fit::List(items)) })
    }

    fn rows<'p>(
        &mut self,
        rows: &'p Rows<'s>,
        name: &str,
        inputs: &mut Inputs<'_>,
    ) -> Result<Option<Fit<'p, 's>>, String> {
        let mut items = Vec::new();
        while items.len() < rows.source.max && inputs.has_below(&format!("{name}.{}", items.len())) {
            let values = self.record(&rows.record, &format!("{name}.{}.", items.len()), inputs)?;
            items.push(Some(Fit::Row(rows, values)));
        }
        if items.is_empty() {
            return Ok(None);
        }
        if items.len() < rows.source.min {
            return Err(format!("`{name}` needs at least {} rows", rows.source.min));
        }
        Ok(Some(Fit::List(items)))
    }
}

fn is_default(field: &Field<'_>, value: &Fit<'_, '_>) -> bool {
    let Some(default) = field.sent_default() else { return false };
    match value {
        Fit::Literal(value) | Fit::Json(value) | Fit::Unchecked(value, _) => value.to_string() == default,
        Fit::Key(key) => Value::from(key).to_string() == default,
        // A multi-selection is sent as one value.
        Fit::List(items) => scalar::wrapped(items).is_some_and(|value| value.to_string() == default),
        _ => false,
    }
}
