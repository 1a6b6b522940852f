//! A schema whose texts try to become code gives names and texts only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;
#[path = "common/docs.rs"]
mod docs;
#[path = "common/evil.rs"]
mod evil;

use std::collections::BTreeSet;

use comfy_codegen::Config;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ImplItem, Item, LitStr, Macro};

/// Collects what a generated file consists of.
#[derive(Default)]
struct Parts {
    attributes: BTreeSet<String>,
    items: BTreeSet<&'static str>,
    functions: BTreeSet<String>,
    macros: Vec<String>,
    literals: BTreeSet<String>,
}

impl<'f> Visit<'f> for Parts {
    fn visit_attribute(&mut self, attribute: &'f Attribute) {
        let names: Vec<String> = attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.attributes.insert(names.join("::"));
        if attribute.path().is_ident("doc") || attribute.path().is_ident("deprecated") {
            return;
        }
        visit::visit_attribute(self, attribute);
    }

    fn visit_item(&mut self, item: &'f Item) {
        self.items.insert(match item {
            Item::Struct(_) => "struct",
            Item::Enum(_) => "enum",
            Item::Impl(_) => "impl",
            Item::Mod(_) => "mod",
            Item::Use(_) => "use",
            Item::Macro(_) => "macro",
            _ => "other",
        });
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'f ImplItem) {
        if let ImplItem::Fn(function) = item {
            // The setters of builders have the names of inputs, and all do the same.
            let arguments: Vec<String> = function.sig.inputs.iter().map(|_| "_".to_owned()).collect();
            self.functions.insert(format!("({}) {{ {} }}", arguments.join(", "), function.block.stmts.len()));
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_expr(&mut self, expr: &'f Expr) {
        assert!(docs::is_plain(expr), "{expr:?}");
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, found: &'f Macro) {
        self.macros.push(found.path.segments.iter().map(|segment| segment.ident.to_string()).collect::<String>());
    }

    fn visit_lit_str(&mut self, literal: &'f LitStr) {
        self.literals.insert(literal.value());
    }
}

#[test]
fn texts_of_a_schema_become_names_and_texts_only() {
    let path = common::file("evil", "evil.json", evil::schema().to_string());
    for pretty in [false, true] {
        let source = Config::new().schema(&path).pretty(pretty).source().unwrap().source;
        let file = syn::parse_file(&source).unwrap();
        let mut parts = Parts::default();
        parts.visit_file(&file);
        let strings = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(parts.attributes, strings(&["allow", "deprecated", "doc", "inline", "must_use"]));
        assert_eq!(parts.items, BTreeSet::from(["enum", "impl", "macro", "mod", "struct", "use"]));
        assert_eq!(parts.macros, ["comfy_runtimegenerated_format"]);
        assert!(parts.functions.iter().all(|function| function.ends_with("{ 1 }")), "{:?}", parts.functions);
        for payload in evil::PAYLOADS {
            assert!(parts.literals.contains(payload), "{payload:?} is the literal of an option");
        }
        assert_plain_documentation(&file);
    }
}

fn assert_plain_documentation(file: &syn::File) {
    for markdown in docs::documentation(file) {
        for event in docs::shapes(&markdown) {
            let known = [
                "Start(Paragraph)",
                "End(Paragraph)",
                "text",
                "code",
                "SoftBreak",
                "link ShortcutUnknown",
                "End(Link)",
            ];
            assert!(known.contains(&event.as_str()), "{event} in\n{markdown}");
        }
    }
}
