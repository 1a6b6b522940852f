//! Expansion of a node literal.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::{Pair, Punctuated};
use syn::spanned::Spanned;
use syn::token::{Brace, Comma};
use syn::visit_mut;
use syn::{Expr, ExprStruct, Member, Path, PathArguments};

use super::Lowering;
use super::label::Label;
use super::skeleton::skeleton;
use super::value::{Checked, Field, Value, key};

/// A field of a literal, which may be incomplete.
pub(crate) struct RawField {
    pub(crate) name: Ident,
    pub(crate) value: FieldValue,
}

/// The value of a field.
pub(crate) enum FieldValue {
    Parsed(Expr),
    /// Tokens that are not an expression.
    Broken(TokenStream),
}

impl Lowering {
    /// Replaces a struct literal by code that places its node, unless it is marked `#[plain]`.
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
            self.report.error(dots.span(), "a node literal cannot take inputs from another value; list its inputs");
        }
        if let Some(qself) = &literal.qself {
            self.report.error(qself.span(), "expected a plain path to a node");
        }
        let mut fields = Punctuated::<RawField, Comma>::new();
        for pair in std::mem::take(&mut literal.fields).into_pairs() {
            let (field, comma) = pair.into_tuple();
            if let Some(attr) = field.attrs.first() {
                self.report.error(attr.span(), "inputs cannot have attributes");
            }
            match field.member {
                Member::Named(name) => {
                    fields.push_value(RawField { name, value: FieldValue::Parsed(field.expr) });
                    if let Some(comma) = comma {
                        fields.push_punct(comma);
                    }
                }
                Member::Unnamed(index) => self.report.error(index.span(), "inputs are named, not numbered"),
            }
        }
        self.placed(&literal.path, literal.brace_token, fields, label, binding)
    }

    /// Returns the code that places a node: values first, then the node itself, so that nested nodes precede it.
    fn placed(
        &mut self,
        path: &Path,
        brace: Brace,
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
        let mut parts = Parts::default();
        for field in fields {
            self.field(field, &class, &mut parts);
        }

        let binding = binding.map(|name| name.unraw().to_string());
        let label = label.tokens(binding.as_deref());
        let graph = crate::bindings::graph();
        let Parts { computed, literals, constants, lets, fields, puts, stored } = parts;
        let given = computed.iter().chain(literals.iter().map(|(name, _)| name)).map(|name| key(name));
        let check = quote_spanned!(span=> <#class as __c::Node>::DESC.given([#(#given),*]));
        let values = literals.iter().map(|(_, constant)| constant);
        let checked = if literals.is_empty() { TokenStream::new() } else { quote!(checked: &[#(#values),*],) };
        // rustc suggests a field only if the braces of the literal are the user's.
        let mut shape = TokenStream::new();
        brace.surround(&mut shape, |tokens| {
            tokens.extend(quote!(#stored ..loop {}));
        });
        let located = span.resolved_at(Span::mixed_site());
        // The call has the user's own span, because `Location::caller` does not see through macros.
        let node = Ident::new("__NODE", Span::mixed_site());
        let open = quote_spanned!(span=> __c::Site::open(#graph, #node));
        quote_spanned! {located=> {
            #skeleton
            #constants
            const __NODE: &__c::Literal = &__c::Literal {
                given: &#check,
                #checked
                #label
            };
            #lets
            #fields
            #[allow(clippy::all, clippy::pedantic, deprecated, unreachable_code)]
            let __shape = if false { __c::Some(#path #shape) } else { __c::None };
            let __site = #open;
            #puts
            __site.place(__shape)
        }}
    }

    /// Adds one field: a literal becomes a constant, any other value is computed and stored.
    fn field(&mut self, field: RawField, class: &Path, parts: &mut Parts) {
        let ident = field.name;
        let name = ident.unraw().to_string();
        let about = Field { node: class, name: &name, in_list: false };
        let span = field.value.span().unwrap_or_else(|| ident.span());
        let value = match field.value {
            FieldValue::Parsed(expr) => {
                if let Some(literal) = self.whole_literal(&expr, about) {
                    parts.literal(ident, literal);
                    return;
                }
                let shorthand = matches!(&expr, Expr::Path(path) if path.path.is_ident(&ident));
                let value = self.value(expr, about);
                Value { simple: value.simple || shorthand, ..value }
            }
            FieldValue::Broken(tokens) if tokens.is_empty() => {
                self.report.error(ident.span(), format!("expected a value for `{name}`"));
                let nothing = quote!(__c::rest::<__c::Given<_>>());
                Value { tokens: nothing, simple: true }
            }
            FieldValue::Broken(tokens) => Value { tokens, simple: true },
        };
        parts.computed(ident, value, span);
    }

    /// Returns the code for an incomplete literal.
    pub(crate) fn broken(&mut self, path: &Path, brace: Brace, fields: Punctuated<RawField, Comma>) -> TokenStream {
        self.placed(path, brace, fields, &Label::default(), None)
    }
}

/// The parts of a node literal.
#[derive(Default)]
struct Parts {
    /// The fields whose values are computed.
    computed: Vec<String>,
    /// The fields whose values are literals, and the constants that hold them.
    literals: Vec<(String, Ident)>,
    /// The checked literals.
    constants: TokenStream,
    /// The values that may place nodes of their own, which are evaluated first.
    lets: TokenStream,
    /// The fields of computed values. The shape determines their types before rustc checks the values, so that rustc
    /// checks each value on its own and can name the expected kind.
    fields: TokenStream,
    /// The calls that store the computed values in the graph.
    puts: TokenStream,
    /// The fields of the shape.
    stored: TokenStream,
}

impl Parts {
    fn literal(&mut self, ident: Ident, literal: Checked) {
        let Checked { tokens, span } = literal;
        // The constant has the span of the literal, because rustc also points at the use of a constant that fails.
        let constant = Ident::new(&format!("__L{}", self.literals.len()), span);
        self.constants.extend(quote_spanned!(span=> const #constant: __c::Lit = #tokens;));
        self.stored.extend(quote_spanned!(span=> #ident: loop {},));
        self.literals.push((ident.unraw().to_string(), constant));
    }

    fn computed(&mut self, ident: Ident, value: Value, span: Span) {
        let index = self.computed.len();
        // The user's own span makes rustc refer to the user's field and not to the macro.
        let put = Ident::new(&format!("__f{index}"), span);
        let tokens = value.tokens;
        let argument = if value.simple {
            tokens
        } else {
            let variable = Ident::new(&format!("__v{index}"), Span::mixed_site().located_at(span));
            self.lets.extend(quote_spanned!(Span::mixed_site()=> let #variable = #tokens;));
            variable.into_token_stream()
        };
        self.fields.extend(quote_spanned!(span=> let #put = __c::field();));
        self.puts.extend(quote_spanned!(span.resolved_at(Span::mixed_site())=>
            __c::IntoField::put(#put, &__site, #argument);));
        self.stored.extend(quote!(#ident: #put,));
        self.computed.push(ident.unraw().to_string());
    }
}

impl FieldValue {
    /// Returns the span of the value, or `None` if nothing has been typed yet.
    fn span(&self) -> Option<Span> {
        match self {
            Self::Parsed(expr) => Some(expr.span()),
            Self::Broken(tokens) if tokens.is_empty() => None,
            Self::Broken(tokens) => Some(tokens.span()),
        }
    }
}

/// Returns the path without type arguments, for access to associated constants. The arguments take their defaults,
/// because a constant cannot name the type parameters of the enclosing function.
fn without_arguments(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.arguments = PathArguments::None;
    }
    path
}
