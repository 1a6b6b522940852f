//! What there is to tell: the changes, and who meets them.

use std::collections::BTreeSet;

use comfy_schema::drift::{Change, Comparison, Level};
use comfy_schema::validate::Validator;
use comfy_schema::{Map, Schema, Text, Value};

use super::uses::Uses;
use crate::failure::Failure;

/// The changes of a comparison.
pub(super) struct Report {
    /// By class, the gravest first within a class.
    pub(super) entries: Vec<Entry>,
    /// The workflows that were looked at.
    pub(super) workflows: Vec<Workflow>,
    /// Changes of the nodes in use that would break or need a default, and that nothing uses.
    pub(super) not_used: usize,
}

/// A change, and who meets it.
pub(super) struct Entry {
    pub(super) change: Change,
    pub(super) used: Vec<Use>,
}

/// Where a change is met.
pub(super) struct Use {
    pub(super) file: String,
    /// The node's id and title, in a workflow.
    pub(super) node: Option<(Text, Option<Text>)>,
}

/// What all changes come to for one workflow.
pub(super) struct Workflow {
    pub(super) file: String,
    pub(super) level: Option<Level>,
    /// Whether a server with the old and one with the new definitions accepts it.
    pub(super) accepted: (bool, bool),
}

impl Report {
    /// Everything.
    pub(super) fn of_all(comparison: &Comparison<'_>) -> Self {
        let entries = comparison.all().into_iter().map(|change| Entry { change, used: Vec::new() }).collect();
        Self { entries, workflows: Vec::new(), not_used: 0 }.sorted()
    }

    /// What of it is used.
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
            let nodes = prompt.as_object().into_iter().flat_map(Map::iter);
            classes.extend(nodes.filter_map(|(_, node)| node.as_object()?.get("class_type")?.as_str()).map(Text::new));
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

    /// The gravest change.
    pub(super) fn level(&self) -> Option<Level> {
        self.entries.iter().map(|entry| entry.change.level).max()
    }

    /// How many changes there are of a level.
    pub(super) fn count(&self, level: Level) -> usize {
        self.entries.iter().filter(|entry| entry.change.level == level).count()
    }

    /// The entries of each class in turn.
    pub(super) fn by_class(&self) -> impl Iterator<Item = &[Entry]> {
        self.entries.chunk_by(|a, b| a.change.class == b.change.class)
    }

    fn add(&mut self, change: Change, used: Use) {
        match self.entries.iter_mut().find(|entry| entry.change == change) {
            Some(entry) => entry.used.push(used),
            None => self.entries.push(Entry { change, used: vec![used] }),
        }
    }

    /// Classes with the gravest changes first.
    fn sorted(mut self) -> Self {
        let gravest: std::collections::HashMap<Text, Level> =
            self.entries.iter().fold(std::collections::HashMap::new(), |mut gravest, entry| {
                let level = gravest.entry(entry.change.class.clone()).or_insert(entry.change.level);
                *level = (*level).max(entry.change.level);
                gravest
            });
        let key = |entry: &Entry| {
            let class = &entry.change.class;
            (std::cmp::Reverse(gravest.get(class).copied()), class.clone(), std::cmp::Reverse(entry.change.level))
        };
        self.entries.sort_by_cached_key(key);
        self
    }
}

/// Whether a workflow's own change is what it meets of a change of the class: the option that it chose of several.
fn is_part(met: &Change, whole: &Change) -> bool {
    met.class == whole.class && met.place == whole.place && met.kind.as_str() == whole.kind.as_str()
}

fn accepts(schema: &Schema, prompt: &Value) -> bool {
    Validator::new(schema).warnings(false).check(prompt, None).is_valid()
}
