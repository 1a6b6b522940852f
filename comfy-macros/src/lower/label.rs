//! The attributes `#[id = "…"]`, `#[title = "…"]` and `#[plain]` of struct literals.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

use crate::report::Report;

/// The attributes of a struct literal.
#[derive(Default)]
pub(super) struct Label {
    /// Whether the literal is an ordinary struct, not a node.
    pub(super) plain: bool,
    id: Option<LitStr>,
    title: Option<LitStr>,
}

/// Returns whether an attribute sets the id or the title of a node.
pub(super) fn is_label(attr: &Attribute) -> bool {
    attr.path().is_ident("id") || attr.path().is_ident("title")
}

impl Label {
    /// Reads the attributes. An unknown attribute is an error.
    pub(super) fn read(attrs: &[Attribute], report: &mut Report) -> Self {
        let mut label = Self::default();
        for attr in attrs {
            if let Err(error) = label.attribute(attr) {
                report.push(error);
            }
        }
        label
    }

    fn attribute(&mut self, attr: &Attribute) -> syn::Result<()> {
        match &attr.meta {
            Meta::Path(path) if path.is_ident("plain") => self.plain = true,
            Meta::NameValue(pair) if pair.path.is_ident("id") => self.id = Some(text(&pair.value)?),
            Meta::NameValue(pair) if pair.path.is_ident("title") => self.title = Some(text(&pair.value)?),
            meta => {
                return Err(syn::Error::new_spanned(
                    meta,
                    "unknown attribute; a node literal accepts `#[id = \"…\"]` and `#[title = \"…\"]`, an ordinary struct `#[plain]`",
                ));
            }
        }
        Ok(())
    }

    /// Returns the fields of the runtime's `Literal` that are set, which is at most the binding for most literals.
    pub(super) fn tokens(&self, binding: Option<&str>) -> TokenStream {
        let binding = binding.map(|name| quote!(binding: __c::Some(#name),));
        let id = self.id.as_ref().map(|id| quote!(id: __c::Some(#id),));
        let title = self.title.as_ref().map(|title| quote!(title: __c::Some(#title),));
        quote!(#binding #id #title ..__c::Literal::UNNAMED)
    }
}

fn text(value: &Expr) -> syn::Result<LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.clone()),
        other => Err(syn::Error::new_spanned(other, "expected a string literal")),
    }
}
