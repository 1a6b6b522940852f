//! Tests that bad input gives an error with its place and a hint, and that nothing is written.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod common;

use std::error::Error as _;
use std::fs;

use comfy_codegen::{Config, Error};
use common::{SHAPES, file, folder, portable};
use insta::assert_snapshot;

/// Returns the error message for a configuration that must fail, with the causes.
fn message(config: &Config) -> String {
    let error = config.source().unwrap_err();
    let mut text = portable(&error);
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str("\n  because: ");
        text.push_str(&portable(&error));
        cause = error.source();
    }
    text
}

fn of_document(name: &str, content: impl AsRef<[u8]>) -> String {
    message(&Config::new().schema(file(name, "object_info.json", content)))
}

#[test]
fn no_schema_named() {
    assert_snapshot!(message(&Config::new()));
}

#[test]
fn schema_missing() {
    let existing = file("missing", "comfyui-0.26.0.json", "{}");
    assert_snapshot!(message(&Config::new().schema(existing.with_file_name("comfyui-0.28.0.json"))));
}

#[test]
fn schema_is_a_folder() {
    let error = Config::new().schema(folder("folder")).source().unwrap_err();
    assert_snapshot!(portable(&error));
}

#[test]
fn not_json() {
    assert_snapshot!(of_document("not-json", "class_type: KSampler"));
}

#[test]
fn html_of_a_proxy() {
    assert_snapshot!(of_document("html", "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>"));
}

#[test]
fn empty_document() {
    assert_snapshot!(of_document("empty", ""));
}

#[test]
fn empty_object() {
    assert_snapshot!(of_document("empty-object", "{}"));
}

#[test]
fn truncated() {
    let text = fs::read(SHAPES).unwrap();
    assert_snapshot!(of_document("truncated", &text[..2000]));
}

#[test]
fn misspelt_nodes() {
    assert_snapshot!(message(&Config::new().schema(SHAPES).nodes(["KSampelr", "KSampler", "image flip", "Nonsense"])));
}

#[test]
fn overrides_that_do_not_apply() {
    let config = Config::new()
        .schema(SHAPES)
        .open("KSampler.samplername")
        .open("KSampler.model")
        .closed("OpenCombos.empty")
        .open("OpenCombos.style")
        .closed("OpenCombos.style")
        .closed("Dynamic.resize_type.crop");
    assert_snapshot!(message(&config));
}

#[test]
fn sources_missing() {
    let sources = folder("sources").join("src");
    let error = Config::new().schema(SHAPES).used_in(sources).source().unwrap_err();
    assert_snapshot!(portable(&error));
}

#[test]
fn nowhere_to_write() {
    // Cargo sets OUT_DIR for build scripts, but not for the tests of a crate without one.
    assert_snapshot!(portable(&Config::new().schema(SHAPES).generate().unwrap_err()));
}

#[test]
fn unwritable() {
    let target = folder("unwritable").join("no/such/folder/nodes.rs");
    let error = Config::new().schema(SHAPES).out_file(target).generate().unwrap_err();
    assert_snapshot!(portable(&error));
}

#[test]
fn a_failed_run_leaves_the_old_file() {
    let target = file("old", "nodes.rs", "old");
    let broken = target.with_file_name("broken.json");
    fs::write(&broken, "{").unwrap();
    assert!(Config::new().schema(broken).out_file(&target).generate().is_err());
    assert!(Config::new().schema(SHAPES).nodes(["Nonsense"]).out_file(&target).generate().is_err());
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 2, "no temporary file is left");
}

#[test]
fn a_target_that_cannot_be_replaced_leaves_no_temporary_file() {
    let target = folder("directory").join("nodes.rs");
    fs::create_dir_all(target.join("inside")).unwrap();
    let error = Config::new().schema(SHAPES).out_file(&target).generate().unwrap_err();
    assert!(matches!(error, Error::Write { .. }));
    assert_eq!(fs::read_dir(target.parent().unwrap()).unwrap().count(), 1);
}

#[cfg(not(feature = "live"))]
#[test]
fn server_without_the_feature() {
    let message = message(&Config::new().schema(SHAPES).server("http://127.0.0.1:1"));
    assert_snapshot!(message.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[cfg(not(feature = "live"))]
#[test]
fn the_error_without_the_feature_shows_no_password() {
    let error = Config::new().server("http://me:secret@127.0.0.1:1/?key=secret").source().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[test]
fn debug_output_of_a_configuration_shows_no_password() {
    let text = format!("{:?}", Config::new().schema(SHAPES).server("http://me:secret@127.0.0.1:1/?key=secret"));
    assert!(text.contains("http://127.0.0.1:1/") && !text.contains("secret"), "{text}");
}
