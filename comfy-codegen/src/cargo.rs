//! What a build script does: talk to cargo, and do nothing twice.

use std::process;

use comfy_schema::causes::in_full;

use crate::config::{Config, Document, Environment};
use crate::output::Fingerprint;
use crate::{Error, generator};

/// Runs a build script's configuration; ends the process if that fails.
pub(crate) fn build(config: &Config) {
    let environment = Environment::read();
    let config = config.under(&environment);
    if environment.cargo {
        for line in dependencies(&config) {
            println!("{line}");
        }
    }
    if environment.docs_rs && config.is_checked_in() {
        // The tree is read-only, and holds the file already.
        return;
    }
    if let Err(error) = refresh(&config, environment.cargo) {
        eprintln!("error: {}", in_full(&error));
        process::exit(1);
    }
}

/// When cargo has to run the script again.
fn dependencies(config: &Config) -> Vec<String> {
    let variables = Environment::VARIABLES.iter().map(|name| format!("cargo:rerun-if-env-changed={name}"));
    let files = config.schema_path().into_iter().chain(config.sources().iter().map(AsRef::as_ref));
    variables.chain(files.map(|path| format!("cargo:rerun-if-changed={}", path.display()))).collect()
}

/// Writes the file unless it was made of the same.
fn refresh(config: &Config, cargo: bool) -> Result<(), Error> {
    let target = config.target()?;
    let document = Document::load(config.schema_path(), config.server_url())?;
    if let Some(fallback) = document.fallback.as_ref().filter(|_| cargo) {
        println!("cargo:warning={fallback}");
    }
    let words = config.words()?;
    let unchanged = Fingerprint::new(config, &document);
    let expected = match &words {
        None => Some(unchanged),
        Some(words) => target.names(unchanged).map(|names| names.fingerprint(words)),
    };
    if expected.is_some_and(|expected| target.has(expected)) {
        return Ok(());
    }
    let draft = generator::generate(config, &document, words.as_ref())?;
    target.write(&draft.text()?)?;
    draft.names.as_ref().map_or(Ok(()), |names| target.write_names(names))
}
