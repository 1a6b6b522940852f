//! Feeds bytes to the generator as node definitions. The source is valid Rust, and no text of the definitions becomes code
//! or markup of its documentation.

use std::io::Write as _;

use comfy_codegen::Config;
use comfy_schema::Schema;

use crate::source::assert_harmless;

/// Runs the target with an input.
pub fn run(bytes: &[u8]) {
    if Schema::from_slice(bytes).is_err() {
        return;
    }
    // The generator reads files only.
    let mut file = tempfile::NamedTempFile::new().expect("the folder for temporary files is writable");
    file.write_all(bytes).expect("the folder for temporary files is writable");
    let generated = Config::new().schema(file.path()).source().expect("a schema gives source");
    assert_harmless(&generated.source);
}
