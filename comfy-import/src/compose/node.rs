//! Composes the statement and the literal of a node.

use std::collections::{BTreeSet, HashMap};

use comfy_codegen::plan::{self, Kind};
use comfy_schema::Value;
use comfy_schema::shown::shortened;

use super::function::{Binding, Body};
use super::{Composer, WHOLE};
use crate::fit::{Filled, Fit, Values};
use crate::flow::{self, Type};
use crate::item::{Item, NodeForm};
use crate::limits::MAX_SHOWN_LEN;
use crate::names;
use crate::options::{IdStyle, OptionStyle};
use crate::prompt::Link;
use crate::syntax::{self, Expr, Field, Stmt, Struct};

/// The names of modules that exist in every generated module or every crate. No other module is imported by such a
/// name.
const NOT_IMPORTED: [&str; 7] = ["alloc", "comfy_runtime", "core", "options", "std", "types", "unions"];

/// The position of a record: its node, the path of its modules, and the dotted prefix of its inputs.
#[derive(Clone)]
struct Inside<'i> {
    node: usize,
    modules: Vec<&'i str>,
    prefix: String,
}

impl<'c> Composer<'c, '_, '_, '_> {
    /// Composes the statement that places a node. `until` is the last statement that uses it, if one does.
    pub(super) fn statement(&mut self, at: usize, until: Option<usize>, body: &mut Body) -> Stmt {
        let items = self.items;
        let Some(item) = items.get(at) else { return Stmt::plain(Expr::Tuple(Vec::new())) };
        let (mut value, comment) = match &item.form {
            NodeForm::Typed(planned, values) => (Expr::Struct(self.literal(at, planned, values, body)), None),
            NodeForm::Raw(reason) => {
                self.warn(at, format!("becomes a raw node, because {reason}"));
                (self.raw(at, item, body), Some(format!("Raw, because {}.", shortened(reason, MAX_SHOWN_LEN))))
            }
        };
        let attributes = match item.form {
            NodeForm::Typed(..) => self.attributes(at, item),
            NodeForm::Raw(_) => Vec::new(),
        };
        let names = until.map(|until| {
            let slot = self.only_slot(at, item);
            if let (Expr::Struct(literal), Some(slot)) = (&mut value, slot) {
                literal.then = output_name(item, slot);
            }
            let name = body.locals.take(names::candidates(at, item, self.uses), body.at, until);
            body.bound.insert(at, Binding { name: name.clone(), slot });
            name
        });
        Stmt { comment, attributes, names: names.into_iter().collect(), value }
    }

    /// Returns the output that a variable holds instead of the whole node, if only one of several is used.
    fn only_slot(&self, at: usize, item: &Item<'_, '_, '_>) -> Option<u16> {
        let NodeForm::Typed(planned, _) = &item.form else { return None };
        let [slot] = self.uses.slots(at) else { return None };
        let is_output = self.is_result.get(at) == Some(&true);
        (planned.outputs.len() > 1 && usize::from(*slot) < planned.outputs.len() && !is_output).then_some(*slot)
    }

    fn attributes(&self, at: usize, item: &Item<'_, '_, '_>) -> Vec<String> {
        let id = (self.options.id_style == IdStyle::Keep).then(|| format!("#[id = {}]", syntax::quoted(&item.node.id)));
        let title = self.title_of(at).map(|title| format!("#[title = {}]", syntax::quoted(title)));
        id.into_iter().chain(title).collect()
    }

    fn literal(
        &mut self,
        at: usize,
        planned: &'c plan::Node<'_>,
        values: &'c Values<'_, '_>,
        body: &mut Body,
    ) -> Struct {
        self.generated(&planned.ident);
        let arguments = self.types.arguments(at, values, self.items);
        let path = self.with_arguments(&planned.ident, values, &arguments);
        let inside = Inside { node: at, modules: vec![&planned.module], prefix: String::new() };
        Struct { path, fields: self.fields(values, &arguments, &inside, body), then: None }
    }

    /// Returns the path of a literal, with type arguments if rustc cannot infer them.
    fn with_arguments(&mut self, path: &str, values: &Values<'_, '_>, arguments: &[(Type, bool)]) -> String {
        if !flow::is_generic(values.record) || arguments.iter().all(|(_, is_open)| !is_open) {
            return path.to_owned();
        }
        let arguments: Vec<String> = arguments
            .iter()
            .map(|&(found, is_open)| if is_open { self.marker(found) } else { "_".to_owned() })
            .collect();
        format!("{path}::<{}>", arguments.join(", "))
    }

    fn fields(
        &mut self,
        values: &'c Values<'_, '_>,
        arguments: &[(Type, bool)],
        inside: &Inside<'c>,
        body: &mut Body,
    ) -> Vec<Field> {
        let mut fields = Vec::with_capacity(values.fields.len());
        for Filled { field, value, is_default } in &values.fields {
            let input = format!("{}{}", inside.prefix, field.source.name);
            let name = field.ident.to_string();
            if let Some(parameter) = self.chosen.of(inside.node, &input) {
                fields.push(Field { name, value: Expr::atom(parameter.name.clone()), comment: None });
                continue;
            }
            if *is_default {
                continue;
            }
            let comment = match value {
                Fit::Unchecked(_, reason) => {
                    self.warn(
                        inside.node,
                        format!("input {}: {reason}, so it is not checked", shortened(&input, MAX_SHOWN_LEN)),
                    );
                    Some(format!("Not checked: {reason}."))
                }
                _ => None,
            };
            let value = self.value_of(value, &field.kind, arguments, &Inside { prefix: input, ..inside.clone() }, body);
            fields.push(Field { name, value, comment });
        }
        fields
    }

    /// Returns the expression for a value in a field of this kind. The prefix of `inside` is the dotted name of the
    /// input.
    fn value_of(
        &mut self,
        value: &'c Fit<'_, '_>,
        kind: &'c Kind<'_>,
        arguments: &[(Type, bool)],
        inside: &Inside<'c>,
        body: &mut Body,
    ) -> Expr {
        match value {
            Fit::Link(link) => self.link(*link, kind, arguments, body),
            Fit::Literal(value) => self.option(value, kind).unwrap_or_else(|| literal(value, false)),
            Fit::Key(key) => Expr::Text(key.to_string()),
            Fit::Json(value) | Fit::Unchecked(value, _) => self.unchecked(value, &inside.prefix, body),
            Fit::List(items) => {
                let kind = if let Kind::Grow(grow) = kind { &grow.element.kind } else { kind };
                let items = items.iter().map(|item| match item {
                    // Texts in lists are not broken into lines.
                    Some(Fit::Literal(value @ Value::String(text))) => {
                        self.option(value, kind).unwrap_or_else(|| Expr::Atom(syntax::quoted(text)))
                    }
                    Some(item) => self.value_of(item, kind, arguments, inside, body),
                    None => Expr::atom("None"),
                });
                Expr::List(items.collect())
            }
            Fit::Branch(choice, branch, values) => {
                let mut modules = inside.modules.clone();
                modules.push(&choice.module);
                let path = self.module(&modules, &branch.ident);
                modules.push(&branch.module);
                self.record(&path, values, modules, inside, body)
            }
            Fit::Row(rows, values) => {
                let mut modules = inside.modules.clone();
                modules.push(&rows.module);
                let path = self.module(&modules, "Row");
                modules.push("row");
                self.record(&path, values, modules, inside, body)
            }
        }
    }

    /// Returns the literal of a branch or a row.
    fn record(
        &mut self,
        path: &str,
        values: &'c Values<'_, '_>,
        modules: Vec<&'c str>,
        inside: &Inside<'c>,
        body: &mut Body,
    ) -> Expr {
        let arguments = self.types.arguments_of(values, self.items, &[]);
        let path = self.with_arguments(path, values, &arguments);
        let inside = Inside { node: inside.node, modules, prefix: format!("{}.", inside.prefix) };
        Expr::Struct(Struct { path, fields: self.fields(values, &arguments, &inside, body), then: None })
    }

    /// Returns the path of an item in the modules of a node, and imports the module with which the path begins.
    fn module(&mut self, modules: &[&str], name: &str) -> String {
        let full = modules.join("::");
        let Some((last, before)) = modules.split_last() else { return name.to_owned() };
        if self.modules.get(last).is_some_and(|known| known.len() == 1) && !NOT_IMPORTED.contains(last) {
            let module = std::iter::once(self.options.nodes.as_str()).chain(before.iter().copied()).collect::<Vec<_>>();
            self.import(&module.join("::"), last);
            return format!("{last}::{name}");
        }
        if let Some(first) = modules.first() {
            self.generated(first);
        }
        format!("{full}::{name}")
    }

    /// Returns the variant for an option of a closed combo, if options are written as enums.
    fn option(&mut self, value: &Value, kind: &Kind<'_>) -> Option<Expr> {
        let Kind::Combo(combo) = kind else { return None };
        if self.options.option_style != OptionStyle::Enums || !combo.closed {
            return None;
        }
        let list = self.shared.lists.get(combo.list?.0)?;
        let text = value.as_str()?;
        let variant = list.values.iter().position(|known| *known == text).and_then(|at| list.variants.get(at))?;
        let path = format!("options::{}::{variant}", list.ident);
        self.generated("options");
        Some(Expr::Atom(path))
    }

    /// Returns a call that passes a value unchecked.
    pub(super) fn unchecked(&mut self, value: &Value, input: &str, body: &mut Body) -> Expr {
        let literal = match value {
            Value::Bool(_) | Value::Float(_) | Value::String(_) => Some(literal(value, false)),
            Value::Int(number) => whole(*number).map(Expr::Atom),
            _ => None,
        };
        let (function, value) = match literal {
            Some(value) => ("unchecked", value),
            None => ("unchecked_json", Expr::Text(value.to_string())),
        };
        self.runtime(function);
        Expr::Call(function.to_owned(), vec![hoisted(value, input, body)])
    }

    /// Returns the expression for an output in a field of this kind.
    fn link(&mut self, link: Link, kind: &Kind<'_>, arguments: &[(Type, bool)], body: &mut Body) -> Expr {
        let items = self.items;
        if self.nested.get(link.node) == Some(&true)
            && let Some(item) = items.get(link.node)
            && let NodeForm::Typed(planned, values) = &item.form
        {
            let mut literal = self.literal(link.node, planned, values, body);
            literal.then = if planned.outputs.len() > 1 { output_name(item, link.slot) } else { None };
            return Expr::Struct(literal);
        }
        let base = self.base(link, body);
        let found = self.types.of(link, self.items);
        Expr::Atom(if self.types.feeds(found, kind, arguments) { base } else { format!("{base}.any()") })
    }

    /// Returns the expression for an output, regardless of the field that takes it.
    pub(super) fn base(&mut self, link: Link, body: &Body) -> String {
        if let Some(name) = body.crossed.get(&link) {
            return name.clone();
        }
        let Some(Binding { name, slot }) = body.bound.get(&link.node) else { return String::new() };
        if link.slot == WHOLE || *slot == Some(link.slot) {
            return name.clone();
        }
        match self.items.get(link.node).map(|item| (item, &item.form)) {
            Some((item, NodeForm::Typed(planned, _))) => match output_name(item, link.slot) {
                Some(_) if planned.outputs.len() == 1 => name.clone(),
                Some(output) => format!("{name}.{output}"),
                None => {
                    self.import("comfy_runtime", "Handle");
                    format!("{name}.node().any({})", link.slot)
                }
            },
            _ => format!("{name}.any({})", link.slot),
        }
    }
}

