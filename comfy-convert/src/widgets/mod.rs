//! Widgets: which widgets a class has, in which order, with which initial values, and how they are set to saved values.

mod build;
mod initial;
mod read;
mod spec;
mod special;

use comfy_schema::{BranchDef, InputDef, Text, Value};

pub(crate) use build::{first_branch, widgets_of};
pub(crate) use spec::{Spec, declared, has_widget};

/// The classes whose `filename_prefix` the front end fills in. Their nodes are also not saved with the property "Node
/// name for S&R", to which `%Name.widget%` refers.
pub(crate) const PREFIXED: &[&str] = &[
    "SaveImage",
    "SaveVideo",
    "SaveAnimatedWEBP",
    "SaveWEBM",
    "SaveAudio",
    "SaveGLB",
    "SaveAnimatedPNG",
    "CLIPSave",
    "VAESave",
    "ModelSave",
    "LoraSave",
    "SaveLatent",
];

/// A widget of a node.
#[derive(Debug, Clone)]
pub(crate) struct Widget<'s> {
    pub(crate) name: Text,
    pub(crate) kind: Kind<'s>,
    /// The value; `None` is JavaScript's `undefined`, which leaves the input out of the prompt.
    pub(crate) value: Option<Value>,
    /// Whether the value is an entry of `widgets_values`.
    pub(crate) saved: bool,
    /// Whether the value goes into the prompt.
    pub(crate) sent: bool,
    /// The number of dynamic combos around the widget. The children of a dynamic combo are the widgets after it with a
    /// greater depth.
    pub(crate) depth: usize,
    /// The input that the widget belongs to. It is `None` for companions, which the front end adds beside the widgets
    /// of inputs.
    pub(crate) input: Option<&'s InputDef>,
}

/// The treatment of a widget's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind<'s> {
    /// A widget that only holds its value.
    Plain,
    /// A text box of several lines. It turns null into the empty text, and `undefined` into the text `undefined`.
    Multiline {
        /// Whether `{a|b}` is expanded.
        dynamic: bool,
    },
    /// A text of one line in which `{a|b}` is expanded.
    DynamicText,
    /// A text in which `%…%` is replaced.
    Prefix,
    /// A combo, in which null stands for the first option.
    Combo(&'s [Value]),
    /// A combo whose options the server lists on request.
    Remote(&'s [Value]),
    /// A dynamic combo, whose branches have widgets of their own.
    DynamicCombo(&'s [BranchDef]),
    /// The choice of a `CustomCombo`, whose options are the widgets after it.
    CustomChoice,
    /// The index of the choice of a `CustomCombo` among its options.
    CustomIndex,
    /// An option of a `CustomCombo`.
    CustomOption,
    /// A curve: an array is wrapped with its type.
    Curve,
    /// A value that only a browser can render.
    Rendered,
    /// A picture from a camera.
    Webcam,
    /// A widget whose saved value is ignored.
    Fixed,
    /// The URL from which the browser plays the file of the widget `audio`.
    AudioAddress,
}

impl<'s> Widget<'s> {
    /// Creates the widget of an input, which is saved and sent.
    fn of(spec: &Spec<'s>, kind: Kind<'s>, value: Option<Value>) -> Self {
        let (name, depth) = (spec.name.clone(), spec.depth);
        Self { name, kind, value, saved: true, sent: true, depth, input: Some(spec.input) }
    }

    /// Creates a companion that is saved and not sent.
    fn companion(name: &str, depth: usize) -> Self {
        let name = Text::new(name);
        Self { name, kind: Kind::Plain, value: Some(Value::Null), saved: true, sent: false, depth, input: None }
    }

    /// Creates a companion that is sent with this value.
    fn sent(name: &str, value: impl Into<Value>) -> Self {
        Self { value: Some(value.into()), sent: true, ..Self::companion(name, 0) }
    }

    fn unsaved(self) -> Self {
        Self { saved: false, ..self }
    }
}

/// The widgets of a node, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Widgets<'s> {
    pub(crate) list: Vec<Widget<'s>>,
    /// The number of options of a `CustomCombo`. They are in a row, and their names count from 1.
    options: usize,
}

impl<'s> Widgets<'s> {
    /// Returns the first widget of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Widget<'s>> {
        self.list.get(self.position(name)?)
    }

    /// Returns the position of the first widget of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let mut at = 0;
        while let Some(widget) = self.list.get(at) {
            // A file decides how many options there are, so they are not compared one by one.
            if widget.kind == Kind::CustomOption {
                match special::number_of_option(name).filter(|number| *number <= self.options) {
                    Some(number) => return Some(at + number - 1),
                    None => at += self.options.max(1),
                }
                continue;
            }
            if widget.name == name {
                return Some(at);
            }
            at += 1;
        }
        None
    }

    /// Returns the positions of the children of the dynamic combo at this position.
    fn children(&self, at: usize) -> std::ops::Range<usize> {
        let depth = self.list.get(at).map_or(0, |widget| widget.depth);
        let behind = self.list.iter().skip(at + 1);
        at + 1..at + 1 + behind.take_while(|widget| widget.depth > depth).count()
    }
}
