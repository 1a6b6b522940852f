//! Declared inputs as the front end sees them.

use comfy_schema::widgets::has_widget_in_1_45;
use comfy_schema::{InputDef, InputKind, NodeDef, Section, Text, Value};

/// The type words of primitives and combos, which have a widget in every front end.
const BASIC_WIDGETS: &[&str] = &["INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "COMFY_DYNAMICCOMBO_V3"];

/// Returns whether the front end (1.45) has a widget for this type word.
pub(crate) fn has_widget(word: &str) -> bool {
    BASIC_WIDGETS.contains(&word) || has_widget_in_1_45(word)
}

/// An input of a class or of a dynamic combo's branch.
#[derive(Debug, Clone)]
pub(crate) struct Spec<'s> {
    /// The full name: `p.child` inside a dynamic combo `p`.
    pub(crate) name: Text,
    pub(crate) input: &'s InputDef,
    /// The number of dynamic combos around the input.
    pub(crate) depth: usize,
}

impl<'s> Spec<'s> {
    /// Creates the spec of an input of a dynamic combo's branch or an autogrow input.
    pub(crate) fn child(&self, input: &'s InputDef) -> Self {
        Self { name: format!("{}.{}", self.name, own_name(input)).into(), input, depth: self.depth + 1 }
    }

    /// Returns the type word of the slot. An option called `type` replaces the input's own type.
    pub(crate) fn word(&self) -> Text {
        if let Some(word) = self.input.options.get("type").and_then(Value::as_str) {
            return word.into();
        }
        match &self.input.kind {
            InputKind::Raw(Value::Array(spec)) => {
                spec.first().and_then(Value::as_str).map(Text::new).unwrap_or_default()
            }
            InputKind::Raw(_) => Text::default(),
            kind => kind.type_word(),
        }
    }

    /// Returns the type word of the widget, if the input has one.
    pub(crate) fn widget(&self) -> Option<Text> {
        let options = &self.input.options;
        let by_default = options.default_input() && self.input.section == Section::Optional && self.depth == 0;
        if options.force_input() || by_default {
            return None;
        }
        let word = options.widget_type().map_or_else(|| self.word(), Text::new);
        has_widget(&word).then_some(word)
    }

    /// Returns the options of a combo.
    pub(crate) fn options(&self) -> &'s [Value] {
        match &self.input.kind {
            InputKind::Combo(combo) => &combo.values,
            _ => self.input.options.get("options").and_then(Value::as_array).unwrap_or_default(),
        }
    }
}

/// Returns the inputs of a class in the front end's order: `input_order.required`, then `.optional`, then unlisted
/// ones.
pub(crate) fn declared(class: &NodeDef) -> Vec<Spec<'_>> {
    let mut inputs: Vec<&InputDef> = class.inputs.iter().collect();
    // The schema keeps `input_order` only where it differs from the order of the document.
    if let Some(order) = class.raw.get("input_order").and_then(Value::as_object) {
        let listed = |input: &InputDef| {
            let section = if input.section == Section::Required { "required" } else { "optional" };
            let names = order.get(section).and_then(Value::as_array).unwrap_or_default();
            names.iter().any(|name| name.as_str() == Some(&input.name))
        };
        // The schema has sorted each section already, listed inputs first.
        inputs.sort_by_key(|input| !listed(input));
    }
    inputs.into_iter().map(|input| Spec { name: own_name(input), input, depth: 0 }).collect()
}

/// Returns the name of an input. An option called `name` replaces the input's own.
fn own_name(input: &InputDef) -> Text {
    input.options.get("name").and_then(Value::as_str).map_or_else(|| input.name.clone(), Text::new)
}
