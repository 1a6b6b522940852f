//! What holds for every Rust source that is made from texts of strangers.

use comfy_schema::shown::is_hidden;
use pulldown_cmark::{BrokenLink, CowStr, Event, Options, Parser, Tag, TagEnd};
use syn::visit::Visit;
use syn::{Attribute, Expr, ExprLit, File, Ident, Lit, Meta};

/// Checks that a source is valid Rust without hidden characters, whose documentation is nothing but paragraphs of text and
/// inline code.
pub(crate) fn assert_harmless(source: &str) {
    let file: File = syn::parse_file(source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    // A tab may stand in a raw literal.
    let hidden = source.chars().find(|&c| !matches!(c, '\n' | '\t') && is_hidden(c));
    assert_eq!(hidden, None, "{source}");
    let mut items = Items::default();
    items.visit_file(&file);
    items.end();
}

/// Checks the documentation of every item.
#[derive(Default)]
struct Items {
    /// The lines of the item whose attributes are being visited.
    lines: Vec<String>,
}

impl Items {
    fn end(&mut self) {
        if !self.lines.is_empty() {
            assert_plain(&std::mem::take(&mut self.lines).join("\n"));
        }
    }
}

impl Visit<'_> for Items {
    fn visit_attribute(&mut self, attribute: &Attribute) {
        if let Meta::NameValue(meta) = &attribute.meta
            && meta.path.is_ident("doc")
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
        {
            self.lines.push(text.value());
        }
    }

    /// Every item has a name or a type after its attributes.
    fn visit_ident(&mut self, _: &Ident) {
        self.end();
    }
}

/// Parses documentation with every extension of the parser, and as rustdoc does with links that have no target.
fn assert_plain(markdown: &str) {
    let accept = |_: BrokenLink<'_>| Some((CowStr::from("target"), CowStr::from("")));
    for event in Parser::new_with_broken_link_callback(markdown, Options::all(), Some(accept)) {
        let is_plain = match &event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph | TagEnd::Link) => true,
            Event::Text(_) | Event::Code(_) | Event::SoftBreak => true,
            Event::Start(Tag::Link { dest_url, .. }) => &**dest_url == "target",
            _ => false,
        };
        assert!(is_plain, "{event:?} in {markdown:?}");
    }
}
