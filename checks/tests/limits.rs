//! Every limit of a crate has a row in the page of promises, and the row names what guards it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use comfy_checks::workspace::{published, root};

/// The limits without a row, each with the reason.
const UNLISTED: &[(&str, &str)] = &[
    ("MAX_CLASSES", "chooses between two ways to ask for definitions"),
    ("MAX_CONCURRENT", "is about speed"),
    ("MAX_ID_CHARS", "is the length of a text in messages"),
    ("MAX_LISTED_NODES", "is the length of a list in messages"),
    ("MAX_PLACE_BYTES", "is the length of a text in messages"),
    ("MAX_QUOTED_CHARS", "is the length of a text in messages"),
    ("MAX_SHOWN_CHARS", "is the length of a text in messages"),
    ("MAX_TYPE_ROUNDS", "is about a result that does not settle"),
];

/// Returns the names of the sizes and counts that a module of limits has, without times.
fn limits(source: &str) -> Vec<&str> {
    let constants = source.lines().filter_map(|line| line.trim_start_matches("pub").split_once("const "));
    let named = constants.filter_map(|(_, rest)| rest.split_once(": "));
    let sizes = named.filter(|(name, rest)| {
        (name.starts_with("MAX_") || name.starts_with("DEFAULT_")) && !rest.starts_with("Duration")
    });
    sizes.map(|(name, _)| name).collect()
}

/// Returns the part of the page with the limits of a package.
fn section<'p>(page: &'p str, package: &str) -> &'p str {
    // The limits of the client come first, because most readers look for them.
    let heading =
        if package == "comfy-runtime" { "\n## Limits\n".to_owned() } else { format!("\n### Limits of {package}\n") };
    let (_, section) = page.split_once(&heading).unwrap_or_default();
    section.split_once("\n##").map_or(section, |(section, _)| section)
}

#[test]
fn every_limit_has_a_row_that_names_its_guard() {
    let page = fs::read_to_string(root().join("docs/promises.md")).unwrap();
    let (mut missing, mut modules) = (Vec::new(), 0);
    for package in published().unwrap() {
        for (file, source) in package.sources().unwrap().iter().filter(|(file, _)| file.ends_with("/limits.rs")) {
            modules += 1;
            let folder = file.split_once('/').unwrap().0;
            let rows: Vec<&str> = section(&page, folder).lines().filter(|line| line.starts_with('|')).collect();
            for limit in limits(source) {
                let is_guard = |row: &&str| row.contains("](../") || row.contains("cargo bench-hostile");
                let has_row = rows.iter().filter(|row| row.contains(&format!("`{limit}`"))).any(is_guard);
                if !has_row && !UNLISTED.iter().any(|(name, _)| *name == limit) {
                    missing.push(format!("{limit} of {file}"));
                }
            }
        }
    }
    assert!(modules >= 7, "{modules}");
    assert!(missing.is_empty(), "no row in docs/promises.md: {missing:#?}");
}

#[test]
fn sizes_are_found_and_times_are_not() {
    let source = "pub const MAX_A: usize = 1;\npub(crate) const DEFAULT_B: u64 = 2;\nconst MAX_C: Duration = x;\n\
                  pub(crate) const MIN_D: usize = 3;\n    const MAX_E: f32 = 4.0;";
    assert_eq!(limits(source), ["MAX_A", "DEFAULT_B", "MAX_E"]);
}
