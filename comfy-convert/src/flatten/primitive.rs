//! Primitive nodes, which write their value into the widgets that they are linked to.

use comfy_schema::{InputDef, Text, Value};

use super::promote::{Promoted, WidgetAt};
use crate::frontend::date::DateTime;
use crate::frontend::js::{js_number, js_round};
use crate::load::replace::Replacer;
use crate::load::{Loaded, NodeKind};
use crate::ui::LinkId;
use crate::widgets::{Kind, has_widget};

/// The front end's default bounds, for numeric inputs that declare none.
const DEFAULT_MIN: f64 = 0.0;
const DEFAULT_MAX: f64 = 2048.0;

/// Writes the value of every primitive to the widgets that it is linked to.
pub(super) fn push(loaded: &mut Loaded<'_>, promoted: &Promoted, date: Option<&DateTime>) {
    let mut replacer: Option<Replacer> = None;
    for graph in loaded.order.clone() {
        for node in 0..loaded.graphs[graph].nodes.len() {
            let found = &loaded.graphs[graph].nodes[node];
            if !matches!(found.kind, NodeKind::Primitive { .. }) {
                continue;
            }
            let links = found.outputs.first().map(|output| output.links.clone()).unwrap_or_default();
            let Some(mut value) = value_of(loaded, promoted, graph, node, links.first()) else {
                continue;
            };
            if replaces(loaded, graph, node)
                && let Some(text) = value.as_str()
            {
                let replacer = replacer.get_or_insert_with(|| Replacer::new(loaded));
                value = replacer.replace(loaded, text, date).0.into();
            }
            for link in &links {
                write(loaded, promoted, graph, link, &value);
            }
        }
    }
}

fn replaces(loaded: &Loaded<'_>, graph: usize, node: usize) -> bool {
    let property = loaded.graphs[graph].nodes[node].properties.get("Run widget replace on values");
    property.and_then(Value::as_bool).unwrap_or(false)
}

/// Returns the value of a primitive, which depends on the target of its first link. Returns `None` if that target does
/// not exist or takes no value.
fn value_of(
    loaded: &Loaded<'_>,
    promoted: &Promoted,
    graph: usize,
    node: usize,
    first: Option<&LinkId>,
) -> Option<Value> {
    let NodeKind::Primitive { value: saved } = &loaded.graphs[graph].nodes[node].kind else {
        return None;
    };
    let (target, slot) = loaded.graphs[graph].target_of(first?)?;
    let widget = widget_behind(loaded, promoted, graph, target, slot);
    let Some(widget) = widget else {
        // If the type of the socket has a widget, the primitive has one too, without bounds.
        let kind = &loaded.graphs[graph].nodes[target].inputs[slot].kind;
        return saved.clone().filter(|_| has_widget(kind));
    };
    let value = saved.clone().or_else(|| widget.value(loaded))?;
    let found = loaded.graphs[widget.graph].nodes[widget.node].widgets.get(&widget.name)?;
    Some(match found.kind {
        Kind::Combo(options) if value.is_null() => options.first().cloned()?,
        _ => found.input.map_or(value.clone(), |input| bounded(input, &rounded(input, &value))),
    })
}

/// Returns the widget that an input controls: the node's own widget, or the promoted widget if the node is a subgraph
/// instance.
fn widget_behind(loaded: &Loaded<'_>, promoted: &Promoted, graph: usize, node: usize, slot: usize) -> Option<WidgetAt> {
    let found = &loaded.graphs[graph].nodes[node];
    if let NodeKind::Subgraph(inner) = found.kind {
        return promoted.get(inner, slot).cloned();
    }
    let name: Text = found.inputs.get(slot)?.widget.clone()?;
    found.widgets.get(&name)?;
    Some(WidgetAt { graph, node, name })
}

fn write(loaded: &mut Loaded<'_>, promoted: &Promoted, graph: usize, link: &LinkId, value: &Value) {
    let Some((target, slot)) = loaded.graphs[graph].target_of(link) else {
        return;
    };
    if let NodeKind::Subgraph(inner) = loaded.graphs[graph].nodes[target].kind
        && promoted.is_mixed(inner, slot)
    {
        return;
    }
    let Some(at) = widget_behind(loaded, promoted, graph, target, slot) else {
        return;
    };
    let Some(widget) = loaded.graphs[at.graph].nodes[at.node].widgets.get(&at.name) else {
        return;
    };
    let value = match widget.kind {
        // As observed in the front end, a primitive does not know the branches of a dynamic combo, so the first one is
        // selected.
        Kind::DynamicCombo(branches) => match crate::widgets::first_branch(branches) {
            Some(branch) => (&branch.key).into(),
            None => return,
        },
        _ => widget.input.map_or_else(|| value.clone(), |input| rounded(input, value)),
    };
    at.set(loaded, Some(value));
}

/// Rounds a number as the widget of an INT or FLOAT does; returns anything else as it is.
fn rounded(input: &InputDef, value: &Value) -> Value {
    let Some(number) = value.as_f64() else {
        return value.clone();
    };
    let option = |key: &str| input.options.get(key).and_then(Value::as_f64);
    match input.kind.type_word().as_str() {
        "INT" => {
            let step = option("step").filter(|step| *step > 0.0).unwrap_or(1.0);
            let shift = option("min").unwrap_or(DEFAULT_MIN) % step;
            js_number(js_round((number - shift) / step) * step + shift)
        }
        "FLOAT" => {
            let decimals = decimals(option("step").unwrap_or(0.5));
            let round = match input.options.round() {
                Some(Value::Bool(true)) => Some(1.0),
                Some(round) => round.as_f64().filter(|round| *round > 0.0),
                None => None,
            };
            let unit = round.or((decimals > 0).then(|| 10f64.powi(-i32::from(decimals))));
            let Some(unit) = unit else {
                return value.clone();
            };
            let number = js_round(number / unit) * unit;
            let number: f64 = format!("{number:.*}", usize::from(decimals)).parse().unwrap_or(number);
            bounded(input, &js_number(number))
        }
        _ => value.clone(),
    }
}

/// Clamps a number to the bounds of an INT or FLOAT; returns anything else as it is.
fn bounded(input: &InputDef, value: &Value) -> Value {
    let option = |value: Option<&Value>, otherwise| value.and_then(Value::as_f64).unwrap_or(otherwise);
    match (input.kind.type_word().as_str(), value.as_f64()) {
        ("INT" | "FLOAT", Some(number)) => {
            let (min, max) = (option(input.options.min(), DEFAULT_MIN), option(input.options.max(), DEFAULT_MAX));
            js_number(number.min(max).max(min))
        }
        _ => value.clone(),
    }
}

/// Returns the number of decimals that a step implies: 0 for a step of at least 1, 1 for one of at least 0.1, and so
/// on.
fn decimals(step: f64) -> u8 {
    (0u8..15).find(|&decimals| step >= 10f64.powi(-i32::from(decimals))).unwrap_or(15)
}
