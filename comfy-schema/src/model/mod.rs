//! The typed model of `/object_info`, and its conversion back to JSON.

mod input;
mod keys;
mod node;
mod options;
mod output;
mod producer;
mod schema;
mod types;
mod write;

pub use input::{
    Autogrow, BranchDef, ComboDef, ComboSpelling, DynamicGroup, DynamicSlot, Hidden, InputDef, InputKind, MatchType,
    Section,
};
pub(crate) use keys::Group;
pub use keys::{Key, Keys};
pub use node::NodeDef;
pub use options::InputOptions;
pub(crate) use options::Shape;
pub use output::{OutputDef, OutputKind};
pub use producer::Producer;
pub use schema::Schema;
pub(crate) use types::{join_types, split_types};
pub(crate) use write::branches_value;
