//! Parsing blocks that may be incomplete.
//!
//! Code that does not parse is passed on token by token, except that node literals in it are replaced as well. rustc
//! then reports the same syntax errors in the same places as without the macro. rust-analyzer, which mostly sees
//! incomplete code, finds field names and values where it expects them. For this, the expansion of incomplete code must
//! have the same form as that of complete code.

use std::iter::Peekable;

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::token::{Brace, Comma};
use syn::{Block, Expr, Path};

use crate::lower::{FieldValue, Lowering, RawField};

/// Returns the statements of a block with every node literal replaced.
pub(crate) fn block(tokens: TokenStream, lowering: &mut Lowering) -> TokenStream {
    match Block::parse_within.parse2(tokens.clone()) {
        Ok(statements) => lowering.statements(statements),
        Err(_) => statements(tokens, lowering),
    }
}

/// Replaces node literals statement by statement, and token by token in statements that do not parse.
fn statements(tokens: TokenStream, lowering: &mut Lowering) -> TokenStream {
    split(tokens, ';')
        .into_iter()
        .map(|(mut statement, semicolon)| {
            let broken = statement.clone();
            statement.extend(semicolon.clone().map(TokenTree::Punct));
            match Block::parse_within.parse2(statement) {
                Ok(statements) => lowering.statements(statements),
                Err(_) => {
                    let mut tokens = loose(broken, lowering);
                    tokens.extend(semicolon.map(TokenTree::Punct));
                    tokens
                }
            }
        })
        .collect()
}

/// Returns the parts between separators, each with the separator at its end.
fn split(tokens: TokenStream, separator: char) -> Vec<(TokenStream, Option<Punct>)> {
    let mut parts = Vec::new();
    let mut part = TokenStream::new();
    for tree in tokens {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == separator => {
                parts.push((std::mem::take(&mut part), Some(punct)));
            }
            other => part.extend([other]),
        }
    }
    if !part.is_empty() {
        parts.push((part, None));
    }
    parts
}

/// Replaces node literals in tokens that do not parse.
fn loose(tokens: TokenStream, lowering: &mut Lowering) -> TokenStream {
    let mut out = TokenStream::new();
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(ident) if starts_a_path(&ident) => {
                let path = path(ident, &mut trees);
                match brace(&mut trees) {
                    Some(group) => out.extend(literal(path, &group, lowering)),
                    None => out.extend(path),
                }
            }
            TokenTree::Group(group) => {
                let inner = match group.delimiter() {
                    Delimiter::Brace => statements(group.stream(), lowering),
                    _ => loose(group.stream(), lowering),
                };
                let mut replaced = Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            other => out.extend([other]),
        }
    }
    out
}

/// Returns whether a path to a node may start with this token, which must not be a keyword.
fn starts_a_path(ident: &Ident) -> bool {
    syn::parse2::<Ident>(ident.to_token_stream()).is_ok()
}

/// Reads the rest of a path after its first segment.
fn path(first: Ident, trees: &mut Peekable<IntoIter>) -> TokenStream {
    let mut path = TokenStream::from(TokenTree::Ident(first));
    while let Some(TokenTree::Punct(punct)) = trees.peek() {
        if punct.as_char() != ':' {
            break;
        }
        let mut ahead = trees.clone();
        let (colons, next) = ((ahead.next(), ahead.next()), ahead.next());
        let ((Some(first), Some(TokenTree::Punct(second))), Some(TokenTree::Ident(name))) = (colons, next) else {
            break;
        };
        if second.as_char() != ':' {
            break;
        }
        path.extend([first, TokenTree::Punct(second), TokenTree::Ident(name)]);
        *trees = ahead;
    }
    path
}

fn brace(trees: &mut Peekable<IntoIter>) -> Option<Group> {
    match trees.peek() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            let group = group.clone();
            trees.next();
            Some(group)
        }
        _ => None,
    }
}

/// Expands a path with braces: a node literal if the path may name a type, otherwise the same tokens.
fn literal(path: TokenStream, group: &Group, lowering: &mut Lowering) -> TokenStream {
    let parsed = syn::parse2::<Path>(path.clone()).ok().filter(names_a_type);
    let Some(parsed) = parsed else {
        let body = statements(group.stream(), lowering);
        return quote!(#path { #body });
    };
    let mut fields = Punctuated::<RawField, Comma>::new();
    for (field, comma) in split(group.stream(), ',') {
        match field_of(field.clone(), lowering) {
            Some(field) => fields.push_value(field),
            None => {
                lowering.report.push(syn::Error::new_spanned(field, "expected an input: `name` or `name: value`"));
                continue;
            }
        }
        if let Some(comma) = comma {
            fields.push_punct(Comma(comma.span()));
        }
    }
    lowering.broken(&parsed, Brace { span: group.delim_span() }, fields)
}

fn names_a_type(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}

/// Reads `name`, `name: value`, or an incomplete form of it.
fn field_of(tokens: TokenStream, lowering: &mut Lowering) -> Option<RawField> {
    let mut trees = tokens.into_iter();
    let Some(TokenTree::Ident(name)) = trees.next() else { return None };
    let value = match trees.next() {
        None => FieldValue::Parsed(syn::parse_quote!(#name)),
        Some(_) => {
            let rest: TokenStream = trees.collect();
            match syn::parse2::<Expr>(rest.clone()) {
                Ok(expr) => FieldValue::Parsed(expr),
                Err(_) => FieldValue::Broken(loose(rest, lowering)),
            }
        }
    };
    Some(RawField { name, value })
}
