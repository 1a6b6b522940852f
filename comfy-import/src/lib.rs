//! Turns a prompt in API format into the source of a `#[workflow]` function, as `cargo comfy import` does.
//!
//! ```
//! use comfy_import::{ImportOptions, Importer};
//! use comfy_schema::{Schema, Value};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let schema = Schema::from_slice(br#"{
//!     "LoadImage": {"input": {"required": {"image": [["a.png"], {"image_upload": true}]}}, "output": ["IMAGE", "MASK"]},
//!     "PreviewImage": {"input": {"required": {"images": ["IMAGE"]}}, "output": [], "output_node": true}
//! }"#)?;
//! let prompt = Value::parse(br#"{
//!     "7": {"class_type": "PreviewImage", "inputs": {"images": ["9", 0]}},
//!     "9": {"class_type": "LoadImage", "inputs": {"image": "cat.png"}}
//! }"#)?;
//! let imported = Importer::new(&schema).import(&prompt, &ImportOptions::new("preview"))?;
//! assert!(imported.source.ends_with("\
//! #[workflow]
//! pub fn preview() -> NoOutput {
//!     PreviewImage {
//!         images: LoadImage { image: \"cat.png\" }.image,
//!     }
//! }
//! "));
//! # Ok(())
//! # }
//! ```
//!
//! The imported function sends the prompt of the file: the same nodes with the same inputs and titles. Node ids are
//! made from names, unless [`IdStyle::Keep`] keeps the ids of the file. A node or value that has no typed form becomes
//! a raw node or an unchecked value, with a comment that gives the reason.
//!
//! # How it works
//!
//! `prompt` reads the nodes and links, `order` sorts the nodes and finds cycles, and `fit` gives every node its typed
//! or raw form (`item`). `flow` finds the uses and types of outputs, `scopes` divides the nodes among functions,
//! `params` chooses the parameters and `names` the names of variables. `compose` builds a tree of Rust syntax from
//! these results, and `syntax` writes the tree as rustfmt would.

mod compose;
mod error;
mod fit;
mod flow;
mod importer;
mod item;
mod limits;
mod names;
mod options;
mod order;
mod params;
mod prompt;
mod scopes;
mod syntax;

pub use error::{ImportError, ImportWarning};
pub use importer::Importer;
pub use options::{IdStyle, ImportOptions, Imported, OptionStyle};
pub use params::{Parameter, Parameters};

#[cfg(test)]
mod tests {
    use comfy_schema::{Map, Schema, Value};

    use super::{ImportError, ImportOptions, Imported, Importer};

    /// Imports nodes of an unknown class with these ids.
    fn import(ids: impl IntoIterator<Item = String>, options: &ImportOptions) -> Result<Imported, ImportError> {
        let node = Map::from_iter([("class_type", Value::from("A")), ("inputs", Map::new().into())]);
        let prompt: Map = ids.into_iter().map(|id| (id, Value::from(node.clone()))).collect();
        Importer::new(&Schema::default()).import(&prompt.into(), options)
    }

    #[test]
    fn the_nodes_of_a_prompt_are_limited() {
        let error = import((0..=100_000).map(|at| at.to_string()), &ImportOptions::new("many")).unwrap_err();
        assert!(matches!(error, ImportError::TooMany { found: 100_001, max: 100_000 }), "{error}");
    }

    #[test]
    fn functions_are_nested_up_to_a_limit() {
        let mut options = ImportOptions::new("deep");
        options.functions = true;
        let functions = |depth: usize| {
            let source = import([vec!["1"; depth + 1].join(":")], &options).unwrap().source;
            source.lines().filter(|line| line.starts_with("fn ") || line.starts_with("pub fn ")).count()
        };
        assert_eq!([functions(2), functions(32), functions(33), functions(100)], [3, 33, 33, 33]);
    }

    #[test]
    fn messages_show_the_beginning_of_a_long_text() {
        let message = import(["1".to_owned()], &ImportOptions::new("1".repeat(1000))).unwrap_err().to_string();
        assert!(message.contains(&"1".repeat(70)) && !message.contains(&"1".repeat(81)), "{message}");
    }

    const fn assert_send_sync<T: Send + Sync + 'static>() {}

    #[test]
    fn types_are_send_and_sync() {
        assert_send_sync::<Importer<'static>>();
        assert_send_sync::<ImportOptions>();
        assert_send_sync::<Imported>();
        assert_send_sync::<ImportError>();
    }
}
