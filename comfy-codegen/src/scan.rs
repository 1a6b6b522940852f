//! Collects the words of source files, to find out which nodes they use.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::error::Error;
use crate::output::is_generated;

/// Returns every word of the `.rs` files at these paths, at any depth.
///
/// Comments, strings and macros count like code: a parser would miss names in a macro or in a half-written file, and an
/// unneeded node costs little.
pub(crate) fn words(paths: &[PathBuf]) -> Result<HashSet<String>, Error> {
    let mut words = HashSet::new();
    for path in paths {
        visit(path, &mut words)?;
    }
    Ok(words)
}

fn visit(path: &Path, words: &mut HashSet<String>) -> Result<(), Error> {
    let failed = |source: io::Error| Error::Sources { path: path.to_owned(), source };
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        // rustc accepts only UTF-8, so other bytes cannot be part of a name.
        let bytes = fs::read(path).map_err(failed)?;
        collect(&String::from_utf8_lossy(&bytes), words);
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        // Symbolic links to folders are not followed, because they may form cycles.
        let folder = entry.file_type().map_err(failed)?.is_dir();
        if folder || path.extension().is_some_and(|ending| ending == "rs") {
            visit(&path, words)?;
        }
    }
    Ok(())
}

fn collect(source: &str, words: &mut HashSet<String>) {
    if is_generated(source) {
        return;
    }
    for word in source.split(|c: char| c != '_' && !c.is_alphanumeric()) {
        if !word.is_empty() && !words.contains(word) {
            words.insert(word.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::collect;

    fn words(source: &str) -> Vec<String> {
        let mut words = HashSet::new();
        collect(source, &mut words);
        let mut words: Vec<String> = words.into_iter().collect();
        words.sort();
        words
    }

    #[test]
    fn words_in_macros_and_half_written_code() {
        assert_eq!(words("workflow! { let x = KSampler { model, "), ["KSampler", "let", "model", "workflow", "x"]);
    }

    #[test]
    fn raw_identifiers_and_scripts() {
        assert_eq!(words("r#type 输入.Node_2"), ["Node_2", "r", "type", "输入"]);
    }

    #[test]
    fn generated_files_do_not_count() {
        let none = crate::output::Fingerprint::default();
        let head = crate::output::head(none, "x.json", none);
        assert!(words(&format!("{head}pub struct KSampler;")).is_empty());
    }
}
