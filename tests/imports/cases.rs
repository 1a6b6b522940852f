// The prompts of this folder and how each is imported. Read by the build script, which compiles them, and by the tests.

use comfy_import::{IdStyle, ImportOptions, OptionStyle, Parameters};

/// The name of a file, and what is changed in the options.
type Case = (&'static str, fn(&mut ImportOptions));

/// One for each rule.
pub(crate) const CASES: &[Case] = &[
    // Names, nested nodes, defaults left out.
    ("names", |_| {}),
    // Titles that somebody chose, one that is no name, a node without.
    ("titles", |_| {}),
    // Every byte of a text.
    ("texts", |_| {}),
    // Branches, lists with gaps, match types, JSON.
    ("dynamic", |_| {}),
    // What makes a node raw.
    ("raw_nodes", |_| {}),
    ("tidy", |options| options.tidy = true),
    // What makes a value unchecked.
    ("unchecked_values", |_| {}),
    // Types that rustc cannot find out.
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
