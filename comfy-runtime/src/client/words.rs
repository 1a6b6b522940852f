//! The message in the body of a failed call: that of an error object, or the first words of a text or an HTML page.

use comfy_schema::Value;
use comfy_schema::server::redaction::Redaction;
use comfy_schema::shown::shortened;

use super::json;
use super::limits::{MAX_MESSAGE_CHARS, MAX_PAGE_CHARS};
use super::response;

/// The elements of a page whose content is not shown.
const HIDDEN: [&str; 4] = ["script", "style", "svg", "template"];

/// The character references that error pages use.
const REFERENCES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

/// Returns the message in the body of a failed call, without hidden characters and secrets; empty if there is none.
pub(super) fn error_message(redaction: &Redaction, body: &[u8]) -> String {
    if is_page(body) {
        return page(redaction, body);
    }
    let message = match response::parse_message("the body of a failed call", body) {
        Ok(value) => of_json(&value),
        Err(_) => String::from_utf8_lossy(body).trim().to_owned(),
    };
    shortened(&redaction.string(message), MAX_MESSAGE_CHARS)
}

/// Returns whether a body is an HTML page, as login pages and proxies send.
pub(super) fn is_page(body: &[u8]) -> bool {
    without_mark(body).trim_ascii_start().starts_with(b"<")
}

/// Returns a description of an HTML page with its first words, without secrets.
pub(super) fn page(redaction: &Redaction, body: &[u8]) -> String {
    let words = redaction.string(first_words(&String::from_utf8_lossy(without_mark(body))));
    if words.is_empty() {
        return "an HTML page".to_owned();
    }
    format!("an HTML page, \"{}\"", shortened(&words, MAX_PAGE_CHARS))
}

/// Removes a byte order mark.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn of_json(value: &Value) -> String {
    match json::get(value, "error") {
        Some(Value::String(text)) => text.to_string(),
        Some(error) => json::string(error, "message").unwrap_or_else(|| error.to_string()),
        // As web frameworks in front of the server write it.
        None => ["message", "detail"]
            .into_iter()
            .find_map(|key| json::string(value, key))
            .unwrap_or_else(|| value.to_string()),
    }
}

/// Returns the beginning of the text of a page, title included, with one space between words.
fn first_words(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    // One character more than is shown, so that the rest is known to be cut off.
    while text.chars().count() <= MAX_PAGE_CHARS {
        let (before, behind) = rest.split_once('<').unwrap_or((rest, ""));
        push_words(&mut text, before);
        if behind.is_empty() {
            break;
        }
        rest = behind_tag(behind);
    }
    text
}

fn push_words(text: &mut String, raw: &str) {
    let raw = REFERENCES.iter().fold(raw.to_owned(), |raw, (reference, c)| raw.replace(reference, c));
    for word in raw.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
        if text.len() > 4 * MAX_PAGE_CHARS {
            return;
        }
    }
}

/// Returns what follows a tag whose `<` was read, or the end of the element if its content is hidden.
fn behind_tag(tag: &str) -> &str {
    if let Some(comment) = tag.strip_prefix("!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let rest = tag.split_once('>').map_or("", |(_, rest)| rest);
    if !HIDDEN.contains(&name.as_str()) {
        return rest;
    }
    let end = format!("</{name}");
    let at = rest
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| rest.get(*at..*at + end.len()).is_some_and(|text| text.eq_ignore_ascii_case(&end)));
    at.and_then(|at| rest.get(at..)).and_then(|rest| rest.split_once('>')).map_or("", |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use comfy_schema::server::redaction::Redaction;

    fn error_message(body: &[u8]) -> String {
        super::error_message(&Redaction::default(), body)
    }

    #[test]
    fn the_message_of_an_error_object_is_shown() {
        for (body, expected) in [
            (r#"{"error": "too many"}"#, "too many"),
            (r#"{"error": {"type": "x", "message": "no such node"}}"#, "no such node"),
            (r#"{"error": {"code": 5}}"#, r#"{"code":5}"#),
            (r#"{"message": "no key"}"#, "no key"),
            (r#"{"detail": "Not authenticated"}"#, "Not authenticated"),
            ("Maximum request body size exceeded\n", "Maximum request body size exceeded"),
            ("", ""),
        ] {
            assert_eq!(error_message(body.as_bytes()), expected);
        }
    }

    #[test]
    fn a_page_is_shown_by_its_first_words() {
        for (page, words) in [
            ("<html><head><title>413 Request\n Entity Too Large</title></head></html>", "413 Request Entity Too Large"),
            ("<!DOCTYPE html><!-- <b>x</b> --><style>p {}</style><p>Sign&nbsp;in &lt;here&gt;", "Sign in <here>"),
            ("\u{feff} <SCRIPT>if (a < b) {}</script ><h1>Bad</h1>gateway", "Bad gateway"),
        ] {
            assert_eq!(error_message(page.as_bytes()), format!("an HTML page, \"{words}\""));
        }
        for empty in ["<html>", "<", "<script>endless", "<!-- endless", "<p attribute"] {
            assert_eq!(error_message(empty.as_bytes()), "an HTML page", "{empty}");
        }
    }

    #[test]
    fn hidden_characters_are_escaped_and_long_bodies_cut() {
        assert_eq!(error_message(b"a\x1b[31m"), r"a\u{1b}[31m");
        assert_eq!(error_message(b"<p>a\x1b[31m"), r#"an HTML page, "a\u{1b}[31m""#);
        let long = error_message(&b"<p>words ".repeat(100_000));
        assert!(long.starts_with("an HTML page, \"words words") && long.ends_with("…\"") && long.len() < 200, "{long}");
        assert!(error_message(&vec![b'x'; 1 << 20]).chars().count() < 510);
    }
}
