//! Reading a block that may be half typed.

use proc_macro2::TokenStream;
use syn::Block;
use syn::parse::Parser;

use crate::lower::Lowering;

/// The block's statements with every node literal replaced.
pub(crate) fn block(tokens: TokenStream, lowering: &mut Lowering) -> TokenStream {
    match Block::parse_within.parse2(tokens) {
        Ok(statements) => lowering.statements(statements),
        Err(error) => {
            lowering.report.push(error);
            TokenStream::new()
        }
    }
}
