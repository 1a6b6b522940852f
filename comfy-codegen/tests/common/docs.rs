//! What sources that are made from texts of strangers consist of: their expressions, and their documentation as rustdoc
//! reads it.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag, TextMergeStream};
use syn::visit::Visit;
use syn::{Attribute, Expr, ExprLit, File, Ident, Lit, Meta};

/// Returns the documentation of every item, field and variant of a file, and the notes of deprecated items, which
/// rustdoc reads as Markdown too.
pub(crate) fn documentation(file: &File) -> Vec<String> {
    let mut collector = Collector::default();
    collector.visit_file(file);
    collector.end();
    collector.found
}

#[derive(Default)]
struct Collector {
    /// The lines of the item whose attributes are being visited.
    lines: Vec<String>,
    found: Vec<String>,
}

impl Collector {
    fn end(&mut self) {
        if !self.lines.is_empty() {
            self.found.push(unindented(&std::mem::take(&mut self.lines)));
        }
    }
}

impl Visit<'_> for Collector {
    fn visit_attribute(&mut self, attribute: &Attribute) {
        match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => {
                if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value {
                    self.lines.push(text.value());
                }
            }
            Meta::List(list) if list.path.is_ident("deprecated") => {
                list.parse_nested_meta(|meta| {
                    self.found.push(meta.value()?.parse::<syn::LitStr>()?.value());
                    Ok(())
                })
                .unwrap();
            }
            _ => {}
        }
    }

    /// Every item has a name or a type after its attributes.
    fn visit_ident(&mut self, _: &Ident) {
        self.end();
    }
}

/// Removes the indentation that all lines share, as rustdoc does.
fn unindented(lines: &[String]) -> String {
    let indent = |line: &String| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns the events of Markdown, parsed with the options of rustdoc, without the texts in them.
pub(crate) fn shapes(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_SMART_PUNCTUATION;
    parse(markdown, options).iter().map(shape).collect()
}

/// Returns the events of Markdown, parsed with every extension of the parser but smart punctuation, which changes texts.
pub(crate) fn events(markdown: &str) -> Vec<Event<'_>> {
    parse(markdown, Options::all().difference(Options::ENABLE_SMART_PUNCTUATION))
}

/// Parses Markdown. Every link without a target is accepted, as rustdoc does for links to items (`[KSampler]`).
fn parse(markdown: &str, options: Options) -> Vec<Event<'_>> {
    let accept = |_: BrokenLink<'_>| Some((CowStr::from("target"), CowStr::from("")));
    TextMergeStream::new(Parser::new_with_broken_link_callback(markdown, options, Some(accept))).collect()
}

fn shape(event: &Event<'_>) -> String {
    match event {
        Event::Text(_) => "text".to_owned(),
        Event::Code(_) => "code".to_owned(),
        Event::Start(Tag::Link { link_type, .. }) => format!("link {link_type:?}"),
        other => format!("{other:?}"),
    }
}

/// Returns whether an expression only calls functions and names values, apart from the expressions in it.
pub(crate) const fn is_plain(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Path(_)
            | Expr::Lit(_)
            | Expr::Reference(_)
            | Expr::Field(_)
            | Expr::Struct(_)
            | Expr::Array(_)
            | Expr::Tuple(_)
            | Expr::Unary(_)
            | Expr::Cast(_)
    )
}
