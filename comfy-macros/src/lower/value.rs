//! Values of inputs. Literals are checked where they are written, in every arm of a branching value.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, ExprArray, Path};

use super::{Lowering, literal};

/// The field that a value belongs to.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// The type of the node, without type arguments.
    pub(super) node: &'a Path,
    pub(super) name: &'a str,
    /// Whether the value is an item of a list.
    pub(super) in_list: bool,
}

/// A value that can be stored.
pub(super) struct Value {
    pub(super) tokens: TokenStream,
    /// Whether the value places no node, so that it can be evaluated while the node of the field is open.
    pub(super) simple: bool,
}

/// A literal with its check, which is evaluated in a constant.
pub(super) struct Checked {
    pub(super) tokens: TokenStream,
    pub(super) span: Span,
}

impl Checked {
    /// Returns an expression that evaluates to the checked literal.
    fn in_place(&self) -> TokenStream {
        let tokens = &self.tokens;
        quote_spanned! {self.span=> {
            const __LIT: __c::Lit = #tokens;
            __LIT
        }}
    }
}

impl Lowering {
    /// Returns the value of a field.
    pub(super) fn value(&mut self, mut expr: Expr, field: Field<'_>) -> Value {
        if let Some(found) = literal::find(&expr) {
            let check = self.literal(found, field);
            return Value { tokens: check.in_place(), simple: true };
        }
        if has_tails(&expr) {
            self.value_tails(&mut expr, field);
            return Value { tokens: expr.into_token_stream(), simple: false };
        }
        match &mut expr {
            Expr::Paren(inner) if inner.attrs.is_empty() => return self.value((*inner.expr).clone(), field),
            Expr::Group(inner) => return self.value((*inner.expr).clone(), field),
            Expr::Array(array) if !field.in_list => return Value { tokens: self.items(array, field), simple: false },
            Expr::Call(call) if is_some(&call.func) => {
                for arg in &mut call.args {
                    *arg = Expr::Verbatim(self.converted(arg.clone(), field));
                }
            }
            Expr::Path(path) if is_of_option(&path.path, "None") => {
                let tokens = quote_spanned!(path.span()=> #path::<__c::Given<_>>);
                return Value { tokens, simple: true };
            }
            _ => self.visit_expr_mut(&mut expr),
        }
        let simple = is_simple(&expr);
        Value { tokens: expr.into_token_stream(), simple }
    }

    /// Converts each arm of a branching value separately.
    fn value_tails(&mut self, expr: &mut Expr, field: Field<'_>) {
        self.tails(expr, &mut |lowering, tail| {
            if has_tails(tail) {
                lowering.value_tails(tail, field);
            } else if !diverges(tail) {
                *tail = Expr::Verbatim(lowering.converted(tail.clone(), field));
            }
        });
    }

    /// Returns a value converted for its field, so that arms and items have equal types.
    fn converted(&mut self, expr: Expr, field: Field<'_>) -> TokenStream {
        let span = expr.span();
        let value = self.value(expr, field).tokens;
        quote_spanned!(span=> __c::IntoField::convert(#value))
    }

    /// Returns the value of a field if it is a literal.
    pub(super) fn whole_literal(&mut self, expr: &Expr, field: Field<'_>) -> Option<Checked> {
        match expr {
            Expr::Paren(inner) if inner.attrs.is_empty() => self.whole_literal(&inner.expr, field),
            Expr::Group(inner) => self.whole_literal(&inner.expr, field),
            _ => literal::find(expr).map(|found| self.literal(found, field)),
        }
    }

    fn literal(&mut self, found: syn::Result<literal::Found>, field: Field<'_>) -> Checked {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let span = error.span();
                self.report.push(error);
                return Checked { tokens: quote!(__c::Lit::bool(false)), span };
            }
        };
        let Field { node, name, in_list } = field;
        let key = key(name);
        let (lit, span) = (found.tokens, found.span);
        let check = if in_list { quote!(item) } else { quote!(lit) };
        let tokens = quote_spanned!(span=> <#node as __c::Node>::DESC.#check(#key, #lit));
        Checked { tokens, span }
    }

    /// Returns an array literal, with a check of each item and of the length.
    fn items(&mut self, array: &mut ExprArray, field: Field<'_>) -> TokenStream {
        let span = array.bracket_token.span.join();
        let (count, Field { node, name, .. }) = (array.elems.len(), field);
        let key = key(name);
        let items: Vec<TokenStream> = std::mem::take(&mut array.elems)
            .into_iter()
            .map(|item| self.converted(item, Field { in_list: true, ..field }))
            .collect();
        quote_spanned! {span=> {
            const _: () = <#node as __c::Node>::DESC.count(#key, #count);
            __c::Items([#(#items),*])
        }}
    }
}

/// Returns whether a function is `Some` or `Option::Some`.
pub(super) fn is_some(func: &Expr) -> bool {
    matches!(func, Expr::Path(path) if is_of_option(&path.path, "Some"))
}

/// Returns whether a path is a variant of `Option`, with or without the enum. `None::<u32>`, which has a type of its own,
/// and the `None` of another enum do not count.
fn is_of_option(path: &Path, variant: &str) -> bool {
    let mut segments = path.segments.iter().rev();
    let is_variant = segments.next().is_some_and(|last| last.ident == variant && last.arguments.is_none());
    is_variant && segments.next().is_none_or(|owner| owner.ident == "Option")
}

/// Returns whether the value of an expression is that of an inner expression, as in an `if`.
pub(super) fn has_tails(expr: &Expr) -> bool {
    match expr {
        Expr::If(branch) => branch.else_branch.is_some(),
        Expr::Match(_) | Expr::Unsafe(_) => true,
        Expr::Block(block) => block.label.is_none(),
        _ => false,
    }
}

/// Returns whether an expression never has a value.
fn diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(mac) => mac.mac.path.segments.last().is_some_and(|last| {
            ["panic", "todo", "unimplemented", "unreachable", "compile_error"].iter().any(|name| last.ident == name)
        }),
        _ => false,
    }
}

/// Returns the name of a field as the checks take it. A byte string saves the compiler's interpreter a call.
pub(super) fn key(name: &str) -> Literal {
    Literal::byte_string(name.as_bytes())
}

/// Returns whether an expression is simple enough that it cannot place a node.
fn is_simple(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Field(field) => is_simple(&field.base),
        Expr::Reference(reference) => is_simple(&reference.expr),
        Expr::Unary(unary) => is_simple(&unary.expr),
        Expr::Cast(cast) => is_simple(&cast.expr),
        Expr::Binary(binary) => is_simple(&binary.left) && is_simple(&binary.right),
        Expr::Index(index) => is_simple(&index.expr) && is_simple(&index.index),
        Expr::MethodCall(call) => call.args.is_empty() && is_simple(&call.receiver),
        _ => false,
    }
}
