//! Writes `docs/pictures/crates.svg`, the picture of the crates. The command is `cargo crates-picture`.

use std::{fs, io};

use comfy_checks::{picture, workspace};

fn main() -> io::Result<()> {
    fs::write(workspace::root().join(picture::PATH), picture::crates_svg()?)
}
