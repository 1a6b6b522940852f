//! Lays out the tree in lines, as rustfmt does with its defaults.
//!
//! The rules of rustfmt were found by trial. A struct literal stays on one line if its fields take at most 18 columns,
//! a list or the arguments of a call if they take at most 60 columns (a single item may take the whole line), and a
//! chain of calls if it takes at most 60 columns. Lists of short items are filled line by line. A value that fits only
//! on the next line begins there.

// Writing to a string cannot fail.
use std::fmt::Write as _;

use comfy_codegen::text::comment as escaped;

use super::text::{self, width};
use super::{Expr, Field, Function, Stmt, Struct};

/// The option `max_width` of rustfmt.
const LINE: usize = 100;
/// The option `struct_lit_width`.
const STRUCT: usize = 18;
/// The options `array_width`, `fn_call_width` and `chain_width`.
const ITEMS: usize = 60;
/// The option `short_array_element_width_threshold`.
const SHORT_ITEM: usize = 10;
/// The option `tab_spaces`.
const TAB: usize = 4;

/// The position of an expression.
#[derive(Clone, Copy)]
struct Position {
    /// The indent of its line.
    indent: usize,
    /// The column at which the expression begins.
    column: usize,
    /// The number of columns that must stay free behind it, for a comma or semicolon.
    after: usize,
}

impl Position {
    /// Returns the position of an item inside this expression that is on its own line and followed by a comma.
    fn line(self) -> Self {
        let indent = self.indent + TAB;
        Self { indent, column: indent, after: 1 }
    }

    fn holds(self, line: &str) -> bool {
        self.column + width(line) + self.after <= LINE
    }
}

pub(super) fn function(function: &Function) -> String {
    let mut out = String::new();
    for line in &function.docs {
        out.push_str(if line.is_empty() { "///" } else { "/// " });
        out.push_str(line);
        out.push('\n');
    }
    for attribute in &function.attributes {
        out.push_str(attribute);
        out.push('\n');
    }
    out.push_str(&signature(function));
    if function.body.is_empty() && function.tail.is_none() {
        out.push_str("}\n");
        return out;
    }
    out.push('\n');
    for stmt in &function.body {
        statement(stmt, ";", &mut out);
    }
    if let Some(tail) = &function.tail {
        statement(tail, "", &mut out);
    }
    out.push_str("}\n");
    out
}

/// Returns the function up to the brace that opens its body.
fn signature(function: &Function) -> String {
    let (head, parameters) = (&function.head, &function.parameters);
    let output = match function.output.as_slice() {
        [] => String::new(),
        [only] => format!(" -> {only}"),
        several => {
            let types = several.join(", ");
            let is_wide = width(&types) > ITEMS;
            if is_wide { format!(" -> (\n    {},\n)", several.join(",\n    ")) } else { format!(" -> ({types})") }
        }
    };
    let line = format!("{head}({}){output}", parameters.join(", "));
    if !line.contains('\n') && width(&line) + 2 <= LINE {
        return format!("{line} {{");
    }
    if !parameters.is_empty() {
        return format!("{head}(\n    {},\n){output} {{", parameters.join(",\n    "));
    }
    if line.contains('\n') {
        return format!("{line} {{");
    }
    // rustfmt lets this line be a column too wide.
    if width(&line) <= LINE + 1 { format!("{line}\n{{") } else { format!("{head}()\n{} {{", output.trim_start()) }
}

fn statement(stmt: &Stmt, end: &str, out: &mut String) {
    if let Some(text) = &stmt.comment {
        comment(text, TAB, out);
    }
    for attribute in &stmt.attributes {
        let _ = writeln!(out, "    {attribute}");
    }
    let place = Position { indent: TAB, column: TAB, after: end.len() };
    let pattern = match stmt.names.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(pattern(several, place)),
    };
    let written = match pattern {
        Some(pattern) => {
            let head = format!("let {pattern} =");
            let last = head.lines().next_back().unwrap_or_default();
            let column = if head.contains('\n') { width(last) - place.column } else { width(last) };
            let value = beside(&stmt.value, column + 1, place);
            format!("{head}{value}")
        }
        None => expr(&stmt.value, place),
    };
    out.push_str(&" ".repeat(TAB));
    out.push_str(&written);
    out.push_str(end);
    out.push('\n');
}

/// Returns the names of a tuple pattern, on one line if they fit.
fn pattern(names: &[String], place: Position) -> String {
    let line = format!("({})", names.join(", "));
    if place.column + "let ".len() + width(&line) < LINE {
        return line;
    }
    let names: Vec<Expr> = names.iter().map(Expr::atom).collect();
    expr(&Expr::Tuple(names), place)
}

