//! The name of a call, for messages.

use std::fmt;
use std::ops::Deref;

use comfy_schema::server::redaction::Redaction;

/// Method and route of a call, with what removes the secrets of its client from messages about the response.
#[derive(Debug, Clone)]
pub(crate) struct CallName {
    text: String,
    redaction: Redaction,
}

impl CallName {
    pub(crate) fn new(text: String, redaction: &Redaction) -> Self {
        Self { text, redaction: redaction.clone() }
    }

    pub(crate) fn redaction(&self) -> &Redaction {
        &self.redaction
    }
}

impl Deref for CallName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<CallName> for String {
    fn from(name: CallName) -> Self {
        name.text
    }
}
