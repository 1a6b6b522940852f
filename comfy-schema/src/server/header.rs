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
    /// The value contains a line break or another control character.
    #[error("invalid header value; expected no control characters")]
    Value,
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
