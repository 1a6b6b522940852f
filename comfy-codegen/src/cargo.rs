//! What a build script does: talk to cargo, and do nothing twice.

use std::error::Error as _;
use std::process;

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
        eprintln!("error: {}", with_causes(&error));
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

/// An error and what caused it, in one line.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.extend([": ", &error.to_string()]);
        cause = error.source();
    }
    text
}