/// Writes a comment, broken into lines. No part of the text can end a line, because hidden characters are escaped.
fn comment(text: &str, indent: usize, out: &mut String) {
    let room = LINE - indent - 3;
    let mut line = String::new();
    let mut push = |line: &str| {
        let _ = writeln!(out, "{:indent$}// {line}", "");
    };
    for word in escaped(text).split_whitespace() {
        if !line.is_empty() && width(&line) + 1 + width(word) > room {
            push(&line);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    push(&line);
}

/// Returns the value after `let x =`, or a name after `name:`, preceded by a space or, if it fits only on the next
/// line, by a line break.
fn beside(value: &Expr, head: usize, place: Position) -> String {
    let here = Position { column: place.column + head, ..place };
    let next = Position { indent: place.indent + TAB, column: place.indent + TAB, ..place };
    if let Expr::Text(_) = value {
        return format!(" {}", expr(value, here));
    }
    let line = one_line(value).filter(|line| !here.holds(line));
    if let Some(line) = line.filter(|line| next.holds(line)) {
        return format!("\n{:1$}{line}", "", next.indent);
    }
    let written = expr(value, here);
    let first = written.lines().next().unwrap_or_default();
    if written.contains('\n') && here.column + width(first) > LINE {
        return format!("\n{:1$}{2}", "", next.indent, expr(value, next));
    }
    format!(" {written}")
}

fn expr(value: &Expr, place: Position) -> String {
    // The literal of a text tries one line itself, which takes time for a long text.
    let line = if let Expr::Text(_) = value { None } else { one_line(value) };
    if let Some(line) = line
        && place.holds(&line)
    {
        return line;
    }
    match value {
        Expr::Atom(text) if is_chain(text) => text.replace('.', &format!("\n{:1$}.", "", place.indent + TAB)),
        Expr::Atom(text) => text.clone(),
        Expr::Text(text) => text::literal(text, place.column, LINE - place.after),
        Expr::Struct(literal) => structure(literal, place),
        Expr::List(items) => list(items, place),
        Expr::Tuple(items) => delimited("(", items, ")", place),
        Expr::Call(name, arguments) => delimited(&format!("{name}("), arguments, ")", place),
        Expr::Chain(receiver, calls) => chain(receiver, calls, place),
    }
}

/// Returns the expression on one line, if rustfmt would leave it there, regardless of the width of the line.
fn one_line(value: &Expr) -> Option<String> {
    match value {
        Expr::Atom(text) if is_chain(text) => None,
        Expr::Atom(text) => Some(text.clone()),
        Expr::Text(text) => text::one_line(text),
        Expr::Struct(literal) => {
            let body = short_body(literal).filter(|body| body.len() <= STRUCT)?;
            let braces = if body.is_empty() { "{}".to_owned() } else { format!("{{ {body} }}") };
            let then = literal.then.as_ref().map(|then| format!(".{then}")).unwrap_or_default();
            Some(format!("{} {braces}{then}", literal.path))
        }
        Expr::List(items) => items_on_a_line(items).map(|items| format!("[{items}]")),
        Expr::Tuple(items) => items_on_a_line(items).map(|items| format!("({items})")),
        Expr::Call(name, arguments) => items_on_a_line(arguments).map(|arguments| format!("{name}({arguments})")),
        Expr::Chain(receiver, calls) => {
            let mut line = receiver.clone();
            for (name, arguments) in calls {
                let _ = write!(line, ".{name}({})", items_on_a_line(arguments)?);
            }
            (width(&line) <= ITEMS).then_some(line)
        }
    }
}

/// Returns whether an atom is a chain too long for a line, such as `sampler.output.any()`.
fn is_chain(text: &str) -> bool {
    width(text) > ITEMS && text.matches('.').count() > 1 && !text.contains('"')
}

/// Returns the fields of a struct literal, if they are short enough for one line.
fn short_body(literal: &Struct) -> Option<String> {
    let mut fields = Vec::new();
    for field in &literal.fields {
        if field.comment.is_some() {
            return None;
        }
        fields.push(match &field.value {
            Expr::Atom(value) if *value == field.name => value.clone(),
            value => format!("{}: {}", field.name, one_line(value)?),
        });
    }
    Some(fields.join(", ")).filter(|body| width(body) <= STRUCT)
}

fn items_on_a_line(items: &[Expr]) -> Option<String> {
    let items: Option<Vec<String>> = items.iter().map(one_line).collect();
    items
        .map(|items| (items.len(), items.join(", ")))
        .filter(|(count, line)| *count == 1 || width(line) <= ITEMS)
        .map(|(_, line)| line)
}

fn structure(literal: &Struct, place: Position) -> String {
    let mut out = format!("{} {{\n", literal.path);
    let inner = place.line();
    match short_body(literal) {
        // If the fields are short in columns but not in bytes, rustfmt puts them on one line of their own.
        Some(body) if body.len() > STRUCT => {
            let _ = writeln!(out, "{:1$}{body}", "", inner.indent);
        }
        _ => literal.fields.iter().for_each(|field| push_field(field, inner, &mut out)),
    }
    let _ = write!(out, "{:1$}}}", "", place.indent);
    if let Some(then) = &literal.then {
        let _ = write!(out, "\n{:1$}.{then}", "", place.indent);
    }
    out
}

fn push_field(field: &Field, place: Position, out: &mut String) {
    if let Some(text) = &field.comment {
        comment(text, place.indent, out);
    }
    out.push_str(&" ".repeat(place.indent));
    match &field.value {
        Expr::Atom(value) if *value == field.name => out.push_str(value),
        value => {
            let head = format!("{}:", field.name);
            out.push_str(&head);
            let here = Position { column: place.column + width(&head) + 1, ..place };
            match value {
                Expr::Atom(_) => out.push_str(&beside(value, width(&head) + 1, place)),
                // An expression that can be broken begins on the line of its field.
                _ => {
                    let _ = write!(out, " {}", expr(value, here));
                }
            }
        }
    }
    out.push_str(",\n");
}

/// Returns a list over several lines. A single struct literal begins on the line of the bracket.
fn list(items: &[Expr], place: Position) -> String {
    if let [Expr::Struct(only)] = items
        && only.then.is_none()
    {
        return format!("[{}]", structure(only, place));
    }
    delimited("[", items, "]", place)
}

/// Returns short items over several lines, as many in a line as fit.
fn filled(open: &str, items: &[String], close: &str, place: Position) -> String {
    let inner = place.line();
    let mut out = format!("{open}\n");
    let mut line = " ".repeat(inner.indent);
    for (at, item) in items.iter().enumerate() {
        let gap = usize::from(at > 0 && width(&line) > inner.indent);
        // If one line holds all items, the last comma may be a column further right.
        let is_only = at + 1 == items.len() && out.lines().count() == 1;
        let room = if is_only { LINE } else { LINE - 1 };
        if at > 0 && width(&line) + gap + width(item) + 1 > room {
            out.push_str(&line);
            out.push('\n');
            line = " ".repeat(inner.indent);
        } else if gap > 0 {
            line.push(' ');
        }
        line.push_str(item);
        line.push(',');
    }
    out.push_str(&line);
    let _ = write!(out, "\n{:1$}{close}", "", place.indent);
    out
}

/// Returns items over several lines. Short items fill the lines, others have a line each.
fn delimited(open: &str, items: &[Expr], close: &str, place: Position) -> String {
    let lines: Option<Vec<String>> = items.iter().map(one_line).collect();
    if let Some(lines) = lines.filter(|lines| lines.iter().all(|line| line.len() <= SHORT_ITEM)) {
        return filled(open, &lines, close, place);
    }
    let inner = place.line();
    let mut out = format!("{open}\n");
    for item in items {
        let _ = writeln!(out, "{:1$}{2},", "", inner.indent, expr(item, inner));
    }
    let _ = write!(out, "{:1$}{close}", "", place.indent);
    out
}

fn chain(receiver: &str, calls: &[(String, Vec<Expr>)], place: Position) -> String {
    let mut out = receiver.to_owned();
    let inner = Position { after: 0, ..place.line() };
    for (name, arguments) in calls {
        let dotted = format!(".{name}");
        let call = Expr::Call(dotted, arguments.clone());
        let _ = write!(out, "\n{:1$}{2}", "", inner.indent, expr(&call, inner));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(path: &str, fields: Vec<(&str, Expr)>) -> Expr {
        let fields = fields.into_iter().map(|(name, value)| Field { name: name.to_owned(), value, comment: None });
        Expr::Struct(Struct { path: path.to_owned(), fields: fields.collect(), then: None })
    }

    fn at(column: usize) -> Position {
        Position { indent: 4, column, after: 1 }
    }

    #[test]
    fn a_struct_of_eighteen_columns_stays_on_its_line() {
        let short = node("VAEDecode", vec![("samples", Expr::atom("samples")), ("vae", Expr::atom("vae"))]);
        assert_eq!(expr(&short, at(4)), "VAEDecode { samples, vae }");
        let long = node("VAEDecode", vec![("samples", Expr::atom("samples")), ("vae", Expr::atom("loader.vae"))]);
        assert_eq!(expr(&long, at(4)), "VAEDecode {\n        samples,\n        vae: loader.vae,\n    }");
    }

    #[test]
    fn short_items_fill_lines() {
        let items = Expr::List((0..40).map(|at| Expr::atom(format!("image_{at}"))).collect());
        let text = expr(&items, at(8));
        assert!(text.lines().all(|line| width(line) <= LINE), "{text}");
        assert!(text.lines().count() < 9, "{text}");
    }

    #[test]
    fn comments_are_broken_at_words() {
        let mut out = String::new();
        comment(&"word ".repeat(40), 4, &mut out);
        assert!(
            out.lines().count() > 1 && out.lines().all(|line| width(line) <= LINE && line.starts_with("    // word"))
        );
    }
}
