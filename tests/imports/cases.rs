// The prompts of this folder and the options with which each is imported. The build script, which compiles them, and
// the tests include this file.

use comfy_import::{IdStyle, ImportOptions, OptionStyle, Parameters};

/// The name of a file, and a function that changes the default options.
type Case = (&'static str, fn(&mut ImportOptions));

/// The cases, one for each rule of the importer.
pub(crate) const CASES: &[Case] = &[
    // Names, nested nodes, and defaults that are left out.
    ("names", |_| {}),
    // Titles that a user chose, one from which no name can be derived, and a node without a title.
    ("titles", |_| {}),
    // Texts of which every byte must be kept.
    ("texts", |_| {}),
    // Branches, lists with gaps, match types, JSON.
    ("dynamic", |_| {}),
    // Nodes that become raw, for every reason.
    ("raw_nodes", |_| {}),
    ("tidy", |options| options.tidy = true),
    // Values that become unchecked, for every reason.
    ("unchecked_values", |_| {}),
    // Match types that rustc cannot infer.
    ("match_types", |_| {}),
    ("parameters", |options| {
        options.parameters = Parameters::List(vec!["auto".into(), "KSampler.steps".into(), "3.sampler_name".into()]);
    }),
    ("ids", |options| options.id_style = IdStyle::Keep),
    ("options", |options| options.option_style = OptionStyle::Enums),
    ("functions", |options| {
        options.functions = true;
        options.parameters = Parameters::List(vec!["seed".into(), "text".into()]);
        options.function_names = [("12".to_owned(), "Text to Image".to_owned())].into();
    }),
    ("many_results", |_| {}),
    ("nothing_saved", |_| {}),
];
