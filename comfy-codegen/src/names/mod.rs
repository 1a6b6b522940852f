//! The rules by which names of the schema become names in Rust. All of them are in this folder.
//!
//! | schema | Rust | rule |
//! |---|---|---|
//! | class `KSampler` | `KSampler` | the author's capitals are kept |
//! | class `easy fullLoader`, `IMAGE_FLIP` | `EasyFullLoader`, `ImageFlip` | words are joined; names in capitals become camel case |
//! | class `ImageFlip+`, `AceStep1.5` | `ImageFlipPlus`, `AceStep1_5` | symbols by which names differ are spelled out |
//! | class `String` | `StringNode` | nothing shadows the prelude or the runtime (`reserved`) |
//! | input `clip_name1`, `CLIP_L`, `输入` | the same | an input that is an identifier is left alone |
//! | input `type`, `self` | `r#type`, `self_` | keywords |
//! | input `a.b`, `+ve` | `a_b`, `plus_ve` | words in snake case |
//! | type word `IMAGE_LIST` | `IMAGE_LIST` | markers keep the spelling of the word |
//!
//! Names that would be equal are numbered (`a_b_2`) by `namespace`, in a way that does not depend on their order.
//!
//! Not public API: the other crates of the workspace use it, and it may change in any version.

mod case;
mod chars;
pub(crate) mod core_types;
mod ident;
mod namespace;
pub mod reserved;
mod words;

pub use case::snake_case;
pub(crate) use case::{exact_or_snake, marker_case, type_case};
pub use ident::Ident;
pub use namespace::Suffix;
pub(crate) use namespace::{Wish, settle, settle_beside};

#[cfg(test)]
mod tests;
