//! A bare struct literal for completion in rust-analyzer.
//!
//! rust-analyzer maps the cursor into the expansion. The real expansion contains field names in several places and wraps
//! values in calls. So a bare literal with only the names that the user has typed precedes it, for rust-analyzer only.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::Path;
use syn::punctuated::Punctuated;
use syn::token::Comma;

/// Returns the bare literal with the commas that the user typed.
pub(super) fn skeleton(path: &Path, fields: &Punctuated<Ident, Comma>) -> TokenStream {
    quote! {
        #[cfg(rust_analyzer)]
        {
            let _ = #path { #fields };
        }
    }
}
