//! `#[id = "…"]`, `#[title = "…"]` and `#[plain]` before a struct literal.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

use crate::report::Report;

/// What the attributes of a struct literal say.
#[derive(Default)]
pub(super) struct Label {
    /// It is no node.
    pub(super) plain: bool,
    id: Option<LitStr>,
    title: Option<LitStr>,
}

/// Whether an attribute names a node.
pub(super) fn is_label(attr: &Attribute) -> bool {
    attr.path().is_ident("id") || attr.path().is_ident("title")
}

impl Label {
    /// Reads the attributes; what is none of ours is a mistake.
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
                    "a node literal takes `#[id = \"…\"]` and `#[title = \"…\"]`; an ordinary struct is marked `#[plain]`",
                ));
            }
        }
        Ok(())
    }

    /// The fields of the runtime's `Literal` that it fills; most literals have a name at most.
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
        other => Err(syn::Error::new_spanned(other, "expected a text in quotes")),
    }
}