/// Binds a long text to a variable, because it cannot be broken well inside a call. Returns any other value unchanged.
pub(super) fn hoisted(value: Expr, input: &str, body: &mut Body) -> Expr {
    match value {
        Expr::Text(text) if !syntax::is_short(&text) => {
            let last = input.rsplit('.').next().unwrap_or(input);
            let name = body.locals.take_new(&names::identifier(last, "text"), body.at);
            body.statements.push(Stmt::bound(name.clone(), Expr::Text(text)));
            Expr::Atom(name)
        }
        value => value,
    }
}

/// Returns the name of the field of an output, if the class declares the output.
fn output_name(item: &Item<'_, '_, '_>, slot: u16) -> Option<String> {
    match &item.form {
        NodeForm::Typed(planned, _) => planned.outputs.get(usize::from(slot)).map(|output| output.ident.to_string()),
        NodeForm::Raw(_) => None,
    }
}

/// Returns a text, number or boolean as a Rust literal.
pub(super) fn literal(value: &Value, is_float: bool) -> Expr {
    match value {
        Value::Int(number) if is_float => Expr::Atom(format!("{number}.0")),
        Value::Float(number) => Expr::Atom(format!("{number:?}")),
        Value::String(text) => Expr::Text(text.to_string()),
        other => Expr::Atom(other.to_string()),
    }
}

