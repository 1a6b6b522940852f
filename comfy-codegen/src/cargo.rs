//! Build scripts: the instructions for cargo, and skipping a run that would change nothing.

use std::process;

use comfy_schema::causes::in_full;

use crate::config::{Config, Environment};
use crate::error::Error;
use crate::generator;
use crate::output::Fingerprint;
use crate::text::comment;

impl Config {
    /// Generates the file from a build script.
    ///
    /// Tells cargo when to run the script again. Writes nothing if the definitions, the configuration and the nodes
    /// that the sources use are unchanged. If generating fails, the error is printed and the process exits with status
    /// 1.
    ///
    /// | environment variable | meaning |
    /// |---|---|
    /// | `COMFY_SCHEMA` | the file to read instead of the configured definitions; takes precedence over `COMFY_SERVER` |
    /// | `COMFY_SERVER` | the base URL of a server to ask (feature `live`), with the configured file as fallback |
    ///
    /// On docs.rs (`DOCS_RS` is set) no server is asked and nothing is written outside `OUT_DIR`.
    pub fn build(&self) {
        let environment = Environment::read();
        let config = self.under(&environment);
        if environment.cargo {
            for line in dependencies(&config) {
                println!("{line}");
            }
        }
        if environment.docs_rs && config.is_checked_in() {
            // The source tree is read-only and already has the file.
            return;
        }
        if let Err(error) = refresh(&config, environment.cargo) {
            eprintln!("error: {}", in_full(&error));
            process::exit(1);
        }
    }
}

/// Returns the lines that tell cargo when to run the script again.
fn dependencies(config: &Config) -> Vec<String> {
    let variables = Environment::VARIABLES.iter().map(|name| format!("cargo:rerun-if-env-changed={name}"));
    let files = config.schema_path().into_iter().chain(config.sources().iter().map(AsRef::as_ref));
    variables.chain(files.map(|path| instruction("rerun-if-changed", &path.display().to_string()))).collect()
}

/// Returns an instruction for cargo, which is one line: a message of a server must not end it and begin another one.
fn instruction(key: &str, value: &str) -> String {
    format!("cargo:{key}={}", comment(value))
}

/// Writes the file, unless it was generated from the same definitions, configuration and sources.
fn refresh(config: &Config, cargo: bool) -> Result<(), Error> {
    let target = config.target()?;
    let document = config.document()?;
    if let Some(fallback) = document.fallback.as_ref().filter(|_| cargo) {
        println!("{}", instruction("warning", &fallback.to_string()));
    }
    let words = config.words()?;
    let unchanged = Fingerprint::new(&config.description(), &document.bytes);
    let expected = match &words {
        None => Some(unchanged),
        Some(words) => target.names(unchanged).map(|names| names.fingerprint(words)),
    };
    if expected.is_some_and(|expected| target.has(expected)) {
        return Ok(());
    }
    let draft = generator::draft(config, &document, words.as_ref())?;
    target.write(&draft.text()?)?;
    draft.names.as_ref().map_or(Ok(()), |names| target.write_names(names))
}

#[cfg(test)]
mod tests {
    use super::{Config, dependencies, instruction};

    #[test]
    fn no_text_begins_another_instruction() {
        assert_eq!(instruction("warning", "a\ncargo:rustc-cfg=evil"), "cargo:warning=a\\ncargo:rustc-cfg=evil");
        let lines = dependencies(&Config::new().schema("a\r\ncargo:rustc-cfg=evil.json"));
        assert!(lines.iter().all(|line| !line.contains(['\n', '\r'])), "{lines:?}");
    }
}
