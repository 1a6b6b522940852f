//! All changes of one class, whether or not a workflow uses the changed parts.

use super::change::{Bound, Change, ChangeKind, ChangedMember, Level};
use super::default;
use crate::{InputDef, InputKind, NodeDef, OutputDef, OutputKind, Section, Text, Value, open};

/// Returns all changes between two definitions of a class.
pub(super) fn differences(old: &NodeDef, new: &NodeDef) -> Vec<Change> {
    let mut differences = Differences { class: &old.class, changes: Vec::new() };
    match (old.output_node, new.output_node) {
        (true, false) => differences.add(None, ChangeKind::NoLongerOutput),
        (false, true) => differences.add(None, ChangeKind::BecameOutput),
        _ => {}
    }
    if new.deprecated && !old.deprecated {
        differences.add(None, ChangeKind::Deprecated);
    }
    differences.inputs(&old.inputs, &new.inputs, "");
    differences.outputs(&old.outputs, &new.outputs);
    differences.changes
}

struct Differences<'s> {
    class: &'s Text,
    changes: Vec<Change>,
}

impl Differences<'_> {
    fn add(&mut self, place: Option<ChangedMember>, kind: ChangeKind) {
        let level = kind.level();
        self.changes.push(Change { class: self.class.clone(), place, kind, level });
    }

    fn add_input(&mut self, path: &str, kind: ChangeKind) {
        self.add(Some(ChangedMember::Input(path.into())), kind);
    }

    /// Compares the inputs of a class, a branch or a row. The recursion ends because the parser bounds their nesting.
    fn inputs(&mut self, old: &[InputDef], new: &[InputDef], prefix: &str) {
        for before in old {
            let path = format!("{prefix}{}", before.name);
            match new.iter().find(|now| now.name == before.name) {
                Some(now) => self.input(before, now, &path),
                None => self.add_input(&path, ChangeKind::InputRemoved),
            }
        }
        for now in new.iter().filter(|now| old.iter().all(|before| before.name != now.name)) {
            let required = now.section == Section::Required && !is_list_without_minimum(now);
            let default = default::of(now).filter(|_| required);
            self.add_input(&format!("{prefix}{}", now.name), ChangeKind::InputAdded { required, default });
        }
    }

    fn input(&mut self, old: &InputDef, new: &InputDef, path: &str) {
        match (old.section, new.section) {
            (Section::Optional, Section::Required) if !is_list_without_minimum(new) => {
                self.add_input(path, ChangeKind::InputRequired { default: default::of(new) });
            }
            (Section::Required, Section::Optional) => self.add_input(path, ChangeKind::InputOptional),
            _ => {}
        }
        self.kind(old, new, path);
        if has_range(&old.kind) && has_range(&new.kind) {
            self.bound(path, Bound::Min, old.options.min(), new.options.min());
            self.bound(path, Bound::Max, old.options.max(), new.options.max());
        }
        let defaults = (old.options.default(), new.options.default());
        if defaults.0 != defaults.1 {
            let (old, new) = (defaults.0.cloned(), defaults.1.cloned());
            self.add_input(path, ChangeKind::DefaultChanged { old, new });
        }
    }

    fn kind(&mut self, old: &InputDef, new: &InputDef, path: &str) {
        use InputKind as Kind;
        match (&old.kind, &new.kind) {
            (Kind::Autogrow(before), Kind::Autogrow(now)) => {
                let count = |count: usize| Some(Value::from(count));
                self.bound(path, Bound::Min, count(before.min).as_ref(), count(now.min).as_ref());
                let removed: Vec<Value> =
                    before.names.iter().filter(|name| !now.names.contains(name)).map(Value::from).collect();
                if !removed.is_empty() {
                    self.add_input(path, ChangeKind::OptionsRemoved(removed));
                }
                self.input(&before.element, &now.element, &format!("{path}.*"));
            }
            (Kind::DynamicGroup(before), Kind::DynamicGroup(now)) => {
                let count = |count: usize| Some(Value::from(count));
                self.bound(path, Bound::Min, count(before.min).as_ref(), count(now.min).as_ref());
                self.bound(path, Bound::Max, count(before.max).as_ref(), count(now.max).as_ref());
                self.inputs(&before.inputs, &now.inputs, &format!("{path}.*."));
            }
            (Kind::DynamicSlot(before), Kind::DynamicSlot(now)) => {
                self.input(&before.slot, &now.slot, path);
                self.inputs(&before.inputs, &now.inputs, &format!("{path}."));
            }
            _ => match (choices(&old.kind), choices(&new.kind)) {
                (Some(before), Some(now)) => self.choices(old, new, path, &before, &now),
                _ => self.types(old, new, path),
            },
        }
    }

    /// Compares the options of combos and dynamic combos, and the inputs of the latter's branches.
    fn choices(&mut self, old: &InputDef, new: &InputDef, path: &str, before: &[Value], now: &[Value]) {
        if !(is_open(old) || is_open(new)) {
            let missing = |from: &[Value], of: &[Value]| -> Vec<Value> {
                of.iter().filter(|value| !from.contains(value)).cloned().collect()
            };
            let (removed, added) = (missing(now, before), missing(before, now));
            if !removed.is_empty() {
                self.add_input(path, ChangeKind::OptionsRemoved(removed));
            }
            if !added.is_empty() {
                self.add_input(path, ChangeKind::OptionsAdded(added));
            }
        }
        let branches = |input: &'_ InputDef| match &input.kind {
            InputKind::DynamicCombo(branches) => branches.clone(),
            _ => Vec::new(),
        };
        let (before, now) = (branches(old), branches(new));
        let prefix = format!("{path}.");
        for branch in &now {
            let same = before.iter().find(|other| other.key == branch.key);
            match same {
                Some(same) => self.inputs(&same.inputs, &branch.inputs, &prefix),
                // A plain combo that has become dynamic keeps its options; only the inputs of its branches are new.
                None if before.is_empty() => self.inputs(&[], &branch.inputs, &prefix),
                None => {}
            }
        }
    }

    fn types(&mut self, old: &InputDef, new: &InputDef, path: &str) {
        let (before, now) = (old.kind.type_word(), new.kind.type_word());
        if before == now && !matches!(new.kind, InputKind::Raw(_)) || old.kind == new.kind {
            return;
        }
        let kind = ChangeKind::TypeChanged { old: before.clone(), new: now.clone() };
        let mut change = Change {
            class: self.class.clone(),
            place: Some(ChangedMember::Input(path.into())),
            level: kind.level(),
            kind,
        };
        if takes_all(&before, &now) {
            change.level = Level::Additive;
        }
        self.changes.push(change);
    }

    fn bound(&mut self, path: &str, bound: Bound, old: Option<&Value>, new: Option<&Value>) {
        let number = |value: Option<&Value>| value.and_then(Value::as_f64);
        // Comparing as floats is exact enough: a bound beyond 2^53 that moves by one excludes no value in use.
        let (before, now) = match bound {
            Bound::Min => (number(old).unwrap_or(f64::NEG_INFINITY), number(new).unwrap_or(f64::NEG_INFINITY)),
            Bound::Max => (-number(old).unwrap_or(f64::INFINITY), -number(new).unwrap_or(f64::INFINITY)),
        };
        let (old, new) = (old.cloned(), new.cloned());
        if now > before {
            self.add_input(path, ChangeKind::RangeNarrowed { bound, old, new });
        } else if now < before {
            self.add_input(path, ChangeKind::RangeWidened { bound, old, new });
        }
    }

    fn outputs(&mut self, old: &[OutputDef], new: &[OutputDef]) {
        for slot in 0..old.len().max(new.len()) {
            match (old.get(slot), new.get(slot)) {
                (Some(before), Some(now)) => self.output(slot, before, now),
                (Some(before), None) => {
                    self.add(Some(ChangedMember::Output(slot, before.name.clone())), ChangeKind::OutputRemoved);
                }
                (None, Some(now)) => {
                    self.add(Some(ChangedMember::Output(slot, now.name.clone())), ChangeKind::OutputAdded);
                }
                (None, None) => {}
            }
        }
    }

    fn output(&mut self, slot: usize, old: &OutputDef, new: &OutputDef) {
        let place = || Some(ChangedMember::Output(slot, new.name.clone()));
        let (before, now) = (old.kind.type_word(), new.kind.type_word());
        if before != now {
            let kind = ChangeKind::TypeChanged { old: before.clone(), new: now.clone() };
            // An output that now has any type, a matched type or additional types still fits the inputs that it fitted.
            let wider = matches!(new.kind, OutputKind::Any | OutputKind::Match(_)) || takes_all(&before, &now);
            let level = if wider { Level::Additive } else { kind.level() };
            self.changes.push(Change { class: self.class.clone(), place: place(), kind, level });
        }
        if old.name != new.name {
            self.add(place(), ChangeKind::OutputRenamed { old: old.name.clone() });
        }
    }
}