/// Returns an integer literal for use outside of node literals, with a type suffix if it does not fit in an `i32`.
/// Returns `None` if the integer has more than 64 bits.
pub(super) fn whole(number: i128) -> Option<String> {
    if i32::try_from(number).is_ok() {
        return Some(number.to_string());
    }
    if i64::try_from(number).is_ok() {
        return Some(format!("{number}_i64"));
    }
    u64::try_from(number).ok().map(|number| format!("{number}_u64"))
}

/// Returns the modules of branches and rows that the nodes use, by their last segments.
pub(super) fn modules<'i>(items: &'i [Item<'_, '_, '_>]) -> HashMap<&'i str, BTreeSet<String>> {
    let mut found = HashMap::new();
    for item in items {
        if let NodeForm::Typed(planned, values) = &item.form {
            add_modules(values, &mut vec![planned.module.as_str()], &mut found);
        }
    }
    found
}

fn add_modules<'i>(
    values: &'i Values<'_, '_>,
    path: &mut Vec<&'i str>,
    found: &mut HashMap<&'i str, BTreeSet<String>>,
) {
    for filled in &values.fields {
        add_module(&filled.value, path, found);
    }
}

fn add_module<'i>(value: &'i Fit<'_, '_>, path: &mut Vec<&'i str>, found: &mut HashMap<&'i str, BTreeSet<String>>) {
    let (module, inner, values) = match value {
        Fit::List(items) => return items.iter().flatten().for_each(|item| add_module(item, path, found)),
        Fit::Branch(choice, branch, values) => (choice.module.as_str(), branch.module.as_str(), values),
        Fit::Row(rows, values) => (rows.module.as_str(), "row", values),
        _ => return,
    };
    path.push(module);
    found.entry(module).or_default().insert(path.join("::"));
    path.push(inner);
    add_modules(values, path, found);
    path.truncate(path.len() - 2);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Parses a number as rustc would.
    fn read(source: &str) -> Value {
        let (digits, minus) = source.strip_prefix('-').map_or((source, ""), |digits| (digits, "-"));
        match syn::parse_str::<syn::Lit>(digits) {
            Ok(syn::Lit::Int(int)) => format!("{minus}{}", int.base10_digits()).parse().map_or(Value::Null, Value::Int),
            Ok(syn::Lit::Float(float)) => {
                format!("{minus}{}", float.base10_digits()).parse().map_or(Value::Null, Value::Float)
            }
            _ => Value::Null,
        }
    }

    fn source(expr: Expr) -> String {
        match expr {
            Expr::Atom(text) => text,
            other => format!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn float_literals_keep_their_value(value in prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO) {
            let found = read(&source(literal(&Value::Float(value), false)));
            prop_assert_eq!(found.as_f64().map(f64::to_bits), Some(value.to_bits()));
        }

        #[test]
        fn whole_number_literals_keep_their_value(value in i128::from(i64::MIN)..=i128::from(u64::MAX)) {
            prop_assert_eq!(read(&source(literal(&Value::Int(value), false))), Value::Int(value));
            prop_assert_eq!(whole(value).map(|text| read(&text)), Some(Value::Int(value)));
        }
    }

    #[test]
    fn large_numbers_outside_of_node_literals_have_a_type_suffix() {
        let cases =
            [(5, "5"), (-5, "-5"), (3_000_000_000, "3000000000_i64"), (u64::MAX.into(), "18446744073709551615_u64")];
        for (value, text) in cases {
            assert_eq!(whole(value).as_deref(), Some(text));
        }
        assert_eq!(whole(i128::from(u64::MAX) + 1), None);
        assert_eq!(source(literal(&Value::Int(7), true)), "7.0");
    }
}
