//! What rust-analyzer completes from.
//!
//! It maps the cursor into the expansion. The real expansion holds field names in several places and wraps values in
//! calls, so a bare literal with nothing but the names the user has typed goes first, for rust-analyzer only.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;
use syn::punctuated::Punctuated;
use syn::token::Comma;

/// The bare literal, the user's own commas kept.
pub(super) fn skeleton(path: &Path, fields: &Punctuated<Ident, Comma>) -> TokenStream {
    quote! {
        #[cfg(rust_analyzer)]
        {
            let _ = #path { #fields };
        }
    }
}
