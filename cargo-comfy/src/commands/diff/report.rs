//! The changes to report, with the workflows and sources that they affect.

use std::collections::{BTreeSet, HashMap};

use comfy_schema::drift::{Change, Comparison, Level};
use comfy_schema::prompt::Prompt;
use comfy_schema::validate::Validator;
use comfy_schema::{Schema, Text, Value};

use super::uses::Uses;
use crate::failure::Failure;

/// The changes to report, and the workflows that were compared.
pub(super) struct Report {
    /// The changes, grouped by class. Within a class, the most severe one comes first.
    pub(super) entries: Vec<Entry>,
    /// The workflows that were compared.
    pub(super) workflows: Vec<Workflow>,
    /// The number of breaking and defaulted changes of used nodes that affect none of the workflows and sources.
    pub(super) not_used: usize,
}

/// A change and its uses.
pub(super) struct Entry {
    pub(super) change: Change,
    pub(super) used: Vec<Use>,
}

/// A file, or a node of a workflow, that a change affects.
pub(super) struct Use {
    pub(super) file: String,
    /// The node's id and title, if the file is a workflow.
    pub(super) node: Option<(Text, Option<Text>)>,
}

/// The effect of all changes on one workflow.
pub(super) struct Workflow {
    pub(super) file: String,
    pub(super) level: Option<Level>,
    /// Whether a server accepts the workflow with the old definitions, and with the new ones.
    pub(super) accepted: (bool, bool),
}

impl Report {
    /// Creates a report of all changes.
    pub(super) fn of_all(comparison: &Comparison<'_>) -> Self {
        let entries = comparison.all().into_iter().map(|change| Entry { change, used: Vec::new() }).collect();
        Self { entries, workflows: Vec::new(), not_used: 0 }.sorted()
    }

    /// Creates a report of the changes that affect the given workflows and sources.
    pub(super) fn of_uses(
        comparison: &Comparison<'_>,
        uses: &Uses,
        old: &Schema,
        new: &Schema,
    ) -> Result<Self, Failure> {
        let mut report = Self { entries: Vec::new(), workflows: Vec::new(), not_used: 0 };
        let mut classes = BTreeSet::new();
        for (file, prompt) in &uses.workflows {
            let findings = comparison.workflow(prompt)?;
            report.workflows.push(Workflow {
                file: file.clone(),
                level: findings.iter().map(|finding| finding.change.level).max(),
                accepted: (accepts(old, prompt), accepts(new, prompt)),
            });
            for finding in findings {
                let node = Some((finding.node, finding.title));
                report.add(finding.change, Use { file: file.clone(), node });
            }
            classes.extend(Prompt::new(prompt)?.nodes().iter().filter_map(|node| node.class()).map(Text::new));
        }
        for class in &uses.classes {
            for change in comparison.class(class) {
                for file in &uses.sources {
                    report.add(change.clone(), Use { file: file.clone(), node: None });
                }
            }
        }
        for class in classes {
            for change in comparison.class(&class) {
                if report.entries.iter().any(|entry| entry.change == change) {
                    continue;
                }
                if change.level == Level::Additive {
                    report.entries.push(Entry { change, used: Vec::new() });
                } else if !report.entries.iter().any(|entry| is_part(&entry.change, &change)) {
                    report.not_used += 1;
                }
            }
        }
        Ok(report.sorted())
    }

    /// Returns the level of the most severe change.
    pub(super) fn level(&self) -> Option<Level> {
        self.entries.iter().map(|entry| entry.change.level).max()
    }

    /// Returns the number of changes of a level.
    pub(super) fn count(&self, level: Level) -> usize {
        self.entries.iter().filter(|entry| entry.change.level == level).count()
    }

    /// Returns the entries of each class in turn.
    pub(super) fn by_class(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|a, b| a.change.class == b.change.class)
    }

    fn add(&mut self, change: Change, used: Use) {
        match self.entries.iter_mut().find(|entry| entry.change == change) {
            Some(entry) => entry.used.push(used),
            None => self.entries.push(Entry { change, used: vec![used] }),
        }
    }

    /// Sorts the entries by class, the classes with the most severe changes first.
    fn sorted(mut self) -> Self {
        let mut worst: HashMap<Text, Level> = HashMap::new();
        for entry in &self.entries {
            let level = worst.entry(entry.change.class.clone()).or_insert(entry.change.level);
            *level = (*level).max(entry.change.level);
        }
        let key = |entry: &Entry| {
            let class = &entry.change.class;
            (std::cmp::Reverse(worst.get(class).copied()), class.clone(), std::cmp::Reverse(entry.change.level))
        };
        self.entries.sort_by_cached_key(key);
        self
    }
}

/// Returns whether a change that affects a workflow is a part of a change of the class, such as one of several removed
/// options.
fn is_part(part: &Change, whole: &Change) -> bool {
    part.class == whole.class && part.place == whole.place && part.kind.as_str() == whole.kind.as_str()
}

fn accepts(schema: &Schema, prompt: &Value) -> bool {
    Validator::new(schema).warnings(false).check(prompt, None).is_valid()
}
