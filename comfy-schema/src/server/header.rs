//! Headers as people write them: `NAME: VALUE`.

use thiserror::Error;

use super::{Secret, ServerOptions};

/// The error for a text that is not a header. It does not contain the text, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidHeader {
    /// The text has no colon behind a name.
    #[error("expected `NAME: VALUE`, found no colon")]
    NoColon,
    /// The name contains characters that a name cannot have.
    #[error("invalid header name; expected letters, digits and hyphens in front of the colon")]
    Name,
    /// The client sets this header itself, and another value would break the request or the response.
    #[error("the header {name} is set by the client itself")]
    #[non_exhaustive]
    Reserved {
        /// The name of the header in lower case.
        name: &'static str,
    },
    /// The value contains a line break or another control character.
    #[error("invalid header value; expected no control characters")]
    Value,
}

/// The headers that the client sets itself: those that frame a message, those of the WebSocket's handshake, and those that
/// ask for another form or a part of the content. `Host` is not among them, because some proxies choose by it.
const RESERVED: [&str; 18] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "if-range",
    "keep-alive",
    "proxy-connection",
    "range",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "content-encoding",
];

/// Returns the name of a header if the client sets it itself, so that no option may set it.
pub fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.into_iter().find(|reserved| reserved.eq_ignore_ascii_case(name))
}

impl ServerOptions {
    /// Adds a header that is written `NAME: VALUE`, as in the option `--header`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a header.
    pub fn header_line(self, line: &str) -> Result<Self, InvalidHeader> {
        let (name, value) = parse(line)?;
        Ok(self.header(name, value))
    }
}

pub(super) fn parse(line: &str) -> Result<(String, Secret), InvalidHeader> {
    let (name, value) = line.split_once(':').ok_or(InvalidHeader::NoColon)?;
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() || !name.chars().all(is_token) {
        return Err(InvalidHeader::Name);
    }
    if let Some(name) = reserved(name) {
        return Err(InvalidHeader::Reserved { name });
    }
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return Err(InvalidHeader::Value);
    }
    Ok((name.to_owned(), Secret::new(value)))
}

/// Returns the names of headers for messages. What is not a name may be a secret in the wrong place.
pub(super) fn shown(headers: &[(String, Secret)]) -> Vec<&str> {
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_token);
    headers.iter().map(|(name, _)| if is_name(name) { name.as_str() } else { "…" }).collect()
}

/// Returns whether a name may contain the character (RFC 9110, `tchar`).
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::{InvalidHeader, parse};

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let (name, value) = parse("X-Key: a:b ").unwrap();
        assert_eq!((name.as_str(), value.reveal()), ("X-Key", "a:b"));
        assert_eq!(parse("X-Key:").unwrap().1.reveal(), "");
    }

    #[test]
    fn a_header_that_the_client_sets_itself_is_refused() {
        for name in
            ["content-length", "transfer-encoding", "connection", "upgrade", "sec-websocket-key", "te", "trailer"]
        {
            let error = parse(&format!("{}: 5", name.to_uppercase())).unwrap_err();
            assert_eq!(error, InvalidHeader::Reserved { name });
            assert!(error.to_string().contains(name));
        }
        assert!(parse("Host: a").is_ok() && parse("Content-Type: text/plain").is_ok());
    }

    #[test]
    fn a_text_that_is_no_header_is_not_shown() {
        for (line, error) in [
            ("secret", InvalidHeader::NoColon),
            ("Bearer secret: x", InvalidHeader::Name),
            (": secret", InvalidHeader::Name),
            ("X-Key: se\ncret", InvalidHeader::Value),
        ] {
            assert_eq!(parse(line).unwrap_err(), error);
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}
