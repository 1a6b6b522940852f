//! The places of nodes and inputs in the text of a file.
//!
//! The text is known to be valid JSON, so it is enough to count brackets and to skip strings.

use std::collections::HashMap;
use std::ops::Range;

use comfy_schema::{Text, Value};

/// The nodes of a file, by id.
pub(super) struct Places<'t> {
    text: &'t str,
    /// The spans of each node's id and of the node itself.
    nodes: HashMap<Text, Member>,
}

/// The byte spans of an object's key and of its value.
#[derive(Debug, Clone)]
struct Member {
    key: Range<usize>,
    value: Range<usize>,
}

/// A place in a file, with the line to show for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'t> {
    /// The line number, from 1.
    pub(super) line: usize,
    /// The column in characters, from 1.
    pub(super) column: usize,
    /// The text of the whole line.
    pub(super) excerpt: &'t str,
    /// The number of characters to underline on that line.
    pub(super) width: usize,
}

impl<'t> Places<'t> {
    /// Finds the nodes of a prompt, or of a request body that holds the prompt under `prompt`.
    pub(super) fn new(text: &'t str, is_body: bool) -> Self {
        let whole = 0..text.len();
        let prompt = if is_body {
            members(text, whole).find(|(key, _)| key == "prompt").map(|(_, member)| member.value)
        } else {
            Some(whole)
        };
        let nodes = prompt.map(|prompt| members(text, prompt).collect()).unwrap_or_default();
        Self { text, nodes }
    }

    /// Returns the place of a node's id.
    pub(super) fn node(&self, id: &str) -> Option<Place<'t>> {
        Some(self.place(self.nodes.get(id)?.key.clone()))
    }

    /// Returns the place of an input's value, or of the node's id if the node has no such input.
    pub(super) fn input(&self, id: &str, input: &str) -> Option<Place<'t>> {
        let node = self.nodes.get(id)?.value.clone();
        let find = |object, key: &str| members(self.text, object).find(|(name, _)| name == key).map(|(_, found)| found);
        let found = find(node, "inputs").and_then(|inputs| find(inputs.value, input));
        found.map(|member| self.place(member.value)).or_else(|| self.node(id))
    }

    fn place(&self, range: Range<usize>) -> Place<'t> {
        let before = self.text.get(..range.start).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = self
            .text
            .get(range.start..)
            .and_then(|rest| rest.find('\n'))
            .map_or(self.text.len(), |at| range.start + at);
        let shown = range.start..range.end.min(end);
        Place {
            line: before.matches('\n').count() + 1,
            column: self.text.get(start..range.start).unwrap_or_default().chars().count() + 1,
            excerpt: self.text.get(start..end).unwrap_or_default().trim_end(),
            width: self.text.get(shown).unwrap_or_default().trim_end().chars().count().max(1),
        }
    }
}

/// Returns the members of the object in a range. The iterator is empty if the range does not hold an object.
fn members(text: &str, range: Range<usize>) -> impl Iterator<Item = (Text, Member)> {
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let mut at = bytes.iter().skip(range.start).position(|&byte| byte == b'{').map(|offset| range.start + offset + 1);
    std::iter::from_fn(move || {
        let key_start = skip(bytes, at?, |byte| byte != b'"' && byte != b'}');
        if bytes.get(key_start) != Some(&b'"') {
            at = None;
            return None;
        }
        let key_end = string_end(bytes, key_start);
        let colon = skip(bytes, key_end, |byte| byte != b':');
        let start = skip(bytes, colon + 1, |byte| byte.is_ascii_whitespace());
        let end = value_end(bytes, start);
        at = Some(end);
        let key = Value::parse(bytes.get(key_start..key_end)?).ok()?;
        Some((Text::new(key.as_str()?), Member { key: key_start..key_end, value: start..end }))
    })
}

/// Returns the position of the first byte from `at` on that is not to be skipped.
fn skip(bytes: &[u8], at: usize, is_skipped: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| !is_skipped(byte)).unwrap_or(rest.len())
}

/// Returns the position after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Returns the position after the value that begins at `at`.
fn value_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = string_end(bytes, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Place, Places};

    const TEXT: &str = "{\n  \"é\": {\"class_type\": \"A}\", \"inputs\": {\n    \"a\\\"b\": [\"x\", 0],\n    \"n\": 5}},\n  \"7\": {}\n}";

    #[test]
    fn nodes_and_inputs_are_found() {
        let places = Places::new(TEXT, false);
        let at = |place: Option<Place<'_>>| place.map(|place| (place.line, place.column, place.width));
        assert_eq!(at(places.node("é")), Some((2, 3, 3)));
        assert_eq!(at(places.node("7")), Some((5, 3, 3)));
        assert_eq!(at(places.input("é", "a\"b")), Some((3, 13, 8)));
        assert_eq!(at(places.input("é", "n")), Some((4, 10, 1)));
        assert_eq!(at(places.input("é", "absent")), Some((2, 3, 3)));
        assert_eq!(at(places.node("8")), None);
    }

    #[test]
    fn nodes_of_a_request_body_are_found_under_prompt() {
        let places = Places::new("{\"client_id\": \"}\", \"prompt\": {\"1\": {}}}", true);
        assert_eq!(places.node("1").map(|place| place.column), Some(31));
        assert!(places.node("prompt").is_none());
    }
}
