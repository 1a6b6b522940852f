//! Functions on syntax trees that several checks share.

use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// Returns whether an item with these attributes is compiled for tests alone: `#[cfg(test)]`, `#[cfg(all(test, …))]`,
/// `#[test]`.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute.parse_args::<Meta>().is_ok_and(|meta| requires_test(&meta)))
    })
}

fn requires_test(meta: &Meta) -> bool {
    match meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("all") => list
            .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
            .is_ok_and(|parts| parts.iter().any(requires_test)),
        _ => false,
    }
}
