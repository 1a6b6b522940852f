//! What a ComfyUI server's `/object_info` says, as a typed, lossless model, and whether a prompt agrees with it
//! ([`validate`]).
//!
//! [`Schema::from_slice`] reads the bytes that the server sent, one node definition at a time. What it understands
//! is in typed fields ([`NodeDef`], [`InputDef`], [`OutputDef`]); what it does not is kept as it was ([`NodeDef::raw`],
//! [`InputKind::Raw`]) and reported with its place ([`Schema::issues`]). Nothing is dropped: [`Schema::to_json`]
//! writes the document that was read.
//!
//! ```
//! use comfy_schema::{InputKind, Schema};
//!
//! # fn main() -> Result<(), comfy_schema::SchemaError> {
//! let schema = Schema::from_slice(br#"{"Tint": {
//!     "input": {"required": {"image": ["IMAGE"], "strength": ["FLOAT", {"default": 0.5, "min": 0, "max": 1}]}},
//!     "output": ["IMAGE"], "output_name": ["tinted"], "name": "Tint"
//! }}"#)?;
//! let strength = &schema.node("Tint").expect("it is there").inputs[1];
//! assert_eq!(strength.kind, InputKind::Float);
//! assert_eq!(strength.options.max().and_then(|max| max.as_f64()), Some(1.0));
//! assert_eq!(schema.suggest("Tnit"), ["Tint"]);
//! # Ok(())
//! # }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod causes;
pub mod drift;
mod error;
mod issue;
mod model;
pub mod open;
mod options;
mod parse;
pub mod prompt;
pub mod search;
#[doc(hidden)]
pub mod shown;
#[doc(hidden)]
pub mod suggest;
mod text;
pub mod validate;
mod value;
#[doc(hidden)]
pub mod widgets;
mod words;
mod write;

pub use error::SchemaError;
pub use issue::Issue;
pub use model::{
    Autogrow, BranchDef, ComboDef, ComboSpelling, DynamicGroup, DynamicSlot, Hidden, InputDef, InputKind, Key, Keys,
    MatchType, NodeDef, OutputDef, OutputKind, Producer, Schema, Section,
};
pub use options::InputOptions;
pub use text::Text;
pub use value::{JsonError, JsonErrorKind, Map, Value, map};
pub use words::UnknownWord;

#[cfg(test)]
mod tests {
    use crate::drift::{Comparison, DriftError, Finding};
    use crate::validate::{Files, Replacements, Validator, Verdict};
    use crate::{JsonError, Schema, SchemaError, UnknownWord, Value};

    const fn goes_to_other_threads<T: Send + Sync + 'static>() {}

    #[test]
    fn types_go_to_other_threads() {
        goes_to_other_threads::<Schema>();
        goes_to_other_threads::<Value>();
        goes_to_other_threads::<SchemaError>();
        goes_to_other_threads::<JsonError>();
        goes_to_other_threads::<UnknownWord>();
        goes_to_other_threads::<DriftError>();
        goes_to_other_threads::<Comparison<'static>>();
        goes_to_other_threads::<Finding>();
        goes_to_other_threads::<Validator<'static>>();
        goes_to_other_threads::<Verdict>();
        goes_to_other_threads::<Files>();
        goes_to_other_threads::<Replacements>();
    }
}
