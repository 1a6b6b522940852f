//! Texts of workflows never become code or markup of imported sources.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../../comfy-codegen/tests/common/docs.rs"]
mod docs;
#[path = "../../comfy-codegen/tests/common/texts.rs"]
mod texts;

use comfy_import::{IdStyle, ImportOptions, Importer, Parameters};
use comfy_schema::shown::is_hidden;
use comfy_schema::{Map, Schema, Value};
use proptest::prelude::*;
use pulldown_cmark::{Event, Tag, TagEnd};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, Lit, Macro, Meta};
use texts::texts;

const SCHEMA: &str = r#"{
    "Load": {"input": {"required": {"image": ["STRING", {}], "mode": [["a", "b"], {}]}}, "output": ["IMAGE"]},
    "Save": {"input": {"required": {"images": ["IMAGE", {}], "size": ["INT", {"min": 0, "max": 5}]}},
             "output": [], "output_node": true}
}"#;

fn object(members: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map>())
}

fn node(class: &str, inputs: Vec<(&str, Value)>, title: &str) -> Value {
    let inputs = object(inputs.into_iter().map(|(name, value)| (name.to_owned(), value)));
    let meta = object([("title".to_owned(), Value::from(title))]);
    object([("class_type".into(), Value::from(class)), ("inputs".into(), inputs), ("_meta".into(), meta)])
}

/// Returns a prompt with a text as id, class, title, name and value, in typed nodes and in raw ones.
fn prompt(text: &str) -> Value {
    let link = |id: String| Value::Array(vec![Value::from(id), Value::from(0)]);
    let inner = format!("9{text}:1");
    object([
        ("1".to_owned(), node("Load", vec![("image", Value::from(text)), ("mode", Value::from(text))], text)),
        (inner.clone(), node(text, vec![(text, Value::from(text)), ("x", link("1".to_owned()))], text)),
        ("2".to_owned(), node("Save", vec![("images", link("1".to_owned())), ("size", Value::from(9))], text)),
        ("3".to_owned(), node("Save", vec![("images", link(inner)), (text, Value::from(text))], text)),
    ])
}

fn options(text: &str, style: u8) -> ImportOptions {
    let mut options = ImportOptions::new("imported");
    options.origin = Some(text.to_owned());
    options.functions = style & 1 > 0;
    options.function_names.insert(format!("9{text}"), text.to_owned());
    options.id_style = if style & 2 > 0 { IdStyle::Keep } else { IdStyle::Names };
    options.parameters = if style & 4 > 0 { Parameters::Auto } else { Parameters::None };
    options.tidy = style & 8 > 0;
    options
}

/// Checks that a source is nothing but imports and functions of calls and literals.
#[derive(Default)]
struct Checker {
    docs: Vec<String>,
    texts: Vec<String>,
}

impl<'f> Visit<'f> for Checker {
    fn visit_item(&mut self, item: &'f Item) {
        assert!(matches!(item, Item::Use(_) | Item::Fn(_)), "{item:?}");
        visit::visit_item(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'f Attribute) {
        let known = ["allow", "doc", "id", "title", "workflow"];
        assert!(known.iter().any(|name| attribute.path().is_ident(name)), "{attribute:?}");
        if let Meta::NameValue(meta) = &attribute.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
        {
            let list = if attribute.path().is_ident("doc") { &mut self.docs } else { &mut self.texts };
            list.push(text.value());
        }
    }

    fn visit_macro(&mut self, found: &'f Macro) {
        panic!("{found:?}");
    }

    fn visit_expr(&mut self, expr: &'f Expr) {
        assert!(docs::is_plain(expr), "{expr:?}");
        visit::visit_expr(self, expr);
    }

    fn visit_lit_str(&mut self, literal: &'f syn::LitStr) {
        self.texts.push(literal.value());
    }
}

/// Checks that documentation is text and inline code, as the parser that rustdoc uses reads it.
fn assert_plain(markdown: &str) {
    for event in docs::events(markdown) {
        let is_plain = match &event {
            Event::Start(Tag::Paragraph)
            | Event::End(TagEnd::Paragraph | TagEnd::Link)
            | Event::Text(_)
            | Event::Code(_) => true,
            // The importer's own link to the function.
            Event::Start(Tag::Link { dest_url, .. }) => &**dest_url == "target" && markdown.contains("[`imported`]"),
            _ => false,
        };
        assert!(is_plain, "{event:?} in {markdown:?}");
    }
}

fn assert_harmless(text: &str, style: u8) {
    let schema = Schema::from_slice(SCHEMA.as_bytes()).unwrap();
    let imported = Importer::new(&schema).import(&prompt(text), &options(text, style)).unwrap();
    let source = imported.source;
    // A tab may stand in a raw literal.
    let hidden = source.chars().find(|&c| !matches!(c, '\n' | '\t') && is_hidden(c));
    assert_eq!(hidden, None, "{source}");
    let file = syn::parse_file(&source).unwrap_or_else(|error| panic!("{error}\n{source}"));
    let mut checker = Checker::default();
    checker.visit_file(&file);
    checker.docs.iter().for_each(|markdown| assert_plain(markdown.trim_start()));
    assert!(checker.texts.iter().any(|found| found == text), "{source}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_stays_a_text(text in texts(0..10), style in 0_u8..16) {
        // A name that the nodes have themselves would be another prompt.
        prop_assume!(!["images", "size", "image", "mode", "x", "Load", "Save"].contains(&text.as_str()));
        assert_harmless(&text, style);
    }
}

#[test]
fn titles_that_end_a_comment_or_turn_it_around_are_escaped() {
    for text in
        ["a\n}\nfn evil() {}", "\u{202e}evil\u{2066}", "\u{85}fn evil() {}", "\u{2028}fn evil() {}", "`\n\n    evil();"]
    {
        (0..16).for_each(|style| assert_harmless(text, style));
    }
}
