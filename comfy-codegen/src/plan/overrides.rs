//! The overrides by which the caller opens or closes single combos, regardless of their options.

use std::collections::BTreeMap;

use comfy_schema::shown::escaped;
use comfy_schema::suggest::{did_you_mean, similar};
use comfy_schema::{InputDef, InputKind, Schema};
use thiserror::Error;

use super::path::Path;

/// The combos that the caller opens or closes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// Whether every combo that lists options is closed unless a rule opens it.
    exact: bool,
    /// The rules by dotted path: open (`true`) or closed, or `None` if the caller asked for both.
    rules: BTreeMap<String, Option<bool>>,
}

/// An override that does not apply to the schema.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// The schema has no such input. A newer version of the node may have dropped it.
    #[error(
        "unknown input `{}`; write `Class.input`, or `Class.input.child` for a dynamic one{}",
        escaped(target),
        did_you_mean(suggestions)
    )]
    Unknown {
        /// The path that was given.
        target: String,
        /// The paths that may have been meant.
        suggestions: Vec<String>,
    },
    /// The input is not a combo.
    #[error("`{}` is not a combo, so it cannot be opened or closed; remove the override", escaped(target))]
    NotACombo {
        /// The path that was given.
        target: String,
    },
    /// The combo is to be closed but lists no options.
    #[error(
        "`{}` lists no options in this schema, so it would accept nothing if it were closed; remove the override",
        escaped(target)
    )]
    NoOptions {
        /// The path that was given.
        target: String,
    },
    /// The combo is to be both open and closed.
    #[error("`{}` is both opened and closed; remove one of the two overrides", escaped(target))]
    Contradiction {
        /// The path that was given.
        target: String,
    },
}

/// The kind of input to which the path of an override leads.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    NotACombo,
    WithoutOptions,
    WithOptions,
}

impl Overrides {
    /// Sets whether every combo that lists options is closed unless a rule opens it.
    pub(crate) fn set_exact(&mut self, exact: bool) {
        self.exact = exact;
    }

    /// Adds a rule that a combo is open (`true`) or closed.
    pub(crate) fn add(&mut self, target: String, open: bool) {
        self.rules.entry(target).and_modify(|rule| *rule = rule.filter(|&known| known == open)).or_insert(Some(open));
    }

    /// Returns whether every combo that lists options is closed unless a rule opens it.
    pub(crate) fn exact(&self) -> bool {
        self.exact
    }

    /// Returns whether a rule opens (`true`) or closes the combo at this path, or `None` if no rule does.
    pub(super) fn is_open(&self, path: Path<'_>) -> Option<bool> {
        if self.rules.is_empty() {
            return None;
        }
        self.rules.get(&path.dotted()).copied().flatten()
    }

    /// Checks that every override applies to this schema.
    ///
    /// # Errors
    ///
    /// Returns all overrides that do not apply.
    pub(super) fn check(&self, schema: &Schema) -> Result<(), Vec<OverrideError>> {
        if self.rules.is_empty() {
            return Ok(());
        }
        let mut targets = BTreeMap::new();
        for node in &schema.nodes {
            collect(&node.inputs, Path::class(&node.class), &mut targets);
        }
        let errors: Vec<OverrideError> =
            self.rules.iter().filter_map(|(target, &open)| refusal(target, open, &targets)).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

impl std::fmt::Display for Overrides {
    /// Writes one line for the fingerprint, which differs if the overrides differ.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exact={}", self.exact)?;
        self.rules.iter().try_for_each(|(target, open)| write!(f, " {target:?}={open:?}"))
    }
}

fn collect(inputs: &[InputDef], path: Path<'_>, targets: &mut BTreeMap<String, Target>) {
    for input in inputs {
        collect_input(input, path.input(&input.name), targets);
    }
}

fn collect_input(input: &InputDef, path: Path<'_>, targets: &mut BTreeMap<String, Target>) {
    let target = match &input.kind {
        InputKind::Combo(combo) if combo.values.is_empty() => Target::WithoutOptions,
        InputKind::Combo(_) => Target::WithOptions,
        _ => Target::NotACombo,
    };
    // Children of several branches may have the same name. An override applies to all; at least one must be a combo.
    let entry = targets.entry(path.dotted()).or_insert(target);
    *entry = target.max(*entry);
    match &input.kind {
        InputKind::Autogrow(grow) => collect_input(&grow.element, path.element(), targets),
        InputKind::DynamicCombo(branches) => {
            for branch in branches {
                collect(&branch.inputs, path.branch(&branch.key), targets);
            }
        }
        InputKind::DynamicGroup(group) => collect(&group.inputs, path.element(), targets),
        _ => {}
    }
}

fn refusal(target: &str, open: Option<bool>, targets: &BTreeMap<String, Target>) -> Option<OverrideError> {
    let owned = target.to_owned();
    let Some(&found) = targets.get(target) else {
        let suggestions = similar(target, targets.keys().map(String::as_str));
        let suggestions = suggestions.into_iter().map(str::to_owned).collect();
        return Some(OverrideError::Unknown { target: owned, suggestions });
    };
    match (found, open) {
        (_, None) => Some(OverrideError::Contradiction { target: owned }),
        (Target::NotACombo, _) => Some(OverrideError::NotACombo { target: owned }),
        (Target::WithoutOptions, Some(false)) => Some(OverrideError::NoOptions { target: owned }),
        _ => None,
    }
}
