//! The names that every expansion brings into scope.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// Returns the import that the expansion of every node literal relies on. Short paths are fewer tokens for rustc.
pub(crate) fn support() -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        #[allow(unused_imports)]
        use ::comfy_runtime::__private as __c;
    }
}

/// Returns the hidden name of the graph under construction, which node literals use.
pub(crate) fn graph() -> Ident {
    Ident::new("__graph", Span::mixed_site())
}

/// Returns the statements that bind `graph`, the name that users write, to the graph under construction.
///
/// If a `macro_rules!` macro passes the body on, hygiene makes `graph` in the body a different name than `graph` at the
/// call site, so both are bound.
pub(crate) fn alias(body: &TokenStream) -> TokenStream {
    let names = [Some(Span::call_site()), span_of_graph(body)].into_iter().flatten();
    let (names, graph) = (names.map(|span| Ident::new("graph", span)), graph());
    quote!(#(#[allow(unused_variables)] let #names = #graph;)*)
}

/// Returns the span of the first `graph` in a body.
fn span_of_graph(body: &TokenStream) -> Option<Span> {
    body.clone().into_iter().find_map(|tree| match tree {
        TokenTree::Ident(name) if name == "graph" => Some(name.span()),
        TokenTree::Group(group) => span_of_graph(&group.stream()),
        _ => None,
    })
}
