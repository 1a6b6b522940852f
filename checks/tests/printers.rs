//! The places that print. Every text for people passes through the module `print` of the command, which escapes what
//! could steer a terminal and notices a closed pipe.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use comfy_checks::printers::printers;
use comfy_checks::workspace::published;

/// The files of the published packages that print, each with the reason why it may.
const PRINTERS: &[(&str, &str)] = &[
    ("cargo-comfy/src/commands/run/bars.rs", "draws progress bars, whose texts it escapes"),
    ("cargo-comfy/src/commands/run/preview.rs", "draws pictures"),
    ("cargo-comfy/src/print.rs", "is the module that prints"),
    ("cargo-comfy/src/print/stream.rs", "writes for the module that prints"),
    ("comfy-codegen/src/cargo.rs", "prints the instructions of a build script for cargo"),
];

#[test]
fn all_printers_are_listed() {
    let mut found = Vec::new();
    for package in published().unwrap() {
        found.extend(printers(&package.sources().unwrap()));
    }
    found.sort();
    let expected: Vec<&str> = PRINTERS.iter().map(|(file, _)| *file).collect();
    assert_eq!(found, expected, "print through `crate::print` of cargo-comfy instead");
}

#[test]
fn every_way_to_print_is_found() {
    let found = |source: &str| {
        let sources = [("a.rs".to_owned(), source.to_owned())].into_iter().collect();
        !printers(&sources).is_empty()
    };
    for statement in [
        "println!(\"a\")",
        "eprint!(\"a\")",
        "std::eprintln!(\"a\")",
        "_ = dbg!(1)",
        "_ = io::stdout().write_all(b\"a\")",
        "let mut out = std::io::stderr().lock()",
        "let open = stdout",
        "vec![{ println!(\"a\") }]",
    ] {
        assert!(found(&format!("fn f() {{ {statement}; }}")), "{statement}");
    }
    assert!(found("use std::io::{self, stdout};"));
    // Neither the pipes of another process, nor tests, nor documentation print.
    assert!(!found("fn f() { command.stdout(Stdio::piped()); child.stderr.take(); writeln!(out, \"a\"); }"));
    assert!(!found("#[cfg(test)]\nmod tests { fn f() { println!(\"a\"); } }"));
    assert!(!found("/// println!(\"a\")\nfn f() {}"));
}
