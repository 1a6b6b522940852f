//! Parses combos in both spellings.

use super::report::{Place, Report};
use crate::{ComboDef, ComboSpelling, InputKind, InputOptions, Value};

/// Parses `[["a", "b"], {…}]`.
pub(super) fn array(at: &Place<'_>, values: Vec<Value>, options: &InputOptions, report: &mut Report) -> InputKind {
    let spec = at.index(0);
    check_values(&spec, &values, report);
    InputKind::Combo(ComboDef { values, spelling: ComboSpelling::Array, multiselect: multiselect(options) })
}

/// Parses `["COMBO", {"options": ["a", "b"]}]`. The server leaves `options` out where the front end fetches the values.
pub(super) fn word(at: &Place<'_>, options: &mut InputOptions, report: &mut Report) -> InputKind {
    let spec = at.index(1);
    let values = match options.take_held() {
        None => Vec::new(),
        Some(Value::Array(values)) => {
            check_values(&spec.key("options"), &values, report);
            values
        }
        Some(other) => {
            report.expected(&spec.key("options"), "an array of values", &other);
            options.put_back(other);
            Vec::new()
        }
    };
    InputKind::Combo(ComboDef { values, spelling: ComboSpelling::Word, multiselect: multiselect(options) })
}

fn multiselect(options: &InputOptions) -> bool {
    options.get("multiselect").and_then(Value::as_bool).unwrap_or(false)
}

fn check_values(at: &Place<'_>, values: &[Value], report: &mut Report) {
    for (index, value) in values.iter().enumerate() {
        if matches!(value, Value::Array(_) | Value::Object(_)) {
            report.expected(&at.index(index), "a scalar value", value);
        }
    }
}
