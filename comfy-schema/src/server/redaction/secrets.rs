//! The secrets among the settings of a client.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

use super::super::Secret;

/// The number of characters below which a text is no secret: its occurrences would be chance.
const MIN_CHARS: usize = 4;

/// Values of headers and parameters that are no secrets, and that messages contain.
const WORDS: [&str; 6] = ["true", "false", "none", "null", "basic", "bearer"];

/// Headers whose values are no secrets.
const HARMLESS: [&str; 8] =
    ["accept", "accept-language", "cache-control", "comfy-user", "host", "origin", "referer", "user-agent"];

/// Returns the secrets of a client, the longest first, so that none is replaced in part.
pub(super) fn all<'s>(
    urls: impl IntoIterator<Item = &'s Secret>,
    headers: &[(String, Secret)],
    websocket: Option<&Secret>,
    others: impl IntoIterator<Item = &'s Secret>,
) -> Vec<String> {
    let mut secrets = Secrets(Vec::new());
    for url in urls {
        secrets.url(url.reveal());
    }
    for (name, value) in headers {
        secrets.header(name, value.reveal());
    }
    if let Some((_, query)) = websocket.and_then(|path| path.reveal().split_once('?')) {
        secrets.query(query);
    }
    for secret in others {
        secrets.add(secret.reveal());
    }
    let mut secrets = secrets.0;
    secrets.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    secrets.dedup();
    secrets
}

struct Secrets(Vec<String>);

impl Secrets {
    /// Adds a secret and its base64, unless it is too short.
    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.chars().count() < MIN_CHARS || WORDS.iter().any(|word| word.eq_ignore_ascii_case(secret)) {
            return;
        }
        let encoded = [BASE64_STANDARD.encode(secret), BASE64_STANDARD_NO_PAD.encode(secret)];
        self.0.extend(encoded);
        self.0.push(BASE64_URL_SAFE_NO_PAD.encode(secret));
        self.0.push(secret.to_owned());
    }

    /// Adds what a URL holds in front of its host.
    fn url(&mut self, url: &str) {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if let Some((user, _)) = authority.rsplit_once('@') {
            self.user(&decoded(user));
        }
    }

    /// Adds `user:password`. A user without a password is a token; another one is no secret, and may be a word.
    fn user(&mut self, text: &str) {
        match text.split_once(':') {
            Some((_, password)) if !password.is_empty() => {
                self.add(text);
                self.add(password);
            }
            Some((user, _)) => {
                self.add(text);
                self.add(user);
            }
            None => {
                self.add(&format!("{text}:"));
                self.add(text);
            }
        }
    }

    fn header(&mut self, name: &str, value: &str) {
        let name = name.trim().to_ascii_lowercase();
        if HARMLESS.contains(&name.as_str()) {
            return;
        }
        let (scheme, credentials) = value.trim().split_once(' ').unwrap_or(("", value));
        let has_scheme =
            name.ends_with("authorization") || ["bearer", "basic"].iter().any(|s| scheme.eq_ignore_ascii_case(s));
        if !has_scheme {
            self.add(value);
            if name == "cookie" {
                for (_, value) in value.split(';').filter_map(|pair| pair.split_once('=')) {
                    self.add(value);
                }
            }
            return;
        }
        self.add(credentials);
        let user = BASE64_STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"));
        if let Some(user) = user.and_then(|user| String::from_utf8(user).ok()) {
            self.user(&user);
        }
    }

    /// Adds a query and the values of its parameters.
    fn query(&mut self, query: &str) {
        self.add(query);
        for value in query.split('&').filter_map(|pair| pair.split_once('=').map(|(_, value)| value)) {
            self.add(&decoded(&value.replace('+', " ")));
            self.add(&decoded(value));
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
