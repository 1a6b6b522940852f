//! Decides where a server's text may have lone surrogates, which Python writes for half a character.
//!
//! A message with half an emoji must not hide how a run ended, so U+FFFD stands for it in texts that are only shown, and
//! a warning of `tracing` names its place. In a name or a value, such as that of a model, it is an error with its place.
//! The outputs of a run have both: half a character in one of them must not hide the others, so its place is kept, and
//! whoever asks for this output gets the error.

use std::collections::HashSet;

use comfy_schema::shown::escaped;

use super::limits::{MAX_HALVES_BYTES, MAX_PLACE_BYTES};

/// The keys of members that hold messages of the server, with all that is in them.
const MESSAGES: [&str; 12] = [
    "error",
    "errors",
    "node_errors",
    "messages",
    "message",
    "details",
    "exception_message",
    "exception_type",
    "traceback",
    "current_inputs",
    "current_outputs",
    "entries",
];

/// The keys of members that repeat the prompts of all clients, of which only the ids are read, and of members with the
/// results of nodes. A run must get its ending although another prompt, or a text that a node shows, has half a
/// character.
const DATA: [&str; 7] = ["prompt", "queue_running", "queue_pending", "extra_data", "workflow", "outputs", "output"];

/// Returns whether a text is only shown, or is data that is not looked at, by the keys of the path to it.
pub(crate) fn is_shown_only<'k>(mut keys: impl Iterator<Item = &'k str>) -> bool {
    keys.any(|key| MESSAGES.contains(&key) || DATA.contains(&key))
}

/// Reports a text in which U+FFFD stands for half a character.
pub(crate) fn report(call: &str, place: &str) {
    tracing::warn!(call, place, "half a character (a lone surrogate) is read as U+FFFD");
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// The texts and keys in the outputs of a run in which U+FFFD stands for half a character.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Halves {
    /// For each of them, the node and the way to it in the node's output.
    found: Vec<(String, Vec<Step>)>,
    /// About how much memory they take, in bytes.
    bytes: usize,
    /// Whether there are more than are kept.
    is_cut: bool,
}

impl Halves {
    pub(crate) fn push(&mut self, node: String, steps: Vec<Step>) {
        let size = |step: &Step| size_of::<Step>() + if let Step::Key(key) = step { key.len() } else { 0 };
        self.bytes += node.len() + steps.iter().map(size).sum::<usize>();
        if self.bytes > MAX_HALVES_BYTES {
            self.is_cut = true;
        } else {
            self.found.push((node, steps));
        }
    }

    /// Returns each of them once.
    pub(crate) fn distinct(mut self) -> Self {
        let mut seen = HashSet::new();
        self.found.retain(|half| seen.insert(half.clone()));
        self
    }

    /// Adds those of another output.
    pub(crate) fn append(&mut self, other: Self) {
        self.is_cut |= other.is_cut;
        other.found.into_iter().for_each(|(node, steps)| self.push(node, steps));
    }

    /// Removes those of a node.
    pub(crate) fn remove(&mut self, node: &str) {
        self.found.retain(|(of, _)| of != node);
    }

    /// Returns the same for the output of this node.
    pub(crate) fn of_node(mut self, node: &str) -> Self {
        self.found.iter_mut().for_each(|(of, _)| node.clone_into(of));
        self
    }

    /// Returns the places at which U+FFFD stands for half a character.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut places: Vec<String> = self.found.iter().map(|(node, steps)| place_in_outputs(node, steps)).collect();
        if self.is_cut {
            places.push("outputs".to_owned());
        }
        places
    }

    /// Returns the place of half a character in a value of a node's output, or in a key on the way to it; `None` if
    /// there is none.
    pub(crate) fn find(&self, node: &str, steps: &[Step]) -> Option<String> {
        let meets = |known: &[Step]| known.iter().zip(steps).all(|(a, b)| a == b);
        let found = self.found.iter().find(|(of, known)| of == node && meets(known));
        found.map(|(_, known)| place_in_outputs(node, known)).or_else(|| self.is_cut.then(|| "outputs".to_owned()))
    }
}

fn place_in_outputs(node: &str, steps: &[Step]) -> String {
    let mut place = "outputs".to_owned();
    add_key(&mut place, node);
    for step in steps {
        match step {
            Step::Index(index) => add_index(&mut place, *index),
            Step::Key(key) => add_key(&mut place, key),
        }
    }
    place
}

/// Adds the step to an element to the text of a place, unless it is long already.
pub(crate) fn add_index(place: &mut String, index: usize) {
    if place.len() < MAX_PLACE_BYTES {
        place.push('[');
        place.push_str(&index.to_string());
        place.push(']');
    }
}

/// Adds the step to a member to the text of a place, unless it is long already. The key of a level is empty while a key is
/// read.
pub(crate) fn add_key(place: &mut String, key: &str) {
    if key.is_empty() || place.len() >= MAX_PLACE_BYTES {
        return;
    }
    if !place.is_empty() {
        place.push('.');
    }
    let start: String = key.chars().take(MAX_PLACE_BYTES).collect();
    *place += &escaped(&start).to_string();
    if start.len() < key.len() {
        place.push('…');
    }
}
