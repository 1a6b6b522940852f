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
    /// | `COMFY_TOKEN`, `COMFY_API_KEY`, `COMFY_HEADERS`, `COMFY_CA_CERTIFICATE`, `COMFY_PIN_CERTIFICATE` | [credentials and certificates](comfy_schema::server#environment-variables) for the server that is asked |
    ///
    /// Only `COMFY_SERVER` and [`server`](Self::server) make a build ask a server. If `COMFY_URL` is set, which names the
    /// server of the command and of programs, the credentials are sent only to a server with the same scheme, host and
    /// port.
    ///
    /// On docs.rs (`DOCS_RS` is set) no server is asked and nothing is written outside `OUT_DIR`.
    pub fn build(&self) {
        if let Err(error) = self.build_under(&Environment::read()) {
            eprintln!("error: {}", in_full(&error));
            process::exit(1);
        }
    }

    fn build_under(&self, environment: &Environment) -> Result<(), Error> {
        if environment.cargo {
            for line in dependencies(self, environment) {
                println!("{line}");
            }
        }
        if environment.docs_rs && self.is_checked_in() {
            // The source tree is read-only and already has the file.
            return Ok(());
        }
        refresh(&self.under(environment)?, environment.cargo)
    }
}

/// Returns the lines that tell cargo when to run the script again.
fn dependencies(config: &Config, environment: &Environment) -> Vec<String> {
    let asks_server = environment.server.is_some() || config.has_server();
    let variables = Environment::variables(asks_server).map(|name| format!("cargo:rerun-if-env-changed={name}"));
    let schema = environment.schema.as_deref().or(config.schema_path());
    let files = schema.into_iter().chain(config.sources().iter().map(AsRef::as_ref));
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
        println!("{}", instruction("warning", fallback));
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
    target.write(&draft.text)?;
    draft.names.as_ref().map_or(Ok(()), |names| target.write_names(names))
}

#[cfg(test)]
mod tests {
    use super::{Config, Environment, dependencies, instruction};

    #[test]
    fn no_text_begins_another_instruction() {
        assert_eq!(instruction("warning", "a\ncargo:rustc-cfg=evil"), "cargo:warning=a\\ncargo:rustc-cfg=evil");
        let config = Config::new().schema("a\r\ncargo:rustc-cfg=evil.json");
        let lines = dependencies(&config, &Environment::default());
        assert!(lines.iter().all(|line| !line.contains(['\n', '\r'])), "{lines:?}");
    }
}
