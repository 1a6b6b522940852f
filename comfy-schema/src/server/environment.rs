//! The options that environment variables set.

use std::ffi::OsString;
use std::path::PathBuf;

use thiserror::Error;

use super::address::same_origin;
use super::header::{self, InvalidHeader};
use super::{Secret, ServerOptions};

/// The error for an environment variable with an invalid value. It does not contain the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// The value is not UTF-8.
    #[error("invalid value of the environment variable {variable}: expected UTF-8")]
    #[non_exhaustive]
    Encoding {
        /// The name of the variable.
        variable: &'static str,
    },
    /// A line of `COMFY_HEADERS` is not a header.
    #[error("invalid line {line} of the environment variable {}: {reason}", ServerOptions::HEADERS)]
    #[non_exhaustive]
    Header {
        /// The number of the line, from 1.
        line: usize,
        /// The reason why it is not a header.
        reason: InvalidHeader,
    },
}

impl ServerOptions {
    const URL: &'static str = "COMFY_URL";
    const TOKEN: &'static str = "COMFY_TOKEN";
    const API_KEY: &'static str = "COMFY_API_KEY";
    const HEADERS: &'static str = "COMFY_HEADERS";
    const CA_CERTIFICATE: &'static str = "COMFY_CA_CERTIFICATE";
    const PIN_CERTIFICATE: &'static str = "COMFY_PIN_CERTIFICATE";
    const WEBSOCKET: &'static str = "COMFY_WEBSOCKET";

    /// The names of all variables.
    pub const VARIABLES: [&'static str; 7] = [
        Self::URL,
        Self::TOKEN,
        Self::API_KEY,
        Self::HEADERS,
        Self::CA_CERTIFICATE,
        Self::PIN_CERTIFICATE,
        Self::WEBSOCKET,
    ];

    /// Creates the options of the server that `COMFY_URL` names, or of the one at [`DEFAULT_URL`](Self::DEFAULT_URL),
    /// with those of the other [variables](super#environment-variables). `lookup` is usually `std::env::var_os`.
    ///
    /// ```
    /// use comfy_schema::server::ServerOptions;
    ///
    /// # fn main() -> Result<(), comfy_schema::server::EnvironmentError> {
    /// let options = ServerOptions::from_environment(|name| std::env::var_os(name))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a value is not UTF-8, or `COMFY_HEADERS` holds a line that is not a header.
    pub fn from_environment(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let url = Self::environment_url(&lookup)?.unwrap_or_else(|| Secret::new(Self::DEFAULT_URL));
        Self::new(url).with_environment(lookup)
    }

