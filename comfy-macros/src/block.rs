//! `workflow! { … }`

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::lower::Lowering;
use crate::recover;

/// The expression that builds, finishes and gives the workflow.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut lowering = Lowering::default();
    let body = recover::block(unwrapped(input), &mut lowering);
    let errors = lowering.report.into_tokens();
    let graph = graph();
    // Mistakes come behind the body: completion finds its place by counting characters.
    // Names of our own cannot be seen from the block, nor the block's from ours.
    quote_spanned! {Span::mixed_site()=>
        {
            let __graph = ::comfy_runtime::__private::Graph::new();
            let __outputs = {
                #[allow(unused_variables)]
                let #graph = &__graph;
                #body
            };
            #errors
            __graph.finish(__outputs)
        }
    }
}

/// What the graph under construction is called inside: a name for the user to write.
pub(crate) fn graph() -> syn::Ident {
    syn::Ident::new("graph", Span::call_site())
}

/// `workflow!({ … })` is `workflow! { … }`, so that rustfmt, which formats expressions in parentheses, can help.
fn unwrapped(input: TokenStream) -> TokenStream {
    let mut trees = input.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => group.stream(),
        _ => input,
    }
}
