//! The typed model of `/object_info`.

mod input;
mod keys;
mod node;
mod output;
mod schema;

pub use input::{
    Autogrow, BranchDef, ComboDef, ComboSpelling, DynamicGroup, DynamicSlot, Hidden, InputDef, InputKind, MatchType,
    Section,
};
pub(crate) use keys::Group;
pub use keys::{Key, Keys};
pub use node::{NodeDef, Producer};
pub use output::{OutputDef, OutputKind};
pub use schema::Schema;
