//! Fuzz targets: functions that take any bytes and panic if a promise is broken.
//!
//! Each target is a module with a function `run`. The programs in `fuzz_targets` call it with the inputs that libFuzzer
//! makes up, and the program `replay` calls it with the stored inputs, which needs no special compiler.

use std::sync::LazyLock;

use comfy_schema::Schema;

pub mod api_workflow;
pub mod draw;
pub mod drift;
pub mod frames;
pub mod generate;
pub mod history;
pub mod import;
mod in_memory;
pub mod picture;
pub mod prompt;
pub mod queue;
pub mod routes;
pub mod schema;
mod source;
pub mod ui_workflow;

/// A function that takes an input.
pub type Run = fn(&[u8]);

/// All targets: the name of the module, the program and the folder of stored inputs, and the function.
pub const TARGETS: &[(&str, Run)] = &[
    ("schema", schema::run),
    ("generate", generate::run),
    ("drift", drift::run),
    ("prompt", prompt::run),
    ("ui_workflow", ui_workflow::run),
    ("import", import::run),
    ("picture", picture::run),
    ("api_workflow", api_workflow::run),
    ("draw", draw::run),
    ("frames", frames::run),
    ("history", history::run),
    ("queue", queue::run),
    ("routes", routes::run),
];

/// The classes of the validator's tests.
static RULES: LazyLock<Schema> =
    LazyLock::new(|| schema_of(include_bytes!("../../comfy-schema/tests/fixtures/rules.json")));

/// The classes of the converter's tests.
static CLASSES: LazyLock<Schema> =
    LazyLock::new(|| schema_of(include_bytes!("../../comfy-convert/tests/rules/classes.json")));

/// The classes of the generator's tests.
static SHAPES: LazyLock<Schema> =
    LazyLock::new(|| schema_of(include_bytes!("../../comfy-codegen/tests/fixtures/shapes.json")));

fn schema_of(json: &[u8]) -> Schema {
    Schema::from_slice(json).expect("the fixture is a schema")
}

/// Splits an input into parts at lines that consist of two hyphens.
fn parts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const SEPARATOR: &[u8] = b"\n--\n";
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let all = rest?;
        match all.windows(SEPARATOR.len()).position(|window| window == SEPARATOR) {
            Some(at) => {
                rest = all.get(at + SEPARATOR.len()..);
                all.get(..at)
            }
            None => rest.take(),
        }
    })
}
