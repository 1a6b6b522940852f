//! A node literal.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::{Pair, Punctuated};
use syn::spanned::Spanned;
use syn::token::Comma;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprStruct, Member, Path, PathArguments};

use super::label::Label;
use super::skeleton::skeleton;
use super::value::{Field, Value};
use super::Lowering;

/// A field of a literal, however much of it has been typed.
pub(crate) struct RawField {
    pub(crate) name: Ident,
    pub(crate) value: FieldValue,
}

/// The value of a field.
pub(crate) enum FieldValue {
    Parsed(Expr),
    /// Tokens that are no expression.
    Broken(TokenStream),
}

impl Lowering {
    /// Replaces a struct literal by what places its node, unless it is marked as a plain one.
    pub(super) fn node(&mut self, expr: &mut Expr, binding: Option<&Ident>) {
        let Expr::Struct(literal) = expr else { return };
        let label = Label::read(&literal.attrs, &mut self.report);
        literal.attrs.clear();
        if label.plain {
            visit_mut::visit_expr_struct_mut(self, literal);
            return;
        }
        let tokens = self.literal_tokens(literal, &label, binding);
        *expr = Expr::Verbatim(tokens);
    }

    fn literal_tokens(&mut self, literal: &mut ExprStruct, label: &Label, binding: Option<&Ident>) -> TokenStream {
        if let Some(dots) = &literal.dot2_token {
            self.report.error(dots.span(), "a node literal lists its inputs; it cannot take the rest from another");
        }
        if let Some(qself) = &literal.qself {
            self.report.error(qself.span(), "a node is named by a plain path");
        }
        let mut fields = Punctuated::<RawField, Comma>::new();
        for pair in std::mem::take(&mut literal.fields).into_pairs() {
            let (field, comma) = pair.into_tuple();
            if let Some(attr) = field.attrs.first() {
                self.report.error(attr.span(), "inputs take no attributes");
            }
            match field.member {
                Member::Named(name) => {
                    fields.push_value(RawField { name, value: FieldValue::Parsed(field.expr) });
                    if let Some(comma) = comma {
                        fields.push_punct(comma);
                    }
                }
                Member::Unnamed(index) => self.report.error(index.span(), "inputs have names, not numbers"),
            }
        }
        self.placed(&literal.path, fields, label, binding)
    }

    /// What places a node: values first, then the node itself, so that nested nodes come before it.
    fn placed(
        &mut self,
        path: &Path,
        fields: Punctuated<RawField, Comma>,
        label: &Label,
        binding: Option<&Ident>,
    ) -> TokenStream {
        let names: Punctuated<Ident, Comma> = fields
            .pairs()
            .map(|pair| match pair {
                Pair::Punctuated(field, comma) => Pair::Punctuated(field.name.clone(), *comma),
                Pair::End(field) => Pair::End(field.name.clone()),
            })
            .collect();
        let skeleton = skeleton(path, &names);
        let class = without_arguments(path);
        let span = path.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
        let idents: Vec<&Ident> = names.iter().collect();
        let given: Vec<String> = idents.iter().map(|name| name.unraw().to_string()).collect();

        let mut lets = TokenStream::new();
        let mut puts = TokenStream::new();
        let mut stored = Vec::new();
        for (index, (field, name)) in fields.into_iter().zip(&given).enumerate() {
            let value_span = field.value.span();
            let shorthand = matches!(&field.value, FieldValue::Parsed(Expr::Path(path)) if path.path.is_ident(&field.name));
            let value = match field.value {
                FieldValue::Parsed(expr) => self.value(expr, Field { node: &class, name, in_list: false }),
                FieldValue::Broken(tokens) => Value { tokens, simple: false },
            };
            let put = format_ident!("__f{index}", span = Span::mixed_site());
            let argument = if value.simple || shorthand {
                value.tokens
            } else {
                let variable = Ident::new(&format!("__v{index}"), Span::mixed_site().located_at(value_span));
                let tokens = value.tokens;
                lets.extend(quote_spanned!(Span::mixed_site()=> let #variable = #tokens;));
                variable.into_token_stream()
            };
            puts.extend(quote_spanned!(value_span.resolved_at(Span::mixed_site())=>
                let #put = ::comfy_runtime::__private::IntoField::put(#argument, &__site);));
            stored.push(put);
        }

        let binding = binding.map(|name| name.unraw().to_string());
        let label = label.tokens(binding.as_deref());
        let graph = crate::block::graph();
        let located = span.resolved_at(Span::mixed_site());
        let open = quote_spanned!(located=> ::comfy_runtime::__private::Site::open(#graph, __GIVEN, #label));
        let check = quote_spanned!(located=> <#class as ::comfy_runtime::__private::Node>::DESC.given([#(#given),*]));
        quote_spanned! {Span::mixed_site()=> {
            #skeleton
            const __GIVEN: &[u16] = &#check;
            #lets
            let __site = #open;
            #puts
            #[allow(clippy::all, clippy::pedantic, unreachable_code)]
            let __shape = if false {
                ::core::option::Option::Some(#path { #(#idents: #stored,)* ..::comfy_runtime::__private::rest() })
            } else {
                ::core::option::Option::None
            };
            __site.place(__shape)
        }}
    }

    /// A literal that could only be read in part.
    pub(crate) fn broken(&mut self, path: &Path, fields: Punctuated<RawField, Comma>) -> TokenStream {
        self.placed(path, fields, &Label::default(), None)
    }

    /// An expression with its node literals replaced.
    pub(crate) fn expression(&mut self, mut expr: Expr) -> TokenStream {
        self.visit_expr_mut(&mut expr);
        expr.into_token_stream()
    }
}

impl FieldValue {
    fn span(&self) -> Span {
        match self {
            Self::Parsed(expr) => expr.span(),
            Self::Broken(tokens) => tokens.span(),
        }
    }
}

/// The path as a type of which only constants are asked: type arguments take their defaults, because a constant cannot
/// name the type parameters of the function it stands in.
fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    path
}
