//! Replacing the node literals of a block.

mod label;
mod literal;
mod node;
mod skeleton;
mod value;

pub(crate) use node::{FieldValue, RawField};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, Pat, Stmt, Token};

use crate::report::Report;

/// A pass over a block that replaces its node literals.
#[derive(Default)]
pub(crate) struct Lowering {
    pub(crate) report: Report,
}

/// The macros of the standard library whose arguments are expressions.
const KNOWN_MACROS: [&str; 18] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "panic",
    "print",
    "println",
    "todo",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

impl Lowering {
    /// Returns the statements with every node literal replaced.
    pub(crate) fn statements(&mut self, mut statements: Vec<Stmt>) -> TokenStream {
        for statement in &mut statements {
            self.visit_stmt_mut(statement);
        }
        statements.into_iter().map(Stmt::into_token_stream).collect()
    }

    /// Visits an expression that is bound to `pat`. A node literal that is its value gets the name of the variable as its
    /// id.
    fn bound(&mut self, expr: &mut Expr, pat: &Pat) {
        match (expr, pat) {
            (expr, Pat::Type(typed)) => self.bound(expr, &typed.pat),
            (expr, Pat::Paren(inner)) => self.bound(expr, &inner.pat),
            (Expr::Paren(inner), pat) => self.bound(&mut inner.expr, pat),
            (Expr::Group(inner), pat) => self.bound(&mut inner.expr, pat),
            (Expr::Tuple(tuple), Pat::Tuple(pats)) if tuple.elems.len() == pats.elems.len() => {
                tuple.elems.iter_mut().zip(&pats.elems).for_each(|(expr, pat)| self.bound(expr, pat));
            }
            (expr @ Expr::Struct(_), Pat::Ident(name)) => self.node(expr, Some(&name.ident)),
            (Expr::Call(call), pat) if value::is_some(&call.func) => {
                call.args.iter_mut().for_each(|arg| self.bound(arg, pat));
            }
            (expr, pat) => {
                if value::has_tails(expr) {
                    self.tails(expr, &mut |lowering, tail| lowering.bound(tail, pat));
                } else {
                    self.visit_expr_mut(expr);
                }
            }
        }
    }

    /// Moves labels before a `let` to the node literal that it binds: `#[title = "…"] let x = Node { … };`.
    fn hand_on_labels(&mut self, local: &mut syn::Local) {
        let labels: Vec<Attribute> = local.attrs.extract_if(.., |attr| label::is_label(attr)).collect();
        let Some(first) = labels.first() else { return };
        match local.init.as_mut().and_then(|init| literal_of(&mut init.expr)) {
            Some(literal) => literal.attrs.extend(labels),
            None => self.report.error(first.span(), "expected a node literal as the value of this `let`"),
        }
    }

    /// Visits all of an `if`, a `match` or a block, and calls `at_tail` for the expressions that can be its value.
    fn tails(&mut self, expr: &mut Expr, at_tail: &mut dyn FnMut(&mut Self, &mut Expr)) {
        match expr {
            Expr::If(branch) => {
                self.visit_expr_mut(&mut branch.cond);
                self.block_tail(&mut branch.then_branch, at_tail);
                if let Some((_, other)) = &mut branch.else_branch {
                    if value::has_tails(other) {
                        self.tails(other, at_tail);
                    } else {
                        self.visit_expr_mut(other);
                    }
                }
            }
            Expr::Match(choice) => {
                self.visit_expr_mut(&mut choice.expr);
                for arm in &mut choice.arms {
                    self.visit_pat_mut(&mut arm.pat);
                    at_tail(self, &mut arm.body);
                }
            }
            Expr::Block(block) => self.block_tail(&mut block.block, at_tail),
            Expr::Unsafe(block) => self.block_tail(&mut block.block, at_tail),
            other => self.visit_expr_mut(other),
        }
    }

    fn block_tail(&mut self, block: &mut syn::Block, at_tail: &mut dyn FnMut(&mut Self, &mut Expr)) {
        let count = block.stmts.len();
        for (index, statement) in block.stmts.iter_mut().enumerate() {
            match statement {
                Stmt::Expr(tail, None) if index + 1 == count => at_tail(self, tail),
                other => self.visit_stmt_mut(other),
            }
        }
    }
}

/// Returns the node literal in an expression that is a node literal or an output of one.
fn literal_of(expr: &mut Expr) -> Option<&mut syn::ExprStruct> {
    match expr {
        Expr::Struct(literal) => Some(literal),
        Expr::Field(field) => literal_of(&mut field.base),
        Expr::Paren(inner) => literal_of(&mut inner.expr),
        Expr::Group(inner) => literal_of(&mut inner.expr),
        _ => None,
    }
}

impl VisitMut for Lowering {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Struct(_) => self.node(expr, None),
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        self.hand_on_labels(local);
        if let Some(init) = &mut local.init {
            self.bound(&mut init.expr, &local.pat);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let known = mac.path.segments.last().is_some_and(|name| KNOWN_MACROS.iter().any(|known| name.ident == known));
        if !known {
            return;
        }
        if let Ok(mut args) = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            mac.tokens = args.into_token_stream();
        } else if let Ok((mut item, semi, count)) = mac.parse_body_with(repeated) {
            self.visit_expr_mut(&mut item);
            mac.tokens =
                [item.into_token_stream(), semi.into_token_stream(), count.into_token_stream()].into_iter().collect();
        }
    }

    // Node literals in nested items are not replaced, because the graph is not in scope there.
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

/// Parses the arguments of `vec![item; count]`.
fn repeated(input: syn::parse::ParseStream<'_>) -> syn::Result<(Expr, Token![;], Expr)> {
    Ok((input.parse()?, input.parse()?, input.parse()?))
}
