//! What the crates must not depend on, directly or through others.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use comfy_checks::workspace::{cargo, published};

/// Packages and what each must not depend on, with all features.
const FORBIDDEN: &[(&str, &[&str])] = &[
    // The model does no I/O, so that it compiles for the browser too.
    ("comfy-schema", &["tokio", "syn", "reqwest", "ureq", "rustls", "axum"]),
    // Build scripts are compiled often, and block.
    ("comfy-codegen", &["tokio", "comfy-convert", "comfy-runtime"]),
    ("comfy-import", &["tokio", "comfy-convert", "comfy-runtime"]),
    ("comfy-convert", &["tokio", "comfy-codegen"]),
    ("comfy-draw", &["tokio", "comfy-codegen"]),
    // Generated code is an input of the runtime's users, not of the runtime.
    ("comfy-runtime", &["comfy-codegen", "comfy-convert"]),
    ("comfy-mock", &["comfy-runtime", "comfy-codegen"]),
];

/// Packages and all that each may depend on, with these features.
const ALLOWED: &[(&str, &str, &[&str])] = &[
    ("comfy-macros", "", &["proc-macro2", "quote", "syn", "unicode-ident"]),
    // Programs that only write workflows compile serde and its JSON and nothing else.
    ("comfy-runtime", "", &["itoa", "memchr", "ryu", "serde", "serde_core", "serde_json", "zmij"]),
];

/// Returns the packages that a package needs at run time or in its build script; macros run in the compiler and do not count.
fn dependencies(package: &str, features: &[&str]) -> BTreeSet<String> {
    let tree = ["tree", "--edges", "normal,build,no-proc-macro", "--prefix", "none", "--format", "{p}", "--package"];
    let printed = cargo(&[&tree[..], &[package], features].concat()).unwrap();
    let names = printed.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != package).map(str::to_owned).collect()
}

#[test]
fn crates_do_not_depend_on_what_they_must_not() {
    let published = published().unwrap();
    for (package, forbidden) in
        FORBIDDEN.iter().filter(|(name, _)| published.iter().any(|package| package.name == *name))
    {
        let all = dependencies(package, &["--all-features"]);
        let found: Vec<&&str> = forbidden.iter().filter(|name| all.contains(**name)).collect();
        assert!(found.is_empty(), "{package} depends on {found:?}; `cargo tree -p {package} -i NAME` shows how");
    }
}

#[test]
fn the_smallest_crates_depend_on_little() {
    for (package, features, allowed) in ALLOWED {
        let all = dependencies(package, &["--no-default-features", "--features", features]);
        let allowed = allowed.iter().map(|name| (*name).to_owned()).collect();
        let more: Vec<&String> = all.difference(&allowed).collect();
        assert!(more.is_empty(), "{package} depends on {more:?}; `cargo tree -p {package}` shows how");
    }
}
