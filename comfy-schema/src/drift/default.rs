//! Defaults of inputs.

use crate::{InputDef, InputKind, Section, Text, Value};

/// Returns the default of an input. The default of a dynamic combo is the key of its first branch, if all required
/// inputs of that branch have a default.
///
/// A combo without the option `default` has no default, although the editor preselects its first option: a sampler, for
/// example, must not be guessed.
pub(super) fn of(input: &InputDef) -> Option<Value> {
    if let InputKind::DynamicCombo(branches) = &input.kind {
        let first = branches.first()?;
        let needed = |child: &&InputDef| child.section == Section::Required;
        return first.inputs.iter().filter(needed).all(|child| of(child).is_some()).then(|| (&first.key).into());
    }
    input.options.default().cloned()
}

/// Returns the prompt's entries that set an input to its default: the input itself and, for a dynamic combo, the
/// required inputs of the branch. An array is wrapped as `{"__value__": […]}`, or the server would take it for a link.
pub(super) fn entries(name: &Text, input: &InputDef) -> Vec<(Text, Value)> {
    let Some(value) = of(input) else { return Vec::new() };
    let wrapped = match value {
        Value::Array(_) => Value::Object([("__value__", value)].into_iter().collect()),
        other => other,
    };
    let mut entries = vec![(name.clone(), wrapped)];
    if let InputKind::DynamicCombo(branches) = &input.kind {
        let needed = branches.first().map(|branch| branch.inputs.as_slice()).unwrap_or_default();
        for child in needed.iter().filter(|child| child.section == Section::Required) {
            entries.extend(self::entries(&Text::new(format!("{name}.{}", child.name)), child));
        }
    }
    entries
}
