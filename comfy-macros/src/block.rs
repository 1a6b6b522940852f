//! Expansion of `workflow! { … }`.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::bindings::{alias, graph, support};
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

/// Returns the block of `workflow!({ … })`, which means the same as `workflow! { … }` but which rustfmt formats.
fn unwrapped(input: TokenStream) -> TokenStream {
    let mut trees = input.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => group.stream(),
        _ => input,
    }
}
