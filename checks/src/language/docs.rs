//! Check of the first paragraphs of doc comments.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use super::InFile;
use crate::syntax::{attributes, is_test_only};

pub(super) fn check(syntax: &syn::File) -> Vec<InFile> {
    let mut docs = Docs::default();
    docs.visit_file(syntax);
    docs.found
}

#[derive(Default)]
struct Docs {
    found: Vec<InFile>,
}

/// Visits everything that can have a doc comment. Items that are compiled for tests alone are skipped.
impl<'ast> Visit<'ast> for Docs {
    fn visit_file(&mut self, file: &'ast syn::File) {
        if !is_test_only(&file.attrs) {
            self.doc(&file.attrs);
            file.items.iter().for_each(|item| self.visit_item(item));
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        let Some(attributes) = attributes(item) else { return };
        if !is_test_only(attributes) {
            self.doc(attributes);
            visit::visit_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.doc(&field.attrs);
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        self.doc(&variant.attrs);
        visit::visit_variant(self, variant);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.doc(&item.attrs);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test_only(&item.attrs) {
            self.doc(&item.attrs);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_const(&mut self, item: &'ast syn::TraitItemConst) {
        self.doc(&item.attrs);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.doc(&item.attrs);
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_trait_item_type(&mut self, item: &'ast syn::TraitItemType) {
        self.doc(&item.attrs);
    }
}

impl Docs {
    fn doc(&mut self, attributes: &[Attribute]) {
        let Some((place, text)) = doc_comment(attributes) else {
            return;
        };
        if let Some((paragraph, expected)) = first_paragraph_fault(&text) {
            self.found.push((place.start().line, paragraph, expected.to_owned()));
        }
    }
}

/// Returns the doc comment among the attributes and the place where it begins. Returns `None` if there is none, or if
/// it is included from a file.
fn doc_comment(attributes: &[Attribute]) -> Option<(Span, String)> {
    let mut place = None;
    let mut text = String::new();
    for attribute in attributes {
        match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => {
                let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &pair.value else {
                    return None;
                };
                place.get_or_insert(attribute.pound_token.spans[0]);
                text.push_str(&line.value());
                text.push('\n');
            }
            _ => {}
        }
    }
    place.map(|place| (place, text))
}

/// Returns the first paragraph of a doc comment and the form that is expected of it, if it does not begin with a
/// capital letter or does not end with a full stop. A colon may stand at its end if a list, a table or code follows.
pub fn first_paragraph_fault(text: &str) -> Option<(String, &'static str)> {
    let is_block =
        |line: &str| line.starts_with(['*', '-', '|', '#', '>']) || line.starts_with("```") || line.starts_with("1.");
    let mut lines = text.lines().map(str::trim).skip_while(|line| line.is_empty()).peekable();
    let mut paragraph = String::new();
    while let Some(line) = lines.next_if(|line| !line.is_empty() && (paragraph.is_empty() || !is_block(line))) {
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line);
    }
    let begin = paragraph.trim_start_matches(['[', '*', '_', '"']);
    let end = paragraph.trim_end_matches([')', '*', '_', '"', '\'']);
    let introduces = paragraph.ends_with(':') && lines.find(|line| !line.is_empty()).is_some_and(is_block);
    let expected = if begin.starts_with('`') {
        "a word before the code span"
    } else if !begin.starts_with(char::is_uppercase) {
        "a capital letter at the beginning"
    } else if !end.ends_with('.') && !introduces {
        "a full stop at the end of the first paragraph"
    } else {
        return None;
    };
    Some((paragraph, expected))
}
