//! Setting of the values of widgets: all of them from `widgets_values`, or a single one later.

use comfy_schema::{InputKind, NodeDef, Text, Value};

use super::special::custom_option;
use super::{Kind, Spec, Widget, Widgets, build, declared};
use crate::ui::Saved;

impl<'s> Widgets<'s> {
    /// Sets the widgets to the saved values, in sequence.
    pub(crate) fn read(&mut self, class: &'s NodeDef, saved: &Saved) {
        let values: Vec<Option<Value>> = match saved {
            Saved::None => return,
            Saved::Named => {
                // The stock front end reads the entries 0, 1, 2… of the object, and each is undefined.
                self.read_each(|_| Some(None));
                return;
            }
            Saved::List(values) => self.without_forced(class, values).into_iter().map(Some).collect(),
        };
        self.read_each(|at| values.get(at).cloned());
    }

    /// Sets the widgets to these values, in sequence. Unlike [`read`](Self::read), it does not remove the values of
    /// forced inputs.
    pub(crate) fn read_list(&mut self, values: &[Value]) {
        self.read_each(|at| values.get(at).cloned().map(Some));
    }

    /// Adds the widgets of an input under another name.
    pub(crate) fn add(&mut self, spec: &Spec<'s>, name: &Text) {
        let at = self.list.len();
        build::add(spec, &mut self.list);
        if let Some(widget) = self.list.get_mut(at) {
            widget.name = name.clone();
        }
    }

    /// Sets every saved widget in turn. The children of a dynamic combo are created when the combo is set, before their
    /// turn comes.
    fn read_each(&mut self, value_at: impl Fn(usize) -> Option<Option<Value>>) {
        let (mut at, mut taken) = (0, 0);
        while let Some(widget) = self.list.get(at) {
            if widget.saved {
                let Some(value) = value_at(taken) else {
                    return;
                };
                taken += 1;
                self.set(at, value);
            }
            at += 1;
        }
    }

    /// Sets the value of the widget at this position, with the effects that an assignment has in the front end.
    pub(crate) fn set(&mut self, at: usize, value: Option<Value>) {
        let Some(widget) = self.list.get_mut(at) else {
            return;
        };
        match widget.kind {
            Kind::Fixed | Kind::CustomIndex | Kind::Rendered | Kind::AudioAddress => {}
            Kind::Multiline { .. } => {
                widget.value = Some(match value {
                    None => "undefined".into(),
                    Some(Value::Null) => "".into(),
                    Some(value) => value,
                });
            }
            Kind::DynamicCombo(branches) => {
                widget.value = value;
                let key = widget.value.as_ref().and_then(Value::as_str);
                let branch = branches.iter().find(|branch| Some(branch.key.as_str()) == key);
                let spec = widget.input.map(|input| Spec { name: widget.name.clone(), input, depth: widget.depth });
                let mut children = Vec::new();
                if let (Some(spec), Some(branch)) = (spec, branch) {
                    build::add_branch(&spec, branch, &mut children);
                }
                let old = self.children(at);
                self.list.splice(old, children);
            }
            Kind::CustomOption => {
                let is_last = self.list.get(at + 1).is_none_or(|next| next.kind != Kind::CustomOption);
                let filled = value.as_ref().is_some_and(super::initial::is_truthy);
                if let Some(widget) = self.list.get_mut(at) {
                    widget.value = value;
                }
                if is_last && filled {
                    self.options += 1;
                    self.list.insert(at + 1, custom_option(self.options));
                }
            }
            _ => widget.value = value,
        }
    }

    /// Repairs values as the front end does once all are read: combos without a value get their first option, and old
    /// names of samplers are replaced by the present ones.
    pub(crate) fn repair(&mut self, class: &NodeDef) {
        let mut at = 0;
        while let Some(widget) = self.list.get(at) {
            let empty = widget.value.as_ref().is_none_or(Value::is_null);
            let first = match widget.kind {
                Kind::Combo(options) | Kind::Remote(options) if empty => options.first().cloned(),
                Kind::DynamicCombo(branches) if empty => {
                    build::first_branch(branches).map(|branch| (&branch.key).into())
                }
                Kind::CustomChoice if empty => self.custom_options().find(super::initial::is_truthy),
                _ => None,
            };
            if first.is_some() {
                self.set(at, first);
            }
            at += 1;
        }
        if matches!(class.class.as_str(), "KSampler" | "KSamplerAdvanced")
            && let Some(sampler) = self.list.iter_mut().find(|widget| widget.name == "sampler_name")
            && let Some(name) =
                sampler.value.as_ref().and_then(Value::as_str).and_then(|name| name.strip_prefix("sample_"))
        {
            sampler.value = Some(Text::new(name).into());
        }
    }

    /// Returns the options of a `CustomCombo`, including empty ones.
    pub(crate) fn custom_options(&self) -> impl Iterator<Item = Value> {
        let options = self.list.iter().filter(|widget| widget.kind == Kind::CustomOption);
        options.map(|widget| widget.value.clone().unwrap_or(Value::Null))
    }

    /// Returns the values without those of forced inputs, which old front ends saved.
    fn without_forced(&self, class: &'s NodeDef, values: &[Value]) -> Vec<Value> {
        let mut forced = Vec::new();
        for spec in declared(class) {
            count_forced(&spec, &mut forced);
        }
        // The front end counts these three widgets as inputs, unlike the others that scripts add.
        let added = |widget: &&Widget<'_>| {
            widget.input.is_none() && matches!(widget.name.as_str(), "upload" | "audioUI" | "image")
        };
        forced.extend(self.list.iter().filter(added).map(|_| false));
        if forced.len() != values.len() {
            return values.to_vec();
        }
        values.iter().zip(forced).filter(|(_, forced)| !forced).map(|(value, _)| value.clone()).collect()
    }
}

/// Adds, for each value that old front ends saved for this input, whether the input is forced.
fn count_forced(spec: &Spec<'_>, forced: &mut Vec<bool>) {
    let options = &spec.input.options;
    if spec.widget().is_none() && !options.force_input() {
        return;
    }
    forced.push(options.force_input());
    if options.control_after_generate().is_some_and(super::initial::is_truthy) {
        forced.push(false);
    }
    if let InputKind::DynamicCombo(branches) = &spec.input.kind
        && let Some(first) = build::first_branch(branches)
    {
        first.inputs.iter().for_each(|input| count_forced(&spec.child(input), forced));
    }
}
