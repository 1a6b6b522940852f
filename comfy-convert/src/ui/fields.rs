//! Single fields of the editor's file, read as tolerantly as the editor does.

use comfy_schema::{Map, Text, Value};

use super::{LinkId, Mode};
use crate::frontend::js::{js_text, json_text};

/// Returns the text of a member; anything else reads as the empty text.
pub(super) fn text(map: &Map, key: &str) -> Text {
    map.get(key).and_then(Value::as_str).map(Text::new).unwrap_or_default()
}

/// Returns the array of a member; anything else reads as an empty array.
pub(super) fn array<'m>(map: &'m Map, key: &str) -> &'m [Value] {
    map.get(key).and_then(Value::as_array).unwrap_or_default()
}

/// Converts a node's id to text, as JavaScript's `String(id)` does.
pub(super) fn id(value: Option<&Value>) -> Option<Text> {
    match value? {
        Value::String(text) => Some(text.clone()),
        number if number.is_number() => Some(js_text(number).into()),
        _ => None,
    }
}

/// Returns the type of a slot. The type of an event is saved as `-1`, and that of a combo in old files as its list of
/// options.
pub(super) fn kind(value: Option<&Value>) -> Text {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(_)) => "COMBO".into(),
        Some(number) if number.is_number() => js_text(number).into(),
        _ => Text::default(),
    }
}

/// Returns the id of a link, or `None` for null.
pub(super) fn link_id(value: Option<&Value>) -> Option<LinkId> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(LinkId::Text(text.clone())),
        number if number.is_number() => number.as_f64().map(LinkId::number),
        other => Some(LinkId::Text(json_text(other).into())),
    }
}

/// Returns the index of a slot, which may have been saved as a text.
pub(super) fn slot(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        number => number.as_i128().and_then(|slot| usize::try_from(slot).ok()),
    }
}

pub(super) fn mode(value: Option<&Value>) -> Mode {
    match value.and_then(Value::as_i128) {
        Some(2) => Mode::Muted,
        Some(4) => Mode::Bypassed,
        _ => Mode::Always,
    }
}
