//! Feeds bytes to the converter and then to the importer as a workflow in UI format. The source is valid Rust, and no title,
//! name or value of the workflow becomes code or markup.

use std::sync::LazyLock;

use comfy_convert::{Converter, read};
use comfy_import::{ImportOptions, Importer, Parameters};

use crate::CLASSES;
use crate::source::assert_harmless;

static IMPORTER: LazyLock<Importer<'static>> = LazyLock::new(|| Importer::new(&CLASSES));

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    let Ok(document) = read(bytes) else {
        return;
    };
    let Some(workflow) = document.ui() else {
        return;
    };
    let Ok(converted) = Converter::new(&CLASSES).convert(workflow) else {
        return;
    };
    let mut options = ImportOptions::new("fuzzed");
    options.origin = Some(String::from_utf8_lossy(bytes).into_owned());
    options.function_names = workflow.subgraph_names().into_iter().collect();
    for functions in [false, true] {
        options.functions = functions;
        options.parameters = if functions { Parameters::Auto } else { Parameters::None };
        if let Ok(imported) = IMPORTER.import(&converted.prompt, &options) {
            assert_harmless(&imported.source);
        }
    }
}
