//! The language of the published crates: doc comments, error messages, names.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use comfy_checks::language::{self, Finding, OldName, first_paragraph_fault, help_fault, message_fault};
use comfy_checks::workspace::{Package, Sources, published, rust_files};

/// Messages that ComfyUI writes and this workspace repeats to the letter.
const VERBATIM: &[&str] = &["Saving image outside the output folder is not allowed."];

/// Names that had several meanings, or a meaning in this workspace alone.
const OLD: &[OldName] = &[
    public(&["comfy-schema"], "Node", "NodeDef"),
    public(&["comfy-schema"], "Input", "InputDef"),
    public(&["comfy-schema"], "Output", "OutputDef"),
    public(&["comfy-schema"], "Combo", "ComboDef"),
    public(&["comfy-schema"], "Branch", "BranchDef"),
    public(&["comfy-schema"], "Options", "InputOptions"),
    public(&["comfy-schema"], "Place", "ChangedMember"),
    public(&["comfy-schema"], "Warning", "PromptWarning"),
    public(&["comfy-schema"], "WarningKind", "PromptWarningKind"),
    public(&["comfy-convert"], "Place", "NodeLabel"),
    public(&["comfy-convert"], "Warning", "ConvertWarning"),
    public(&["comfy-convert"], "WarningKind", "ConvertWarningKind"),
    public(&["comfy-convert"], "ReadError", "DocumentError"),
    public(&["comfy-convert"], "Lost", "LostValue"),
    public(&["comfy-convert"], "to_ui", "to_ui_with"),
    public(&["comfy-import"], "Place", "NodeLabel"),
    any(&["comfy-import"], "Options", "OptionStyle"),
    any(&["comfy-import"], "Settings", "ImportOptions"),
    any(&["comfy-import"], "Ids", "IdStyle"),
    any(&["comfy-import"], "Form", "Format"),
    public(&["comfy-runtime"], "Warning", "GraphWarning"),
    public(&["comfy-runtime"], "WarningKind", "GraphWarningKind"),
    public(&["comfy-runtime"], "ReadError", "ParseWorkflowError"),
    any(&["comfy-runtime"], "Lost", "LostRun"),
    any(&["comfy-runtime"], "LostWhy", "LostReason"),
    any(&["comfy-runtime"], "Doubt", "Unverifiable"),
    any(&["comfy-runtime"], "answer_timeout", "response_timeout"),
    any(&["comfy-runtime"], "silence_timeout", "read_timeout"),
    any(&["comfy-runtime"], "largest_answer", "max_response_bytes"),
    any(&["comfy-mock"], "Raised", "ServerException"),
    any(&["comfy-mock"], "On", "EventMatch"),
    public(&["comfy-mock"], "lose_the_end", "drop_end_event"),
    public(&["comfy-mock"], "say", "send_text"),
    public(&["comfy-mock"], "take", "set_duration"),
    any(&[], "why", "reason"),
    any(&[], "what", "message"),
    any(&[], "most", "max"),
    any(&[], "MOST_", "MAX_…"),
    any(&[], "LONGEST_", "MAX_…_LEN"),
    any(&[], "DEEPEST_", "MAX_DEPTH"),
    any(&[], "LEAST_", "MIN_…"),
    any(&[], "LARGEST_", "MAX_…_BYTES"),
    any(&[], "FAREWELL", "CLOSE_TIMEOUT"),
    any(&[], "goes_to_other_threads", "assert_send_sync"),
];

const fn public(packages: &'static [&'static str], old: &'static str, new: &'static str) -> OldName {
    OldName { packages, old, new, public_only: true }
}

const fn any(packages: &'static [&'static str], old: &'static str, new: &'static str) -> OldName {
    OldName { packages, old, new, public_only: false }
}

/// Fails with the findings in the published packages, and how many each has.
#[track_caller]
fn assert_none(check: impl Fn(&Package, &Sources) -> Vec<Finding>) {
    let (mut report, mut counts) = (Vec::new(), Vec::new());
    for package in published().unwrap() {
        let findings = check(&package, &package.sources().unwrap());
        if !findings.is_empty() {
            counts.push(format!("{}: {}", package.name, findings.len()));
        }
        report.extend(findings.iter().map(Finding::to_string));
    }
    assert!(report.is_empty(), "\n{}\n\n{}\n", report.join("\n"), counts.join("\n"));
}

#[test]
fn documentation_begins_with_a_sentence() {
    assert_none(|_, sources| language::docs(sources));
}

