//! Reports as JSON for programs.

use comfy_schema::drift::{ChangeKind, ChangedMember, Level};
use comfy_schema::{Map, Value};

use super::report::{Entry, Report, Use, Workflow};

/// Returns the report as JSON.
pub(super) fn write(report: &Report, old: &str, new: &str) -> Map {
    let count = |level| Value::from(report.count(level));
    Map::from_iter([
        ("old", Value::from(old)),
        ("new", Value::from(new)),
        ("level", Value::from(report.level().map(Level::as_str))),
        ("breaking", count(Level::Breaking)),
        ("defaulted", count(Level::Defaulted)),
        ("additive", count(Level::Additive)),
        ("not_used", Value::from(report.not_used)),
        ("workflows", report.workflows.iter().map(workflow).collect()),
        ("changes", report.entries.iter().map(entry).collect()),
    ])
}

fn workflow(workflow: &Workflow) -> Value {
    Value::Object(Map::from_iter([
        ("file", Value::from(workflow.file.as_str())),
        ("level", Value::from(workflow.level.map(Level::as_str))),
        ("accepted_by_old", Value::from(workflow.accepted.0)),
        ("accepted_by_new", Value::from(workflow.accepted.1)),
    ]))
}

fn entry(entry: &Entry) -> Value {
    let change = &entry.change;
    let mut map = Map::from_iter([
        ("class", Value::from(&change.class)),
        ("level", Value::from(change.level.as_str())),
        ("kind", Value::from(change.kind.as_str())),
    ]);
    match &change.place {
        Some(ChangedMember::Input(name)) => _ = map.insert("input", name),
        Some(ChangedMember::Output(slot, name)) => {
            map.insert("output", *slot);
            map.insert("output_name", name);
        }
        // The last arm is required because the enum may grow. Changes of a whole node have no member.
        None | Some(_) => {}
    }
    details(&change.kind, &mut map);
    map.insert("message", change.to_string());
    map.insert("used", entry.used.iter().map(used).collect::<Value>());
    Value::Object(map)
}

/// Adds the members that belong to a kind of change.
fn details(kind: &ChangeKind, map: &mut Map) {
    match kind {
        ChangeKind::NodeRemoved { similar } => _ = map.insert("similar", similar.iter().collect::<Value>()),
        ChangeKind::NodeReplaced { by } => _ = map.insert("by", by),
        ChangeKind::InputAdded { required, default } => {
            map.insert("required", *required);
            map.insert("default", default.clone());
        }
        ChangeKind::InputRequired { default } => _ = map.insert("default", default.clone()),
        ChangeKind::TypeChanged { old, new } => {
            map.insert("old", old);
            map.insert("new", new);
        }
        ChangeKind::OptionsRemoved(values) | ChangeKind::OptionsAdded(values) => {
            map.insert("values", values.clone());
        }
        ChangeKind::RangeNarrowed { bound, old, new } | ChangeKind::RangeWidened { bound, old, new } => {
            map.insert("bound", bound.as_str());
            map.insert("old", old.clone());
            map.insert("new", new.clone());
        }
        ChangeKind::DefaultChanged { old, new } => {
            map.insert("old", old.clone());
            map.insert("new", new.clone());
        }
        ChangeKind::OutputRenamed { old } => _ = map.insert("old", old),
        ChangeKind::Refused { reason } => _ = map.insert("why", reason.as_str()),
        // The last pattern is required because the enum may grow. These kinds have no details.
        ChangeKind::NodeAdded
        | ChangeKind::NoLongerOutput
        | ChangeKind::BecameOutput
        | ChangeKind::Deprecated
        | ChangeKind::InputRemoved
        | ChangeKind::InputOptional
        | ChangeKind::OutputAdded
        | ChangeKind::OutputRemoved
        | _ => {}
    }
}

fn used(place: &Use) -> Value {
    let mut map = Map::from_iter([("file", Value::from(place.file.as_str()))]);
    if let Some((id, title)) = &place.node {
        map.insert("node", id);
        map.insert("title", title.clone());
    }
    Value::Object(map)
}
