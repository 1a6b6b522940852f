//! Files and documents that are made to take much time or memory, and the work that is done with them.

mod documents;
mod media;
mod work;

use std::io;
use std::path::Path;

pub use documents::schema;
pub use work::{STEPS, work};

/// A file to read, which is written before the programs that read it are measured.
pub struct Case {
    /// The name of the file. What begins with `prompt`, `workflow` or `schema` is such a document.
    pub name: &'static str,
    /// Returns the content of the file.
    pub make: fn() -> Vec<u8>,
}

/// Returns all cases.
pub fn cases() -> impl Iterator<Item = Case> {
    media::CASES.iter().chain(documents::CASES).map(|&(name, make)| Case { name, make })
}

/// Writes the files of all cases into a folder.
///
/// # Errors
///
/// Returns the error of the file system.
pub fn write(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    cases().try_for_each(|case| std::fs::write(folder.join(case.name), (case.make)()))
}
