//! Check of error messages.

use syn::parse::{ParseStream, Parser};
use syn::visit::{self, Visit};
use syn::{Attribute, LitStr, Meta};

use super::InFile;

pub(super) fn check(syntax: &syn::File, verbatim: &[&str]) -> Vec<InFile> {
    let mut messages = Messages { verbatim, found: Vec::new() };
    messages.visit_file(syntax);
    messages.found
}

struct Messages<'a> {
    verbatim: &'a [&'a str],
    found: Vec<InFile>,
}

impl<'ast> Visit<'ast> for Messages<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        visit::visit_attribute(self, attribute);
        let Meta::List(list) = &attribute.meta else {
            return;
        };
        if !list.path.is_ident("error") {
            return;
        }
        let first = |input: ParseStream<'_>| {
            let literal: LitStr = input.parse()?;
            input.parse::<proc_macro2::TokenStream>()?;
            Ok(literal)
        };
        let Ok(literal) = Parser::parse2(first, list.tokens.clone()) else {
            return;
        };
        let message = literal.value();
        if let (Some(expected), false) = (message_fault(&message), self.verbatim.contains(&message.as_str())) {
            self.found.push((literal.span().start().line, message, expected.to_owned()));
        }
    }
}

/// Returns the form that is expected of an error message if the message begins with an upper-case letter or ends with a
/// full stop.
///
/// A message may begin with an identifier or abbreviation, which is a word with an underscore or with more than one
/// capital letter, and with one of the proper names listed in this function.
pub fn message_fault(message: &str) -> Option<&'static str> {
    const PROPER_NAMES: &[&str] = &["Mermaid", "Python", "Rust", "Vorbis"];
    let word: &str = message.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
    let is_common = word.chars().filter(|c| c.is_uppercase()).count() < 2 && !word.contains('_');
    if word.starts_with(char::is_uppercase) && is_common && !PROPER_NAMES.contains(&word) {
        Some("a lower-case letter at the beginning")
    } else if message.ends_with('.') {
        Some("no full stop at the end")
    } else {
        None
    }
}
