//! The typed model of `/object_info`.

mod input;
mod keys;
mod node;
mod output;
mod schema;

pub use input::{
    Autogrow, Branch, Combo, ComboSpelling, DynamicGroup, DynamicSlot, Hidden, Input, InputKind, MatchType, Section,
};
pub(crate) use keys::Group;
pub use keys::{Key, Keys};
pub use node::{Node, Producer};
pub use output::{Output, OutputKind};
pub use schema::Schema;
