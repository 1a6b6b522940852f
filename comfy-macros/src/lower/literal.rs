//! Rust literals as the runtime's `Lit`: the value for the checks, and the JSON for the prompt.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A literal that a prompt can hold.
pub(super) struct Found {
    /// The call that creates the `Lit`.
    pub(super) tokens: TokenStream,
    /// The literal itself, for messages to point at.
    pub(super) span: Span,
}

/// Returns the literal that an expression consists of, including negative numbers such as `-1`.
///
/// Returns `None` for other expressions, and for literals without a JSON form (characters and bytes), which rustc refuses
/// because of their type.
pub(super) fn find(expr: &Expr) -> Option<syn::Result<Found>> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => of(lit, false),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => match &**expr {
            Expr::Lit(ExprLit { lit: lit @ (Lit::Int(_) | Lit::Float(_)), .. }) => of(lit, true),
            _ => None,
        },
        _ => None,
    }
}

fn of(lit: &Lit, negative: bool) -> Option<syn::Result<Found>> {
    let span = lit.span();
    let tokens = match lit {
        Lit::Int(int) if matches!(int.suffix(), "f32" | "f64") => float(int.base10_digits(), negative, span),
        Lit::Int(int) => integer(int, negative),
        Lit::Float(number) => float(number.base10_digits(), negative, span),
        Lit::Bool(value) => Ok(quote!(__c::Lit::bool(#value))),
        Lit::Str(text) => {
            let (value, json) = (text.value(), json_string(&text.value()));
            Ok(quote!(__c::Lit::str(#value, #json)))
        }
        _ => return None,
    };
    Some(tokens.map(|tokens| Found { tokens, span }))
}

fn integer(int: &syn::LitInt, negative: bool) -> syn::Result<TokenStream> {
    let value: i128 = int
        .base10_parse::<i128>()
        .map_err(|_| syn::Error::new(int.span(), "number too large; inputs accept integers of at most 64 bits"))?;
    let minus = negative.then(|| quote!(-));
    let json = if negative { format!("-{value}") } else { value.to_string() };
    let value = Literal::i128_suffixed(value);
    Ok(quote!(__c::Lit::int(#minus #value, #json)))
}

fn float(digits: &str, negative: bool, span: Span) -> syn::Result<TokenStream> {
    let value: f64 = digits.parse().unwrap_or(f64::NAN);
    if !value.is_finite() {
        return Err(syn::Error::new(span, "number too large for a FLOAT"));
    }
    let minus = negative.then(|| quote!(-));
    // Rust's shortest form of a finite double is valid JSON.
    let json = format!("{}{value:?}", if negative { "-" } else { "" });
    Ok(quote!(__c::Lit::float(#minus #value, #json)))
}

/// Returns a string as JSON, including the quotes.
fn json_string(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            c if u32::from(c) < 0x20 => json.extend(['\\', 'u', '0', '0', hex(u32::from(c) >> 4), hex(u32::from(c))]),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

fn hex(digit: u32) -> char {
    char::from_digit(digit & 15, 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> String {
        let expr: Expr = syn::parse_str(source).unwrap();
        find(&expr).unwrap().unwrap().tokens.to_string().replace("__c :: Lit :: ", "")
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(tokens("18446744073709551615"), r#"int (18446744073709551615i128 , "18446744073709551615")"#);
        assert_eq!(
            tokens("-18_446_744_073_709_551_615"),
            r#"int (- 18446744073709551615i128 , "-18446744073709551615")"#
        );
        assert_eq!(tokens("0xff_u8"), r#"int (255i128 , "255")"#);
        assert_eq!(tokens("7.0"), r#"float (7f64 , "7.0")"#);
        assert_eq!(tokens("1e-7"), r#"float (0.0000001f64 , "1e-7")"#);
        assert_eq!(tokens("5f32"), r#"float (5f64 , "5.0")"#);
    }

    #[test]
    fn strings_become_json() {
        assert_eq!(json_string("a \"b\" \\ \n\u{1} 猫"), r#""a \"b\" \\ \n\u0001 猫""#);
    }

    #[test]
    fn numbers_beyond_every_input_are_refused() {
        for source in ["1e999", "999999999999999999999999999999999999999999"] {
            let expr: Expr = syn::parse_str(source).unwrap();
            assert!(find(&expr).unwrap().is_err(), "{source}");
        }
    }

    #[test]
    fn characters_bytes_and_expressions_are_not_literals() {
        for source in ["'a'", "b\"x\"", "x", "-x", "1 + 1"] {
            let expr: Expr = syn::parse_str(source).unwrap();
            assert!(find(&expr).is_none(), "{source}");
        }
    }
}
