//! Literals on sockets that have no widget.
//!
//! A file can hold such a literal in only one way: if an unlinked input of a subgraph feeds a widget, the editor sends
//! the value of that widget, as a literal, to every socket that the input also feeds. For a node in a subgraph, a muted
//! helper node with such a widget is therefore added. Literals on sockets outside of subgraphs are lost.

use comfy_schema::{Map, Schema, Text, Value};

use super::levels::{Helper, Origin, Target};
use super::links::Router;
use super::lost::LostValue;
use super::size::{self, BoxSize};

/// Adds helpers for the literals of nodes in subgraphs; the other literals are lost. `last_id` is the greatest number
/// that is an id, and is advanced.
pub(super) fn hold(schema: &Schema, router: &mut Router<'_, '_>, last_id: &mut u32, lost: &mut Vec<LostValue>) {
    for at in 0..router.nodes.len() {
        let level = router.levels.of_node[at];
        for (name, value) in std::mem::take(&mut router.nodes[at].literals) {
            let slot = router.nodes[at].slot_of(&name).filter(|_| level != 0);
            let (Some(class), Some(slot)) = (holder(schema, &value), slot) else {
                lost.push(router.nodes[at].lost(&name, "the socket has no widget"));
                continue;
            };
            let input = schema.node(class).and_then(|class| class.input("value"));
            let kind: Text = input.map(|input| input.kind.type_word()).unwrap_or_default();
            let helpers = &mut router.levels.list[level].helpers;
            let helper = helpers.len();
            *last_id = last_id.saturating_add(1);
            helpers.push(Helper { id: *last_id, class, kind: kind.clone(), value, link: 0 });
            let port = router.input(level, &name, &kind, true);
            router.link(level, Origin::Border(port), Target::Helper(helper), &kind);
            router.link(level, Origin::Border(port), Target::Node(at, slot), &kind);
        }
    }
}

/// Returns the class of the helper node that can hold a value, if there is one and the schema has it.
fn holder(schema: &Schema, value: &Value) -> Option<&'static str> {
    let class = match value {
        Value::Int(_) => "PrimitiveInt",
        Value::Float(_) => "PrimitiveFloat",
        Value::String(_) => "PrimitiveString",
        Value::Bool(_) => "PrimitiveBoolean",
        _ => return None,
    };
    let input = schema.node(class)?.input("value")?;
    (!input.options.force_input()).then_some(class)
}

impl Helper {
    pub(super) fn size() -> BoxSize {
        // The size has room for the two widgets of `PrimitiveInt`, which are `value` and `control_after_generate`.
        size::of_rows(1, 2)
    }

    /// Returns the node in the form of the file.
    pub(super) fn write(&self, (x, y): (f64, f64)) -> Value {
        let input = Map::from_iter([
            ("name", Value::from("value")),
            ("type", Value::from(&self.kind)),
            ("widget", Map::from_iter([("name", "value")]).into()),
            ("link", Value::from(self.link)),
        ]);
        let output = Map::from_iter([
            ("name", Value::from(&self.kind)),
            ("type", Value::from(&self.kind)),
            ("links", Value::Null),
        ]);
        Map::from_iter([
            ("id", Value::from(self.id)),
            ("type", Value::from(self.class)),
            ("pos", Value::Array(vec![x.into(), y.into()])),
            ("size", Self::size().write()),
            ("flags", Map::new().into()),
            ("order", Value::from(0)),
            ("mode", Value::from(2)),
            ("inputs", Value::Array(vec![input.into()])),
            ("outputs", Value::Array(vec![output.into()])),
            ("properties", Map::new().into()),
            ("widgets_values", Value::Array(vec![self.value.clone(), "fixed".into()])),
        ])
        .into()
    }
}
