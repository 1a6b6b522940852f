//! Check for the files that print to standard output or standard error.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::workspace::Sources;

/// The macros that print.
const MACROS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];
/// The functions of the standard library that give access to a stream to print to.
const STREAMS: &[&str] = &["stdout", "stderr"];

/// Returns the files that print, apart from code for tests. A file that cannot be parsed counts as one that prints.
pub fn printers(sources: &Sources) -> Vec<String> {
    let prints = |source: &str| source.parse::<TokenStream>().map_or(true, prints);
    sources.iter().filter(|(_, source)| prints(source)).map(|(file, _)| file.clone()).collect()
}

fn prints(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_punct =
        |at: usize, expected: char| matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() == expected);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_test_attribute(tokens.get(at + 1)) => {
                at = end_of_item(&tokens, at);
            }
            TokenTree::Group(group) if prints(group.stream()) => return true,
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let is_method = at > 0 && is_punct(at - 1, '.');
                // `Output { stdout: … }`, but not `stdout::…`.
                let is_field = matches!(tokens.get(at + 1), Some(TokenTree::Punct(p)) if p.as_char() == ':' && p.spacing() == Spacing::Alone);
                if MACROS.contains(&name.as_str()) && is_punct(at + 1, '!')
                    || STREAMS.contains(&name.as_str()) && !is_method && !is_field
                {
                    return true;
                }
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// Returns whether this is the bracket of `#[test]`, `#[cfg(test)]` or `#[cfg(all(test, …))]`.
fn is_test_attribute(bracket: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = bracket else { return false };
    let text: String = group.stream().to_string().chars().filter(|c| !c.is_whitespace()).collect();
    text == "test" || text.starts_with("cfg(test") || text.starts_with("cfg(all(test")
}

/// Returns the position of the last token of the item that begins at `at`: its body in braces, or a semicolon.
fn end_of_item(tokens: &[TokenTree], at: usize) -> usize {
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let rest = tokens.get(at..).unwrap_or_default();
    at + rest.iter().position(is_end).unwrap_or(rest.len())
}
