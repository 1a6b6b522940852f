//! The input slots of nodes of known classes, with the links that the file gives them.

use std::collections::{HashMap, HashSet};

use comfy_schema::{Autogrow, InputKind, NodeDef, Text, Value};

use super::model::{Slot, Template};
use crate::ui::{LinkId, UiInput};
use crate::widgets::{Kind, Spec, Widgets, declared};

/// Returns a slot as it was saved.
pub(super) fn saved(input: &UiInput) -> Slot {
    let (name, kind, link) = (input.name.clone(), input.kind.clone(), input.link.clone());
    Slot { name, kind, link, ..Slot::default() }
}

/// Returns the slots of a node: first the inputs of its class, those without widgets before those with widgets, then
/// the saved inputs that the class does not declare.
pub(super) fn of_class(class: &NodeDef, widgets: &Widgets<'_>, inputs: &[UiInput]) -> Vec<Slot> {
    let by_name: HashMap<&Text, &UiInput> = inputs.iter().map(|input| (&input.name, input)).collect();
    let link_of = |name: &Text| by_name.get(name)?.link.clone();
    let mut builder = Builder { widgets, link_of: &link_of, slots: Vec::new() };
    let declared = declared(class);
    builder.class(&declared);
    let mut slots = builder.slots;
    let known: HashSet<&Text> = slots.iter().map(|slot| &slot.name).collect();
    let choices: Vec<String> =
        declared.iter().filter(|spec| is_choice(spec)).map(|spec| format!("{}.", spec.name)).collect();
    let unknown = inputs.iter().filter(|input| !known.contains(&input.name));
    // The inputs of branches that are not chosen are dropped, including their links.
    let kept: Vec<&UiInput> =
        unknown.filter(|input| !choices.iter().any(|prefix| input.name.starts_with(prefix.as_str()))).collect();
    let mut skip = false;
    for input in kept {
        let orphan = input.widget.as_ref().is_some_and(|name| widgets.get(name).is_none());
        // The front end removes such an input while it iterates over the list, and so does not look at the next one.
        if orphan && !skip {
            skip = true;
            continue;
        }
        skip = false;
        slots.push(Slot { widget: input.widget.clone().filter(|name| widgets.get(name).is_some()), ..saved(input) });
    }
    slots
}

/// Returns the slots of a node of a class with these widgets. `linked` holds the names of the linked slots, on which
/// the length of autogrow inputs depends.
pub(crate) fn slots_of(class: &NodeDef, widgets: &Widgets<'_>, linked: &HashSet<Text>) -> Vec<Slot> {
    let link_of = |name: &Text| linked.contains(name).then(|| LinkId::number(0.0));
    let mut builder = Builder { widgets, link_of: &link_of, slots: Vec::new() };
    builder.class(&declared(class));
    builder.slots
}

fn is_choice(spec: &Spec<'_>) -> bool {
    matches!(spec.input.kind, InputKind::DynamicCombo(_)) && spec.widget().is_some()
}

struct Builder<'a, 's> {
    widgets: &'a Widgets<'s>,
    /// Returns the link of the input of a name.
    link_of: &'a dyn Fn(&Text) -> Option<LinkId>,
    slots: Vec<Slot>,
}

impl Builder<'_, '_> {
    /// Adds the inputs of a class: those without widgets (sockets) first, then those with widgets.
    fn class(&mut self, specs: &[Spec<'_>]) {
        specs.iter().filter(|spec| spec.widget().is_none()).for_each(|spec| self.input(spec));
        specs.iter().filter(|spec| spec.widget().is_some()).for_each(|spec| self.input(spec));
    }

    /// Adds an input and, after a dynamic combo, the inputs of its selected branch in the order of their declaration.
    /// The recursion is as deep as the schema nests dynamic combos.
    fn input(&mut self, spec: &Spec<'_>) {
        let slot = self.slot(&spec.name, spec.word());
        if spec.widget().is_none() {
            match &spec.input.kind {
                InputKind::Autogrow(list) => self.growing(spec, list),
                kind => self.slots.push(Slot { template: template(kind), ..slot }),
            }
            return;
        }
        self.slots.push(Slot { widget: Some(spec.name.clone()), ..slot });
        let Some(Kind::DynamicCombo(branches)) = self.widgets.get(&spec.name).map(|widget| widget.kind) else { return };
        let key = self.widgets.get(&spec.name).and_then(|widget| widget.value.as_ref()?.as_str());
        if let Some(branch) = branches.iter().find(|branch| Some(branch.key.as_str()) == key) {
            branch.inputs.iter().for_each(|input| self.input(&spec.child(input)));
        }
    }

    /// Adds the slots of an autogrow input: the required ones and one more, and a further one as long as the last one
    /// is linked.
    fn growing(&mut self, spec: &Spec<'_>, list: &Autogrow) {
        let stated = spec.input.options.template().and_then(|template| template.get("min")).and_then(Value::as_i128);
        let min = stated.and_then(|min| usize::try_from(min).ok()).unwrap_or(list.min);
        let mut count = min.saturating_add(1).min(list.names.len());
        let mut at = 0;
        while at < count {
            let name = Text::new(format!("{}.{}", spec.name, list.names[at]));
            let element = Spec { name: name.clone(), input: &list.element, depth: spec.depth + 1 };
            let slot = self.slot(&name, element.word());
            let linked = slot.link.is_some();
            self.slots.push(Slot { template: template(&list.element.kind), ..slot });
            at += 1;
            if linked && at == count && count < list.names.len() {
                count += 1;
            }
        }
    }

    fn slot(&self, name: &Text, kind: Text) -> Slot {
        Slot { name: name.clone(), kind, link: (self.link_of)(name), ..Slot::default() }
    }
}

/// Returns the template of an input with a matched type.
pub(super) fn template(kind: &InputKind) -> Option<Template> {
    let InputKind::Match(matched) = kind else {
        return None;
    };
    let allowed = if matched.allowed.is_empty() { "*".into() } else { matched.allowed.join(",").into() };
    Some(Template { id: matched.template_id.clone(), allowed })
}