/// Returns the values of a combo, or the keys of a dynamic combo.
fn choices(kind: &InputKind) -> Option<Vec<Value>> {
    match kind {
        InputKind::Combo(combo) => Some(combo.values.clone()),
        InputKind::DynamicCombo(branches) => Some(branches.iter().map(|branch| (&branch.key).into()).collect()),
        _ => None,
    }
}

/// Returns whether an input is an open combo, whose options differ between servers of the same version.
fn is_open(input: &InputDef) -> bool {
    matches!(&input.kind, InputKind::Combo(combo) if open::is_open(input, combo))
}

/// Returns whether a socket of the new type takes every value that one of the old type took.
fn takes_all(old: &str, new: &str) -> bool {
    let is_any = |word: &str| word == "*" || word == "COMFY_MATCHTYPE_V3";
    is_any(new) || old.split(',').all(|word| new.split(',').any(|other| other.trim() == word.trim()))
}

const fn has_range(kind: &InputKind) -> bool {
    matches!(kind, InputKind::Int | InputKind::Float)
}

/// Returns whether an input is a growing list or a group that may be empty. A prompt may lack such an input even if it
/// is required.
fn is_list_without_minimum(input: &InputDef) -> bool {
    matches!(&input.kind, InputKind::Autogrow(list) if list.min == 0)
        || matches!(&input.kind, InputKind::DynamicGroup(group) if group.min == 0)
}
