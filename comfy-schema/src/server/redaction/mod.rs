//! Removes secrets from texts of a server, which may echo what it was sent: the page of a router with the path that it
//! does not know, the message of a proxy with the token that it refuses.

mod secrets;
mod written;

use std::borrow::Cow;
use std::sync::Arc;

use super::{Secret, ServerOptions};
use crate::{Map, Text, Value};

/// What stands in a text in place of a secret.
const REDACTED: &str = "***";

/// The secrets of a client, and what it replaces in texts.
///
/// A secret is found in every form in which servers write it back: as it is, percent-encoded, as base64, with the escapes
/// of JSON, and with the character references of HTML. One that the end of the text cuts off is found too.
#[derive(Clone, Default)]
pub struct Redaction {
    secrets: Arc<[String]>,
}

impl Redaction {
    /// Creates the redaction of a client with these URLs, which may hold users and passwords, these headers, this path of
    /// the WebSocket, and these other secrets.
    pub fn new<'s>(
        urls: impl IntoIterator<Item = &'s Secret>,
        headers: &[(String, Secret)],
        websocket: Option<&Secret>,
        others: impl IntoIterator<Item = &'s Secret>,
    ) -> Self {
        Self { secrets: secrets::all(urls, headers, websocket, others).into() }
    }

    /// Creates the redaction of a client with these options.
    pub fn of(options: &ServerOptions) -> Self {
        Self::new([&options.url], &options.all_headers(), options.websocket.as_ref(), [])
    }

    /// Replaces the secrets in a text.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut redacted = String::new();
        let mut copied = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            match self.secrets.iter().find_map(|secret| written::length(rest, secret)) {
                Some(length) => {
                    redacted.push_str(text.get(copied..at).unwrap_or_default());
                    redacted.push_str(REDACTED);
                    at += length;
                    copied = at;
                }
                None => at += rest.chars().next().map_or(1, char::len_utf8),
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        redacted.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(redacted)
    }

    /// Replaces the secrets in a text that is owned.
    pub fn string(&self, text: String) -> String {
        match self.text(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(redacted) => redacted,
        }
    }

    /// Replaces the secrets in all strings of a value, keys of objects included.
    pub fn value(&self, value: Value) -> Value {
        if self.secrets.is_empty() {
            return value;
        }
        match value {
            Value::String(text) => Value::String(self.in_text(text)),
            Value::Array(values) => values.into_iter().map(|value| self.value(value)).collect(),
            Value::Object(map) => {
                let members = map.into_iter().map(|(key, value)| (self.in_text(key), self.value(value)));
                Value::Object(members.collect::<Map>())
            }
            other => other,
        }
    }

    fn in_text(&self, text: Text) -> Text {
        match self.text(text.as_str()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(redacted) => redacted.into(),
        }
    }
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} secrets", self.secrets.len())
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::Redaction;
    use crate::Value;
    use crate::server::ServerOptions;

    const SECRET: &str = r#"s3"c&r\t/é+ 1"#;

    fn redaction() -> Redaction {
        Redaction::of(&ServerOptions::new("http://a").token(SECRET).header("X-Pass", "true").header("X-Pin", "12"))
    }

    #[test]
    fn a_secret_is_found_however_servers_write_it() {
        let redaction = redaction();
        for written in [
            SECRET.to_owned(),
            "s3%22c%26r%5Ct%2F%C3%A9%2B%201".to_owned(),
            "s3%22c&r%5ct/%c3%a9%2b+1".to_owned(),
            r#"s3\"c&r\\t\/é+ 1"#.to_owned(),
            r#"s3\"c\u0026r\\t/\u00e9+ 1"#.to_owned(),
            r"s3&quot;c&amp;r\t/é+ 1".to_owned(),
            r"s3&#34;c&#x26;r\t/&#233;+ 1".to_owned(),
            BASE64_STANDARD.encode(SECRET),
            BASE64_URL_SAFE_NO_PAD.encode(SECRET),
        ] {
            let text = format!("Cannot GET /ws?token={written}, sorry");
            let redacted = redaction.text(&text);
            assert!(redacted.starts_with("Cannot GET /ws?token=***"), "{redacted}");
            assert!(redacted.trim_start_matches("Cannot GET /ws?token=***").trim_start_matches('=') == ", sorry");
        }
    }

    #[test]
    fn a_secret_that_the_end_cuts_off_is_found() {
        assert_eq!(redaction().text(r#"invalid s3"c&r\t"#), "invalid ***");
        assert_eq!(redaction().text("invalid s3"), "invalid s3", "too little to be a secret");
    }

    #[test]
    fn words_that_are_no_secrets_stay() {
        let text = "it is true that 12 < 13; as http://a/ says";
        assert_eq!(redaction().text(text), text);
        assert_eq!(Redaction::default().text(text), text);
    }

    #[test]
    fn every_place_of_the_options_holds_secrets() {
        let options = ServerOptions::new("https://me:pass%21word@a/comfy")
            .token("t0ken")
            .api_key("k3y-of-mine")
            .header("Cookie", "theme=d; session=s3ssion")
            .header("Proxy-Authorization", "Basic eW91Om90aGVycw==")
            .header("Accept", "application/json")
            .websocket("/ws?token=w0s%2B1&mode=x");
        let redaction = Redaction::of(&options);
        for (text, expected) in [
            ("pass!word, pass%21word", "***, ***"),
            ("me:pass!word", "***"),
            ("Basic bWU6cGFzcyF3b3Jk.", "Basic ***."),
            ("Bearer t0ken", "Bearer ***"),
            ("key k3y-of-mine of me", "key *** of me"),
            ("Cookie: theme=d; session=s3ssion", "Cookie: ***"),
            ("session s3ssion", "session ***"),
            ("Basic eW91Om90aGVycw==, you:others, others", "Basic ***, ***, ***"),
            ("Cannot GET /ws?token=w0s%2B1&mode=x&clientId=1", "Cannot GET /ws?***&clientId=1"),
            ("invalid w0s+1", "invalid ***"),
            ("expected application/json at https://a/comfy", "expected application/json at https://a/comfy"),
        ] {
            assert_eq!(redaction.text(text), expected);
        }
    }

    #[test]
    fn a_user_without_a_password_is_a_token() {
        for url in ["https://t0ken@a", "https://t0ken:@a"] {
            assert_eq!(Redaction::of(&ServerOptions::new(url)).text("no t0ken"), "no ***");
        }
        assert_eq!(Redaction::of(&ServerOptions::new("https://comfy:secret@a")).text("comfyui"), "comfyui");
    }

    #[test]
    fn all_strings_of_a_value_are_searched() {
        let value = Value::parse(br#"{"a": ["t0ken", 1, {"t0ken": "x"}]}"#).unwrap();
        let redaction = Redaction::of(&ServerOptions::new("http://a").token("t0ken"));
        assert_eq!(redaction.value(value).to_string(), r#"{"a":["***",1,{"***":"x"}]}"#);
    }

    #[test]
    fn debug_output_holds_no_secret() {
        assert!(!format!("{:?}", redaction()).contains("s3"));
    }
}
