//! Construction of the widgets of a class, with dynamic combos at their first branch.

use comfy_schema::{BranchDef, InputKind, NodeDef, Value};

use super::{Kind, PREFIXED, Spec, Widget, Widgets, declared, initial, special};
use crate::frontend::js;

/// Returns the widgets of a new node of this class.
pub(crate) fn widgets_of(class: &NodeDef) -> Widgets<'_> {
    let mut list = Vec::new();
    for spec in declared(class) {
        add(&spec, &mut list);
        special::after(class, &spec, &mut list);
    }
    special::at_the_end(class, &mut list);
    if PREFIXED.contains(&class.class.as_str())
        && let Some(prefix) = list.iter_mut().find(|widget| widget.name == "filename_prefix")
    {
        prefix.kind = Kind::Prefix;
    }
    let options = list.iter().filter(|widget| widget.kind == Kind::CustomOption).count();
    Widgets { list, options }
}

/// Adds the widgets of an input: its own, its companions, and those of the first branch of a dynamic combo. The
/// recursion is as deep as the schema nests dynamic combos.
pub(super) fn add<'s>(spec: &Spec<'s>, list: &mut Vec<Widget<'s>>) {
    let Some(word) = spec.widget() else {
        return;
    };
    let value = initial::value(spec, &word);
    if let InputKind::DynamicCombo(branches) = &spec.input.kind
        && word == "COMFY_DYNAMICCOMBO_V3"
    {
        let first = first_branch(branches);
        let key = first.map(|branch| Value::from(&branch.key));
        list.push(Widget::of(spec, Kind::DynamicCombo(branches), key));
        return first.into_iter().for_each(|branch| add_branch(spec, branch, list));
    }
    list.push(Widget::of(spec, kind(spec, &word), value));
    add_companions(spec, &word, list);
}

/// Adds the widgets of a dynamic combo's branch.
pub(super) fn add_branch<'s>(spec: &Spec<'s>, branch: &'s BranchDef, list: &mut Vec<Widget<'s>>) {
    for input in &branch.inputs {
        add(&spec.child(input), list);
    }
}

/// Returns the branch that comes first in a JavaScript object: the one with the least integer-like key, or else the
/// first one in the document.
pub(crate) fn first_branch(branches: &[BranchDef]) -> Option<&BranchDef> {
    let index = |branch: &BranchDef| js::decimal(&branch.key).filter(|&index| index != u32::MAX);
    branches.iter().filter(|branch| index(branch).is_some()).min_by_key(|branch| index(branch)).or(branches.first())
}

fn kind<'s>(spec: &Spec<'s>, word: &str) -> Kind<'s> {
    let options = &spec.input.options;
    // The front end's scripts look only at the widgets of a new node, not at those that a choice adds later.
    let dynamic = options.dynamic_prompts() && spec.depth == 0;
    match word {
        "STRING" if options.multiline() => Kind::Multiline { dynamic },
        "STRING" if dynamic => Kind::DynamicText,
        "TEXTAREA" | "MARKDOWN" => Kind::Multiline { dynamic: false },
        "COMBO" if options.get("multi_select").is_some() => Kind::Plain,
        "COMBO" if options.remote().is_some() => Kind::Remote(spec.options()),
        "COMBO" => Kind::Combo(spec.options()),
        "CURVE" => Kind::Curve,
        "LOAD_3D" | "LOAD_3D_ADVANCED" => Kind::Rendered,
        "WEBCAM" => Kind::Webcam,
        // The next run compares or records anew, so the saved value is not used.
        "AUDIO_RECORD" | "IMAGECOMPARE" => Kind::Fixed,
        _ => Kind::Plain,
    }
}

fn add_companions(spec: &Spec<'_>, word: &str, list: &mut Vec<Widget<'_>>) {
    let options = &spec.input.options;
    let companion = |name: &str| Widget::companion(name, spec.depth);
    let control = options.control_after_generate();
    let controlled = control.is_some_and(initial::is_truthy);
    let seed = control.is_none() && matches!(spec.name.as_str(), "seed" | "noise_seed");
    match word {
        "INT" if controlled || seed => list.push(companion(CONTROL)),
        "FLOAT" if controlled => list.push(companion(CONTROL)),
        "COMBO" => {
            if let Some(remote) = options.remote() {
                list.push(companion("Auto-refresh after generation"));
                if remote.get("refresh_button").is_some_and(initial::is_truthy) {
                    list.push(Widget { depth: spec.depth, ..Widget::sent("refresh", "refresh") });
                }
            }
            if controlled {
                list.push(companion(CONTROL));
                if options.get("multi_select").is_none() {
                    list.push(companion("control_filter_list"));
                }
            }
        }
        "BOUNDING_BOX" => list.extend(["x", "y", "width", "height"].map(companion)),
        "AUDIO_RECORD" => list.push(companion(&spec.name)),
        _ => {}
    }
}

/// The name of the companion that changes a value after each run.
const CONTROL: &str = "control_after_generate";
