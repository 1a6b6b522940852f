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
    let (graph, support) = (graph(), support());
    // Mistakes come behind the body: completion finds its place by counting characters.
    // Names of our own cannot be seen from the block, nor the block's from ours.
    quote_spanned! {Span::mixed_site()=>
        {
            #support
            let __graph = __c::Graph::new();
            #[allow(unexpected_cfgs)]
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

/// The import that the expansion of every node literal relies on: short paths are fewer tokens for rustc to read.
pub(crate) fn support() -> TokenStream {
    quote_spanned! {Span::mixed_site()=>
        #[allow(unused_imports)]
        use ::comfy_runtime::__private as __c;
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
