//! Expansion of `workflow! { … }`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use crate::lower::Lowering;
use crate::recover;

/// Expands to an expression that builds and finishes the workflow.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut lowering = Lowering::default();
    let input = unwrapped(input);
    let alias = alias(&input);
    let body = recover::block(input, &mut lowering);
    let errors = lowering.report.into_tokens();
    let (graph, support) = (graph(), support());
    // Errors follow the body, because completion finds its position by counting characters.
    // With mixed-site hygiene, the block does not see our names, and we do not see the names of the block.
    quote_spanned! {Span::mixed_site()=>
        {
            #support
            let __owner = __c::Graph::new();
            let #graph = &__owner;
            #[allow(unexpected_cfgs)]
            let __outputs = {
                #alias
                #body
            };
            #errors
            __owner.finish(__outputs)
        }
    }
}

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
/// When `macro_rules!` passes the body on, the body's `graph` is another name than that of the call, so both are bound.
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

/// Returns the block of `workflow!({ … })`, which means the same as `workflow! { … }` but which rustfmt formats.
fn unwrapped(input: TokenStream) -> TokenStream {
    let mut trees = input.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => group.stream(),
        _ => input,
    }
}
