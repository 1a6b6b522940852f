//! Feeds bytes to the importer as a prompt. Importing never panics, and the result is valid Rust, whatever names and texts the
//! prompt contains.
//!
//! ```text
//! mkdir -p fuzz/corpus/api_workflow && cp tests/imports/*.json fuzz/corpus/api_workflow/
//! cargo +nightly fuzz run api_workflow -- -dict=fuzz/prompt.dict -max_len=16384 -max_total_time=120
//! ```

#![no_main]

use std::sync::OnceLock;

use comfy_import::{IdStyle, ImportOptions, Importer, OptionStyle, Parameters};
use comfy_convert::read;
use comfy_schema::Schema;
use libfuzzer_sys::fuzz_target;

static SCHEMAS: OnceLock<[Schema; 2]> = OnceLock::new();
static IMPORTERS: OnceLock<Vec<Importer<'static>>> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let schemas = SCHEMAS.get_or_init(|| {
        let schema = |json: &[u8]| Schema::from_slice(json).expect("the fixture is a schema");
        [
            schema(include_bytes!("../../comfy-codegen/tests/fixtures/shapes.json")),
            schema(include_bytes!("../../comfy-convert/tests/rules/classes.json")),
        ]
    });
    let Ok(document) = read(bytes) else {
        return;
    };
    let Some(prompt) = document.api() else {
        return;
    };
    for importer in IMPORTERS.get_or_init(|| schemas.iter().map(Importer::new).collect()) {
        let mut options = ImportOptions::new("fuzzed");
        options.origin = Some(String::from_utf8_lossy(bytes).into_owned());
        for _ in 0..2 {
            if let Ok(imported) = importer.import(prompt, &options) {
                if let Err(error) = syn::parse_file(&imported.source) {
                    panic!("{error}\n{}", imported.source);
                }
            }
            options.parameters = Parameters::Auto;
            options.id_style = IdStyle::Keep;
            options.option_style = OptionStyle::Enums;
            options.functions = true;
            options.tidy = true;
        }
    }
});
