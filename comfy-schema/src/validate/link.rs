//! Links: the output that a link comes from, and whether its type fits.

use std::borrow::Cow;

use super::declared::Type;
use super::python::{self, Exception};
use super::scan::Graph;
use crate::{NodeDef, OutputDef, OutputKind, Producer, Value};

/// The source of a link.
pub(super) struct Source<'s> {
    /// The position of the node.
    pub(super) node: usize,
    pub(super) output: &'s OutputDef,
}

/// Returns the source of the link `[id, slot]`, as Python looks it up.
pub(super) fn source<'s>(graph: &Graph<'s>, id: &Value, slot: &Value) -> Result<Source<'s>, Exception> {
    let node = match id {
        Value::String(text) => graph.positions.get(text).copied(),
        Value::Array(_) | Value::Object(_) => {
            return Err(Exception::type_error(format!("unhashable type: '{}'", python::type_name(id))));
        }
        _ => None,
    };
    let node = node.ok_or_else(|| Exception::new("KeyError", python::repr(id)))?;
    let class = graph.classes.get(node).copied().ok_or_else(|| Exception::new("KeyError", python::repr(id)))?;
    Ok(Source { node, output: output(class, slot)? })
}

/// Returns `outputs[slot]` as Python does: a negative slot counts from the end, and a boolean is a number.
pub(super) fn output<'s>(class: &'s NodeDef, slot: &Value) -> Result<&'s OutputDef, Exception> {
    let sequence = match class.producer {
        Producer::V1 => "tuple",
        Producer::V3 => "list",
    };
    let index = match slot {
        Value::Int(index) => *index,
        Value::Bool(index) => i128::from(*index),
        Value::BigInt(_) => i128::MAX,
        other => {
            let message = format!("{sequence} indices must be integers or slices, not {}", python::type_name(other));
            return Err(Exception::type_error(message));
        }
    };
    if i64::try_from(index).is_err() {
        return Err(Exception::new("IndexError", "cannot fit 'int' into an index-sized integer"));
    }
    let count = class.outputs.len();
    let at = if index < 0 { i128::try_from(count).unwrap_or(0) + index } else { index };
    let output = usize::try_from(at).ok().and_then(|at| class.outputs.get(at));
    output.ok_or_else(|| Exception::new("IndexError", format!("{sequence} index out of range")))
}

/// Returns the type that an output carries.
pub(super) fn output_type(output: &OutputDef) -> Type<'_> {
    match &output.kind {
        OutputKind::Type(word) => Type::Word(Cow::Borrowed(word)),
        OutputKind::Any => Type::Word(Cow::Borrowed("*")),
        OutputKind::Match(_) => Type::Word(Cow::Borrowed("COMFY_MATCHTYPE_V3")),
        OutputKind::Union(_) => Type::Word(Cow::Owned(output.kind.type_word().to_string())),
        OutputKind::Combo(values) => Type::List(values),
        OutputKind::Raw(_) => Type::Other,
    }
}

/// Returns whether an input of the type `wanted` accepts an output of the type `carried`.
pub(super) fn fits(carried: &Type<'_>, wanted: &Type<'_>) -> bool {
    let wild = |kind: &Type<'_>| matches!(kind, Type::Word(word) if word == "*" || word == "COMFY_MATCHTYPE_V3");
    if wild(carried) || wild(wanted) {
        return true;
    }
    match (carried, wanted) {
        (Type::Word(carried), Type::Word(wanted)) => carried == wanted || overlap(carried, wanted),
        (Type::List(carried), Type::List(wanted)) => {
            carried.len() == wanted.len() && carried.iter().zip(*wanted).all(|(a, b)| python::equal(a, b))
        }
        (Type::List(_), Type::Word(word)) => word == "COMBO",
        _ => false,
    }
}

/// Returns whether two comma-separated lists share a type word, or one of them contains `*`.
fn overlap(carried: &str, wanted: &str) -> bool {
    let parts = |types: &str, word: &str| types.split(',').any(|part| part.trim() == word);
    parts(carried, "*") || parts(wanted, "*") || carried.split(',').any(|word| parts(wanted, word.trim()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Type, fits};
    use crate::Value;

    #[test]
    fn types_that_fit() {
        for (carried, wanted, fit) in [
            ("IMAGE", "IMAGE", true),
            ("IMAGE", "image", false),
            ("IMAGE", "MASK", false),
            ("*", "MASK", true),
            ("IMAGE", "*", true),
            ("COMFY_MATCHTYPE_V3", "MASK", true),
            ("IMAGE", "COMFY_MATCHTYPE_V3", true),
            ("FLOAT", "FLOAT,INT", true),
            ("FLOAT, INT", "INT", true),
            ("INT", "FLOAT", false),
            ("A,*", "B", true),
            ("A", "B, *", true),
            ("COMBO", "COMBO", true),
            ("COMBO", "STRING", false),
            ("STRING", "COMBO", false),
            ("IMAGE", "COMFY_DYNAMICSLOT_V3", false),
        ] {
            let word = |word: &'static str| Type::Word(Cow::Borrowed(word));
            assert_eq!(fits(&word(carried), &word(wanted)), fit, "{carried} into {wanted}");
        }
    }

    #[test]
    fn lists_fit_equal_lists_and_combos() {
        let (a, b) = ([Value::from("a")], [Value::from("b")]);
        let word = |word: &'static str| Type::Word(Cow::Borrowed(word));
        assert!(fits(&Type::List(&a), &Type::List(&a)));
        assert!(!fits(&Type::List(&a), &Type::List(&b)));
        assert!(fits(&Type::List(&a), &word("COMBO")));
        assert!(!fits(&word("COMBO"), &Type::List(&a)));
        assert!(!fits(&Type::List(&a), &word("STRING")));
        assert!(fits(&Type::List(&a), &word("*")));
        assert!(!fits(&Type::List(&a), &word("A,*")));
    }
}