    /// Returns the URL that `COMFY_URL` names.
    ///
    /// # Errors
    ///
    /// Returns an error if the value is not UTF-8.
    pub fn environment_url(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Option<Secret>, EnvironmentError> {
        text(&lookup, Self::URL)
    }

    /// Fills in the values of [variables](super#environment-variables) for everything that is not set yet. `lookup` is
    /// usually `std::env::var_os`.
    ///
    /// The URL stays as it is. If `COMFY_URL` names a server with another scheme, host or port, the variables belong to
    /// that server, and nothing is filled in.
    ///
    /// # Errors
    ///
    /// Returns an error if a value is not UTF-8, or `COMFY_HEADERS` holds a line that is not a header.
    pub fn with_environment(mut self, lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, EnvironmentError> {
        let url = Self::environment_url(&lookup)?;
        if url.is_some_and(|url| url != self.url && !same_origin(url.reveal(), self.url.reveal())) {
            return Ok(self);
        }
        let path = |name| lookup(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        fill(&mut self.token, || text(&lookup, Self::TOKEN))?;
        fill(&mut self.api_key, || text(&lookup, Self::API_KEY))?;
        fill(&mut self.websocket, || text(&lookup, Self::WEBSOCKET))?;
        // A pinned certificate leaves nothing to another authority, so a value of one kind replaces both.
        if self.ca_certificate.is_none() && self.pin_certificate.is_none() {
            self.ca_certificate = path(Self::CA_CERTIFICATE);
            self.pin_certificate = path(Self::PIN_CERTIFICATE);
        }
        self.add_headers(text(&lookup, Self::HEADERS)?)?;
        Ok(self)
    }

    /// Adds the headers of `COMFY_HEADERS`, apart from those that are set already.
    fn add_headers(&mut self, lines: Option<Secret>) -> Result<(), EnvironmentError> {
        let Some(lines) = lines else { return Ok(()) };
        let known: Vec<String> = self.all_headers().into_iter().map(|(name, _)| name).collect();
        for (index, line) in lines.reveal().lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let invalid = |reason| EnvironmentError::Header { line: index + 1, reason };
            let (name, value) = header::parse(line).map_err(invalid)?;
            if !known.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
                self.headers.push((name, value));
            }
        }
        Ok(())
    }
}

/// Sets an option that is not set yet.
fn fill(
    option: &mut Option<Secret>,
    value: impl FnOnce() -> Result<Option<Secret>, EnvironmentError>,
) -> Result<(), EnvironmentError> {
    if option.is_none() {
        *option = value()?;
    }
    Ok(())
}

/// Returns a variable without the white space around it, or `None` if nothing is left.
fn text(lookup: impl Fn(&str) -> Option<OsString>, variable: &'static str) -> Result<Option<Secret>, EnvironmentError> {
    let Some(value) = lookup(variable) else { return Ok(None) };
    let value = value.into_string().map_err(|_| EnvironmentError::Encoding { variable })?;
    let value = value.trim();
    Ok((!value.is_empty()).then(|| Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::{EnvironmentError, ServerOptions};

    fn lookup(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
    }

    #[test]
    fn every_variable_sets_its_option() {
        let variables = [
            ("COMFY_URL", "https://a/comfy"),
            ("COMFY_TOKEN", "t\n"),
            ("COMFY_API_KEY", "k"),
            ("COMFY_HEADERS", "X-One: 1\n\nX-Two: 2"),
            ("COMFY_CA_CERTIFICATE", "ca.pem"),
            ("COMFY_PIN_CERTIFICATE", "pin.pem"),
            ("COMFY_WEBSOCKET", "/ws?token=w"),
        ];
        assert_eq!(variables.map(|(name, _)| name), ServerOptions::VARIABLES);
        let expected = ServerOptions::new("https://a/comfy")
            .token("t")
            .api_key("k")
            .header("X-One", "1")
            .header("X-Two", "2")
            .ca_certificate("ca.pem")
            .pin_certificate("pin.pem")
            .websocket("/ws?token=w");
        assert_eq!(ServerOptions::from_environment(lookup(&variables)).unwrap(), expected);
    }

    #[test]
    fn without_variables_the_server_is_the_one_on_this_machine() {
        let options = ServerOptions::from_environment(lookup(&[("COMFY_URL", ""), ("COMFY_TOKEN", " ")])).unwrap();
        assert_eq!(options, ServerOptions::new(ServerOptions::DEFAULT_URL));
    }

    #[test]
    fn what_is_set_has_precedence_over_the_variable() {
        let variables = [
            ("COMFY_TOKEN", "variable"),
            ("COMFY_API_KEY", "variable"),
            ("COMFY_HEADERS", "x-one: variable\nx-two: variable\nauthorization: variable"),
            ("COMFY_CA_CERTIFICATE", "variable"),
        ];
        let set = ServerOptions::new("http://a").token("set").header("X-One", "set").pin_certificate("set");
        let options = set.with_environment(lookup(&variables)).unwrap();
        assert_eq!(options.token.unwrap().reveal(), "set");
        assert_eq!(options.api_key.unwrap().reveal(), "variable");
        let headers: Vec<_> = options.headers.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
        assert_eq!(headers, [("X-One", "set"), ("x-two", "variable")]);
        assert_eq!(options.ca_certificate, None);
        assert_eq!(options.pin_certificate.as_deref(), Some(Path::new("set")));
    }

    #[test]
    fn variables_belong_to_the_origin_of_the_url_that_is_set() {
        let variables = [("COMFY_URL", "https://a/comfy"), ("COMFY_TOKEN", "secret")];
        let with = |url: &str| ServerOptions::new(url).with_environment(lookup(&variables)).unwrap();
        assert!(with("https://a:443/other").token.is_some());
        for other in ["http://a/comfy", "https://b/comfy", "https://a:8188/comfy"] {
            assert_eq!(with(other), ServerOptions::new(other), "{other}");
        }
    }

    #[test]
    fn an_invalid_header_is_an_error_without_its_text() {
        let error = ServerOptions::from_environment(lookup(&[("COMFY_HEADERS", "X-Key: 1\nsecret")])).unwrap_err();
        assert!(matches!(error, EnvironmentError::Header { line: 2, .. }));
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
