//! What the caller says about single combos, against what their options suggest.

use std::collections::BTreeMap;

use comfy_schema::{InputDef, InputKind, Schema, suggest};
use thiserror::Error;

use super::path::Path;

/// Which combos are open, by the caller's word.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// Every combo that lists options is closed, the open ones too.
    exact: bool,
    /// By dotted path: open or closed. `None` if both was said.
    rules: BTreeMap<String, Option<bool>>,
}

/// An override that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverrideError {
    /// No input is there. It may have gone with a newer version of its node.
    #[error(
        "`{target}` is no input of this schema{}; write `Class.input`, and `Class.input.child` for a dynamic one",
        did_you_mean(suggestions)
    )]
    Unknown {
        /// What was written.
        target: String,
        /// What may have been meant.
        suggestions: Vec<String>,
    },
    /// The input is no combo.
    #[error("`{target}` is no list of options, so it is neither open nor closed; remove the override")]
    NotACombo {
        /// What was written.
        target: String,
    },
    /// The combo should be closed and has no options.
    #[error(
        "`{target}` lists no options in this schema, so nothing could be given if it were closed; remove the override"
    )]
    NoOptions {
        /// What was written.
        target: String,
    },
    /// The combo should be both.
    #[error("`{target}` is said to be open and to be closed; remove one of the two")]
    Contradiction {
        /// What was written.
        target: String,
    },
}

/// `; did you mean `a` or `b`?`, or nothing.
pub(crate) fn did_you_mean(suggestions: &[String]) -> String {
    let quoted: Vec<String> = suggestions.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" (did you mean {only}?)"),
        Some((last, others)) => format!(" (did you mean {} or {last}?)", others.join(", ")),
    }
}

/// What overrides need to know of an input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    NotACombo,
    WithoutOptions,
    WithOptions,
}

impl Overrides {
    /// Every combo that lists options is closed, except by a rule of its own.
    pub(crate) fn set_exact(&mut self, exact: bool) {
        self.exact = exact;
    }

    /// Says that a combo is open (`true`) or closed.
    pub(crate) fn add(&mut self, target: String, open: bool) {
        self.rules.entry(target).and_modify(|rule| *rule = rule.filter(|&said| said == open)).or_insert(Some(open));
    }

    /// Whether combos that list options are closed unless a rule says otherwise.
    pub(crate) fn exact(&self) -> bool {
        self.exact
    }

    /// What was said about the combo at `path`.
    pub(super) fn is_open(&self, path: Path<'_>) -> Option<bool> {
        if self.rules.is_empty() {
            return None;
        }
        self.rules.get(&path.dotted()).copied().flatten()
    }

    /// Finds the overrides that do not apply to this schema.
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
    /// One line that differs whenever the overrides do, for the fingerprint.
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
    // Branches may have children of the same name: an override applies to all, and must to one.
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
        let suggestions = suggest::similar(target, targets.keys().map(String::as_str));
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
