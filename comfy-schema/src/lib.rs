//! A typed, lossless model of the node definitions of a ComfyUI server (its `/object_info`), and the tools that need
//! only this model: checking a prompt as the server would ([`validate`]), finding the changes between two servers
//! ([`drift`]), searching nodes ([`search`]), reading prompts in API format ([`prompt`]), and the options with which
//! every program reaches a server ([`server`]).
//!
//! [`Schema::from_slice`] parses the bytes that the server sent, one node definition at a time. Typed fields
//! ([`NodeDef`], [`InputDef`], [`OutputDef`]) hold the parts that it understands. All other parts are kept unchanged
//! ([`NodeDef::raw`], [`InputKind::Raw`]); malformed and doubtful ones are reported with their path
//! ([`Schema::issues`]). Nothing is dropped: [`Schema::to_json`] writes a document equal to the one that was parsed.
//!
//! ```
//! use comfy_schema::{InputKind, Schema};
//!
//! # fn main() -> Result<(), comfy_schema::SchemaError> {
//! let schema = Schema::from_slice(br#"{"Tint": {
//!     "input": {"required": {"image": ["IMAGE"], "strength": ["FLOAT", {"default": 0.5, "min": 0, "max": 1}]}},
//!     "output": ["IMAGE"], "output_name": ["tinted"], "name": "Tint"
//! }}"#)?;
//! let strength = &schema.node("Tint").expect("the schema has the class").inputs[1];
//! assert_eq!(strength.kind, InputKind::Float);
//! assert_eq!(strength.options.max().and_then(|max| max.as_f64()), Some(1.0));
//! assert_eq!(schema.suggest("Tnit"), ["Tint"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! | feature | on by default | what it adds |
//! |---|---|---|
//! | `serde` | no | `Serialize` and `Deserialize` for [`Value`] and [`Map`] |

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod causes;
pub mod drift;
mod error;
mod issue;
pub mod limits;
mod model;
pub mod open;
mod parse;
pub mod prompt;
pub mod search;
pub mod server;
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

pub use error::SchemaError;
pub use issue::Issue;
pub use model::{
    Autogrow, BranchDef, ComboDef, ComboSpelling, DynamicGroup, DynamicSlot, Hidden, InputDef, InputKind, InputOptions,
    Key, Keys, MatchType, NodeDef, OutputDef, OutputKind, Producer, Schema, Section,
};
pub use text::Text;
pub use value::{JsonError, JsonErrorKind, LoneSurrogate, Map, Step, Value, map};
pub use words::UnknownWord;

#[cfg(test)]
mod tests {
    use crate::drift::{Comparison, Finding};
    use crate::prompt::NotAPrompt;
    use crate::server::{EnvironmentError, InvalidHeader, ServerOptions};
    use crate::validate::{Files, Replacements, Validator, Verdict};
    use crate::{JsonError, Schema, SchemaError, UnknownWord, Value};

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Schema>();
        assert_send_sync::<Value>();
        assert_send_sync::<SchemaError>();
        assert_send_sync::<JsonError>();
        assert_send_sync::<UnknownWord>();
        assert_send_sync::<NotAPrompt>();
        assert_send_sync::<Comparison<'static>>();
        assert_send_sync::<Finding>();
        assert_send_sync::<Validator<'static>>();
        assert_send_sync::<Verdict>();
        assert_send_sync::<Files>();
        assert_send_sync::<Replacements>();
        assert_send_sync::<ServerOptions>();
        assert_send_sync::<EnvironmentError>();
        assert_send_sync::<InvalidHeader>();
    }
}
