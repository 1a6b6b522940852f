//! A declared input as the front end sees it.

use comfy_schema::widgets::has_widget_in_1_45;
use comfy_schema::{InputDef, InputKind, NodeDef, Section, Text, Value};

/// The type words of primitives and combos, which have a widget in every front end.
const BASIC_WIDGETS: &[&str] = &["INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "COMFY_DYNAMICCOMBO_V3"];

/// Returns whether the front end (1.45) has a widget for this type word.
pub(crate) fn has_widget(word: &str) -> bool {
    BASIC_WIDGETS.contains(&word) || has_widget_in_1_45(word)
}

/// One input of a class or of a dynamic input's branch.
#[derive(Debug, Clone)]
pub(crate) struct Spec<'s> {
    /// Its full name: `p.child` inside a dynamic combo `p`.
    pub(crate) name: Text,
    pub(crate) input: &'s InputDef,
    /// In how many dynamic combos it stands.
    pub(crate) depth: usize,
}

impl<'s> Spec<'s> {
    /// An input of a dynamic combo's branch or a growing list.
    pub(crate) fn child(&self, input: &'s InputDef) -> Self {
        Self { name: format!("{}.{}", self.name, own_name(input)).into(), input, depth: self.depth + 1 }
    }

    /// The type word of its slot. An option called `type` replaces the input's own.
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

    /// The type word of its widget, if it has one.
    pub(crate) fn widget(&self) -> Option<Text> {
        let options = &self.input.options;
        let by_default = options.default_input() && self.input.section == Section::Optional && self.depth == 0;
        if options.force_input() || by_default {
            return None;
        }
        let word = options.widget_type().map_or_else(|| self.word(), Text::new);
        has_widget(&word).then_some(word)
    }

    /// The options of a combo.
    pub(crate) fn options(&self) -> &'s [Value] {
        match &self.input.kind {
            InputKind::Combo(combo) => &combo.values,
            _ => self.input.options.get("options").and_then(Value::as_array).unwrap_or_default(),
        }
    }
}

/// The inputs of a class in the front end's order: `input_order.required`, then `.optional`, then unlisted ones.
pub(crate) fn declared(class: &NodeDef) -> Vec<Spec<'_>> {
    let mut inputs: Vec<&InputDef> = class.inputs.iter().collect();
    // It is kept only where the order of the document does not say the same.
    if let Some(order) = class.raw.get("input_order").and_then(Value::as_object) {
        let listed = |input: &InputDef| {
            let section = if input.section == Section::Required { "required" } else { "optional" };
            let names = order.get(section).and_then(Value::as_array).unwrap_or_default();
            names.iter().any(|name| name.as_str() == Some(&input.name))
        };
        // The schema has sorted each section, listed ones first.
        inputs.sort_by_key(|input| !listed(input));
    }
    inputs.into_iter().map(|input| Spec { name: own_name(input), input, depth: 0 }).collect()
}

/// An option called `name` replaces the input's own.
fn own_name(input: &InputDef) -> Text {
    input.options.get("name").and_then(Value::as_str).map_or_else(|| input.name.clone(), Text::new)
}
