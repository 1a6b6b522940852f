//! What is published: the content of each package, its metadata, the order of a release.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;

use comfy_checks::workspace::{Package, cargo, published, root};

/// The files of a package that cargo adds or that every package has.
const COMMON: &[&str] = &["Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// The other files that are no Rust sources: the package does not compile without them.
const ASSETS: &[(&str, &[&str])] = &[
    ("comfy-draw", &["src/html/page.css", "src/html/page.js"]),
    ("comfy-mock", &["schemas/comfyui-0.26.0.json"]),
    (
        "cargo-comfy",
        &[
            "schemas/comfyui-0.26.0.json",
            "src/commands/init/template/build.rs.txt",
            "src/commands/init/template/comfy.rs.txt",
            "src/commands/init/template/main.rs.txt",
            "src/commands/init/template/snapshot.json",
        ],
    ),
];

/// The size of all files of a package together, before compression.
const MAX_PACKAGE_BYTES: u64 = 2_000_000;

#[test]
fn packages_hold_their_sources_and_assets_and_nothing_else() {
    for package in published().unwrap() {
        let listed = cargo(&["package", "--list", "--allow-dirty", "--package", &package.name]).unwrap();
        let mut listed: BTreeSet<String> = listed.lines().map(|line| line.replace('\\', "/")).collect();
        // The commit; cargo adds it where there is a repository.
        listed.remove(".cargo_vcs_info.json");

        let folder = format!("{}/", package.folder);
        let sources = package.sources().unwrap().into_keys().map(|path| path.trim_start_matches(&folder).to_owned());
        let assets = ASSETS.iter().find(|(name, _)| *name == package.name).map_or(&[][..], |(_, assets)| assets);
        let expected: BTreeSet<String> =
            sources.chain(COMMON.iter().chain(assets).map(|&file| file.to_owned())).collect();

        let unexpected: Vec<&String> = listed.difference(&expected).collect();
        let missing: Vec<&String> = expected.difference(&listed).collect();
        assert!(unexpected.is_empty(), "{}: `include` in Cargo.toml lets these in: {unexpected:#?}", package.name);
        assert!(missing.is_empty(), "{}: `include` in Cargo.toml leaves these out: {missing:#?}", package.name);

        let bytes: u64 = listed.iter().map(|file| size(&package, file)).sum();
        assert!(bytes <= MAX_PACKAGE_BYTES, "{}: {bytes} bytes", package.name);
    }
}

/// Returns the size of a file; those that cargo writes while it packs count as empty.
fn size(package: &Package, file: &str) -> u64 {
    fs::metadata(root().join(&package.folder).join(file)).map_or(0, |metadata| metadata.len())
}

#[test]
fn every_package_holds_the_texts_of_both_licences() {
    for package in published().unwrap() {
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            // A link in the repository; cargo packs what it leads to.
            let text = fs::read(root().join(&package.folder).join(licence)).unwrap();
            assert!(text == fs::read(root().join(licence)).unwrap(), "{}/{licence}", package.folder);
        }
    }
}

#[test]
fn every_package_has_the_metadata_that_registries_show() {
    for package in published().unwrap() {
        let manifest = &package.manifest;
        for key in ["description", "license", "readme", "repository", "rust_version"] {
            assert!(manifest[key].is_string(), "{}: `{key}` is missing", package.name);
        }
        for key in ["categories", "keywords"] {
            assert!(
                manifest[key].as_array().is_some_and(|list| !list.is_empty()),
                "{}: `{key}` is missing",
                package.name
            );
        }
        let docs = &manifest["metadata"]["docs"]["rs"]["all-features"];
        assert!(*docs == true, "{}: docs.rs must document all features", package.name);
    }
}

#[test]
fn binstall_finds_the_archives_of_a_release() {
    let workflow = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    assert!(workflow.contains("archive: $bin-$target\n") && workflow.contains("zip: windows\n"));
    let package = published().unwrap().into_iter().find(|package| package.name == "cargo-comfy").unwrap();
    let binstall = &package.manifest["metadata"]["binstall"];
    let archive = "/releases/download/v{ version }/{ name }-{ target }{ archive-suffix }";
    assert!(binstall["pkg-url"].as_str().is_some_and(|url| url.ends_with(archive)), "{binstall}");
    let steps = fs::read_to_string(root().join("RELEASE.md")).unwrap();
    for target in workflow.lines().filter_map(|line| line.trim().strip_prefix("- { target: ")) {
        let target = target.split(',').next().unwrap();
        assert!(steps.contains(&format!("`{target}`")), "RELEASE.md does not list {target}");
        let format = binstall["overrides"][target]["pkg-fmt"].as_str().or(binstall["pkg-fmt"].as_str());
        assert_eq!(format, Some(if target.contains("windows") { "zip" } else { "tgz" }), "{target}");
    }
}

#[test]
fn releases_publish_dependencies_first() {
    let steps = fs::read_to_string(root().join("RELEASE.md")).unwrap();
    let (_, list) = steps.split_once("## Publish order").unwrap();
    let list = list.split("\n## ").next().unwrap();
    // Numbered lines: "1. `comfy-schema` …".
    let names = list.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let names: Vec<&str> = names.filter_map(|line| line.split('`').nth(1)).collect();
    let place = |name: &str| names.iter().position(|listed| *listed == name);
    for package in published().unwrap() {
        let own = place(&package.name);
        assert!(own.is_some(), "RELEASE.md does not list `{}`", package.name);
        for dependency in package.workspace_dependencies() {
            assert!(
                place(dependency) < own,
                "RELEASE.md lists `{}` before `{dependency}`, which it needs",
                package.name
            );
        }
    }
}
