//! Checks every page: its Rust code is tested, its links lead to files and headings that exist, and the table of contents of the
//! book lists it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// The pages whose Rust code is a sketch of generated code. Only they may mark code as `ignore`.
const SKETCHES: [&str; 1] = ["docs/generated-code.md"];

/// Pages whose links may leave the book: they lead to sources, for people who have a clone.
const LINKED_TO_SOURCES: [&str; 2] = ["docs/architecture.md", "docs/promises.md"];

/// Returns the folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// Returns the text of every page by its path from the root.
fn pages() -> BTreeMap<String, String> {
    let mut paths = Vec::new();
    for folder in ["", "docs", "examples"] {
        for entry in fs::read_dir(root().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                paths.push(path);
            }
        }
    }
    let pages = paths.into_iter().map(|path| {
        let text = fs::read_to_string(&path).expect("a text");
        let name = path.strip_prefix(root()).expect("below the root").to_str().expect("UTF-8").replace('\\', "/");
        (name, text)
    });
    pages.collect()
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// Returns the info strings of the code blocks that rustdoc treats as Rust.
fn rust_blocks(text: &str) -> Vec<String> {
    let infos = parse(text).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => Some(info.to_string()),
        Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => Some(String::new()),
        _ => None,
    });
    infos.filter(|info| is_rust(info)).collect()
}

/// Decides as rustdoc does: a block without a language is Rust.
fn is_rust(info: &str) -> bool {
    let words: Vec<&str> = info.split([',', ' ']).filter(|word| !word.is_empty()).collect();
    words.is_empty()
        || words.iter().any(|word| ["rust", "ignore", "no_run", "should_panic", "compile_fail"].contains(word))
}

/// Returns a message for each page whose Rust code is not tested; `included` is the source that lists the tested pages.
fn untested(pages: &BTreeMap<String, String>, included: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, text) in pages {
        let blocks = rust_blocks(text);
        if !blocks.is_empty() && !included.contains(&format!("\"{name}\"")) {
            problems.push(format!("{name} has Rust code and is not in book/src/lib.rs"));
        }
        if !SKETCHES.contains(&name.as_str()) && blocks.iter().any(|info| info.contains("ignore")) {
            problems.push(format!("{name} has Rust code that is marked `ignore`"));
        }
    }
    problems
}

/// Returns the links of a page, and the anchors of its headings as GitHub and mdbook form them.
fn links_and_anchors(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let (mut links, mut anchors, mut heading) = (Vec::new(), BTreeSet::new(), None::<String>);
    for event in parse(text) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push(dest_url.to_string()),
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => anchors.extend(heading.take().map(|title| anchor(&title))),
            Event::Text(part) | Event::Code(part) => {
                if let Some(title) = &mut heading {
                    title.push_str(&part);
                }
            }
            _ => {}
        }
    }
    (links, anchors)
}

fn anchor(title: &str) -> String {
    let kept =
        title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c)).collect::<String>();
    kept.replace(' ', "-")
}

/// Resolves a link against the page it is on: `docs/a.md` and `../README.md` give `README.md`.
fn resolved(page: &str, target: &str) -> String {
    let mut path = PathBuf::new();
    for part in Path::new(page).parent().expect("a folder").join(target).components() {
        match part {
            Component::ParentDir => _ = path.pop(),
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path.to_str().expect("UTF-8").replace('\\', "/")
}

/// Returns the links whose file or heading does not exist.
fn dead(pages: &BTreeMap<String, String>, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut dead = Vec::new();
    for (name, text) in pages {
        for link in links_and_anchors(text).0 {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, fragment) =
                link.split_once('#').map_or((link.as_str(), None), |(file, part)| (file, Some(part)));
            let target = if file.is_empty() { name.clone() } else { resolved(name, file) };
            let file_exists = pages.contains_key(&target) || exists(&target);
            let heading_exists = fragment.is_none_or(|fragment| {
                pages.get(&target).is_some_and(|text| links_and_anchors(text).1.contains(fragment))
            });
            // The book consists of `docs/` alone, so a link that leaves it is dead there.
            let in_book =
                !name.starts_with("docs/") || target.starts_with("docs/") || LINKED_TO_SOURCES.contains(&name.as_str());
            if !(file_exists && heading_exists && in_book) {
                dead.push(format!("{name}: {link}"));
            }
        }
    }
    dead
}

#[test]
fn rust_code_of_every_page_is_tested() {
    let included = fs::read_to_string(root().join("book/src/lib.rs")).expect("book/src/lib.rs exists");
    assert_eq!(untested(&pages(), &included), [""; 0]);
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let pages = pages();
    assert!(pages.len() > 10, "expected more than 10 pages, found {:?}", pages.keys());
    assert_eq!(dead(&pages, |path| root().join(path).exists()), [""; 0]);
}

#[test]
fn the_table_of_contents_names_every_page_once() {
    let mut pages = pages();
    let contents = pages.remove("docs/SUMMARY.md").expect("docs/SUMMARY.md");
    let mut named =
        links_and_anchors(&contents).0.iter().map(|link| resolved("docs/SUMMARY.md", link)).collect::<Vec<_>>();
    named.sort();
    let existing = pages.into_keys().filter(|name| name.starts_with("docs/")).collect::<Vec<_>>();
    assert_eq!(named, existing);
}

/// The checks above find what they look for.
#[test]
fn faults_of_a_page_are_found() {
    let page = |text: &str| BTreeMap::from([("docs/a.md".to_owned(), text.to_owned())]);
    let code = "```rust\nfn main() {}\n```\n";
    assert_eq!(untested(&page(code), "").len(), 1);
    assert_eq!(untested(&page("```\nlet a = 1;\n```\n"), "").len(), 1, "a block without a language is Rust");
    assert_eq!(untested(&page("```text\na\n```\n"), ""), [""; 0]);
    assert_eq!(untested(&page(code), "\"docs/a.md\""), [""; 0]);
    assert_eq!(untested(&page("```rust,ignore\n```\n"), "\"docs/a.md\"").len(), 1);

    let text = "# What `a-b` does, and what not\n[1](#what-a-b-does-and-what-not) [2](#no) [3](b.md) [4](../c) ![5](a.md#x) [6](https://x)";
    let dead = dead(&page(text), |path| path == "c");
    assert_eq!(dead, ["docs/a.md: #no", "docs/a.md: b.md", "docs/a.md: ../c", "docs/a.md: a.md#x"]);
}
