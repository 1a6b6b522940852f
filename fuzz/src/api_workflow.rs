//! Feeds bytes to the importer as a prompt. Importing never panics, and the result is valid Rust, whatever names and texts
//! the prompt contains.

use std::sync::LazyLock;

use comfy_convert::read;
use comfy_import::{IdStyle, ImportOptions, Importer, OptionStyle, Parameters};

use crate::{CLASSES, SHAPES};

static IMPORTERS: LazyLock<[Importer<'static>; 2]> =
    LazyLock::new(|| [Importer::new(&SHAPES), Importer::new(&CLASSES)]);

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(document) = read(bytes) else {
        return;
    };
    let Some(prompt) = document.api() else {
        return;
    };
    for importer in &*IMPORTERS {
        let mut options = ImportOptions::new("fuzzed");
        options.origin = Some(String::from_utf8_lossy(bytes).into_owned());
        for _ in 0..2 {
            if let Ok(imported) = importer.import(prompt, &options)
                && let Err(error) = syn::parse_file(&imported.source)
            {
                panic!("{error}\n{}", imported.source);
            }
            options.parameters = Parameters::Auto;
            options.id_style = IdStyle::Keep;
            options.option_style = OptionStyle::Enums;
            options.functions = true;
            options.tidy = true;
        }
    }
}
