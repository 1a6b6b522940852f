//! The picture of the crates in the documentation is that of the crates there are.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use comfy_checks::{picture, workspace};

#[test]
fn the_picture_of_the_crates_is_current() {
    let written = fs::read_to_string(workspace::root().join(picture::PATH)).unwrap();
    assert!(written == picture::crates_svg().unwrap(), "{} is old; run `cargo crates-picture`", picture::PATH);
}
