//! Computation of the values that widgets contribute to the prompt.

use std::fmt::Write as _;

use comfy_schema::prompt::NodeLabel;
use comfy_schema::{Map, Value};

use crate::error::{ConvertError, ConvertWarningKind};
use crate::frontend::dynamic_prompt;
use crate::frontend::js::{js_text, js_value, json_text, number_text};
use crate::frontend::random::Random;
use crate::load::replace::Replacer;
use crate::load::{Loaded, Node};
use crate::options::{DynamicPrompts, Options};
use crate::widgets::{Kind, Widget};

/// Computes the values of widgets, and holds the state that they share, such as the random numbers.
pub(super) struct Values<'a, 's> {
    loaded: &'a Loaded<'s>,
    options: &'a Options,
    random: Random,
    replacer: Option<Replacer>,
}

/// A value (`None` if the prompt lacks the input) and a warning about it.
type Sent = (Option<Value>, Option<ConvertWarningKind>);

impl<'a, 's> Values<'a, 's> {
    pub(super) fn new(loaded: &'a Loaded<'s>, options: &'a Options) -> Self {
        Self { loaded, options, random: Random::new(options.seed), replacer: None }
    }

    /// Returns the value that the prompt holds for a widget of a node.
    pub(super) fn of(&mut self, widget: &Widget<'_>, node: &Node<'_>, label: &NodeLabel) -> Result<Sent, ConvertError> {
        let undecided = |reason| Some(ConvertWarningKind::Undecided { input: widget.name.clone(), reason });
        Ok(match (widget.kind, &widget.value) {
            (Kind::Multiline { dynamic: true } | Kind::DynamicText, Some(Value::String(text)))
                if self.options.dynamic_prompts == DynamicPrompts::Expand =>
            {
                let (text, chose) = dynamic_prompt::expand(text, &mut self.random);
                let warning = chose.then(|| undecided("has choices `{…|…}`: one was chosen by the seed")).flatten();
                (Some(text.into()), warning)
            }
            (Kind::Prefix, value) => {
                let Some(Value::String(text)) = value else {
                    let found = value.as_ref().map_or("missing", Value::kind_name);
                    return Err(ConvertError::PrefixNotText { node: label.clone().into(), found });
                };
                if !text.contains('%') {
                    return Ok((Some(text.into()), None));
                }
                let replacer = self.replacer.get_or_insert_with(|| Replacer::new(self.loaded));
                let (text, undated) = replacer.replace(self.loaded, text, self.options.date.as_ref());
                let warning = undecided("asks for the date, which was not given: `%date:…%` is left as it is");
                (Some(text.into()), warning.filter(|_| undated))
            }
            (Kind::Rendered, _) => (None, undecided("is rendered by the browser and is missing from the prompt")),
            (Kind::Webcam, _) => return Err(ConvertError::Webcam { node: label.clone().into() }),
            (Kind::Remote(_), value) => {
                let value = value.as_ref().map(js_value);
                (
                    value,
                    undecided(
                        "is the first option that the server lists when the workflow is queued; the prompt has the saved value",
                    ),
                )
            }
            (Kind::AudioAddress, _) => (Some(self.audio_address(node).into()), None),
            (Kind::CustomIndex, _) => {
                let choice = node.widgets.get("choice").and_then(|choice| choice.value.clone());
                let at = node.widgets.custom_options().position(|option| Some(option) == choice);
                (Some(at.map_or_else(|| Value::Int(-1), Value::from)), None)
            }
            (Kind::Curve, Some(curve @ Value::Array(_))) => {
                let mut map = Map::new();
                map.insert("__type__", "CURVE");
                map.insert("__value__", js_value(curve));
                (Some(map.into()), None)
            }
            (_, value) => (value.as_ref().map(wrapped), None),
        })
    }

    /// Returns the URL from which the browser would play the file of the widget `audio`.
    fn audio_address(&mut self, node: &Node<'_>) -> String {
        let file = node.widgets.get("audio").and_then(|audio| audio.value.as_ref()).map(js_text).unwrap_or_default();
        if file.is_empty() {
            return file;
        }
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", &file));
        let rand = number_text(self.random.fraction());
        format!("/api/view?filename={}&type=input&subfolder={folder}&rand={rand}", component(name))
    }
}

/// Returns a value in the form that the prompt needs: arrays are wrapped, so that the server does not take them for
/// links.
pub(super) fn wrapped(value: &Value) -> Value {
    match value {
        Value::Array(_) => {
            let mut map = Map::new();
            map.insert("__value__", js_value(value));
            map.into()
        }
        other => js_value(other),
    }
}

/// Returns the form in which the prompt holds the value of a node of an unknown class: null, arrays and objects become
/// JSON text.
pub(super) fn of_unknown(value: &Value) -> Value {
    match value {
        Value::Null | Value::Array(_) | Value::Object(_) => json_text(value).into(),
        other => js_value(other),
    }
}

/// Encodes a text as JavaScript's `encodeURIComponent` does.
fn component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