#[test]
fn error_messages_are_fragments_in_lower_case() {
    assert_none(|_, sources| language::messages(sources, VERBATIM));
}

#[test]
fn messages_that_are_repeated_to_the_letter_still_exist() {
    let sources: Sources = published().unwrap().iter().flat_map(|package| package.sources().unwrap()).collect();
    let found = language::messages(&sources, &[]);
    for message in VERBATIM {
        assert!(found.iter().any(|finding| finding.text == *message), "{message}");
    }
}

#[test]
fn old_names_are_gone() {
    assert_none(|package, sources| {
        let applies = |old: &&OldName| old.packages.is_empty() || old.packages.contains(&package.name.as_str());
        let old: Vec<&OldName> = OLD.iter().filter(applies).collect();
        let mut findings = language::names(sources, &old);
        if let Ok(tests) = rust_files(&format!("{}/tests", package.folder)) {
            // Tests may define what they like; of theirs, only the names that all packages have given up count.
            let everywhere: Vec<&OldName> = old.into_iter().filter(|old| old.packages.is_empty()).collect();
            findings.extend(language::names(&tests, &everywhere));
        }
        findings
    });
}

#[test]
fn faults_of_first_paragraphs_are_found() {
    let fault = |text| first_paragraph_fault(text).map(|(_, expected)| expected);
    assert_eq!(fault(" Returns the name.\n\n and more"), None);
    assert_eq!(fault(" Returns a name that is\n long (very long)."), None);
    assert_eq!(fault(" Is one of:\n\n * this\n * that"), None);
    assert_eq!(fault(" Is one of:\n * this\n * that"), None);
    assert_eq!(fault("[Keys](Key) of it."), None);
    assert_eq!(fault(" Is one of:\n\n this"), Some("a full stop at the end of the first paragraph"));
    assert_eq!(fault(" Returns the name"), Some("a full stop at the end of the first paragraph"));
    assert_eq!(fault(" returns the name."), Some("a capital letter at the beginning"));
    assert_eq!(fault(" 3 names."), Some("a capital letter at the beginning"));
    assert_eq!(fault(" [`Name`] of it."), Some("a word before the code span"));
}

#[test]
fn faults_of_help_texts_are_found() {
    let fault = |text| help_fault(text).map(|(_, expected)| expected);
    assert_eq!(fault(" File to write"), None);
    assert_eq!(fault(" file to write"), Some("a capital letter at the beginning"));
    assert_eq!(fault(" File to write."), Some("no full stop at the end of a help text"));
    let source = "/// The arguments.\n#[derive(Debug, clap::Args)]\nstruct Arguments {\n/// File to write\nfile: PathBuf }\n/// Other\nstruct Other;";
    let sources = Sources::from([("a.rs".to_owned(), source.to_owned())]);
    assert_eq!(language::docs(&sources).iter().map(|finding| finding.line).collect::<Vec<_>>(), [6]);
}

#[test]
fn faults_of_messages_are_found() {
    for message in
        ["unknown node", "HTTP {status}", "ComfyUI {0}", "`{0}` is no node", "{0}", "Python's rule", "3 of {0}"]
    {
        assert_eq!(message_fault(message), None, "{message}");
    }
    assert_eq!(message_fault("Unknown node"), Some("a lower-case letter at the beginning"));
    assert_eq!(message_fault("A node"), Some("a lower-case letter at the beginning"));
    assert_eq!(message_fault("unknown node."), Some("no full stop at the end"));
}

#[test]
fn faults_are_found_where_they_stand() {
    let source = "//! A file.\n\n/// first\npub struct Most {\n    /// Second\n    most: u8,\n}\n\n#[derive(Error)]\npub enum E {\n\
                  #[error(\"Bad {}\", MOST_X)]\n    Bad,\n}\nconst MOST_X: u8 = 1;\n#[cfg(test)]\nmod tests {\n/// third\nfn f() {}\n}\n";
    let sources = Sources::from([("a.rs".to_owned(), source.to_owned())]);
    let lines = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.line).collect::<Vec<_>>();
    assert_eq!(lines(language::docs(&sources)), [3, 5]);
    assert_eq!(lines(language::messages(&sources, &[])), [11]);
    assert_eq!(lines(language::messages(&sources, &["Bad {}"])), [0; 0]);
    assert_eq!(lines(language::names(&sources, &OLD.iter().collect::<Vec<_>>())), [6, 14]);
}
