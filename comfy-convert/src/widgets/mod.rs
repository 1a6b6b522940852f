//! Widgets: which a class has, in which order, what they start with, and how saved values reach them.

mod build;
mod initial;
mod read;
mod spec;
mod special;

use comfy_schema::{BranchDef, InputDef, Text, Value};

pub(crate) use build::{first_branch, widgets_of};
pub(crate) use spec::{Spec, declared, has_widget};

/// The classes whose `filename_prefix` is filled in by the front end; their files also get no property
/// that `%Name.widget%` could mean without having been saved with it.
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

/// One widget of a node.
#[derive(Debug, Clone)]
pub(crate) struct Widget<'s> {
    pub(crate) name: Text,
    pub(crate) kind: Kind<'s>,
    /// `None` is JavaScript's undefined: the key is missing from the prompt.
    pub(crate) value: Option<Value>,
    /// It takes a place in `widgets_values`.
    pub(crate) saved: bool,
    /// Its value goes into the prompt.
    pub(crate) sent: bool,
    /// In how many dynamic combos it stands: what follows a dynamic combo and stands deeper is its children.
    pub(crate) depth: usize,
    /// The input it belongs to; companions have none.
    pub(crate) input: Option<&'s InputDef>,
}

/// What a widget does with its value beyond holding it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind<'s> {
    /// Nothing.
    Plain,
    /// A text box of several lines: null is the empty text, undefined the text `undefined`.
    Multiline {
        /// `{a|b}` is expanded.
        dynamic: bool,
    },
    /// A text of one line whose `{a|b}` is expanded.
    DynamicText,
    /// A text whose `%…%` is filled in.
    Prefix,
    /// One of a list: null is the first option.
    Combo(&'s [Value]),
    /// A combo whose options the server gives when asked.
    Remote(&'s [Value]),
    /// A choice that brings widgets of its own.
    DynamicCombo(&'s [BranchDef]),
    /// The choice of a `CustomCombo`, whose options are the widgets behind it.
    CustomChoice,
    /// The place of that choice among them.
    CustomIndex,
    /// An option of a `CustomCombo`.
    CustomOption,
    /// A curve: an array is wrapped with its type.
    Curve,
    /// What the browser renders: no value is known without it.
    Rendered,
    /// A picture of a camera.
    Webcam,
    /// The saved value is ignored.
    Fixed,
    /// The address from which the browser plays the file of `audio`.
    AudioAddress,
}

impl<'s> Widget<'s> {
    /// The widget of an input: saved and sent.
    fn of(spec: &Spec<'s>, kind: Kind<'s>, value: Option<Value>) -> Self {
        let (name, depth) = (spec.name.clone(), spec.depth);
        Self { name, kind, value, saved: true, sent: true, depth, input: Some(spec.input) }
    }

    /// A companion that is saved and not sent.
    fn companion(name: &str, depth: usize) -> Self {
        let name = Text::new(name);
        Self { name, kind: Kind::Plain, value: Some(Value::Null), saved: true, sent: false, depth, input: None }
    }

    /// A companion that is sent with this value.
    fn sent(name: &str, value: impl Into<Value>) -> Self {
        Self { value: Some(value.into()), sent: true, ..Self::companion(name, 0) }
    }

    fn unsaved(self) -> Self {
        Self { saved: false, ..self }
    }
}

/// The widgets of one node, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Widgets<'s> {
    pub(crate) list: Vec<Widget<'s>>,
}

impl<'s> Widgets<'s> {
    /// The first widget of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Widget<'s>> {
        self.list.iter().find(|widget| widget.name == name)
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.list.iter().position(|widget| widget.name == name)
    }

    /// The children of the dynamic combo at this place: a range of places.
    fn children(&self, at: usize) -> std::ops::Range<usize> {
        let depth = self.list.get(at).map_or(0, |widget| widget.depth);
        let behind = self.list.iter().skip(at + 1);
        at + 1..at + 1 + behind.take_while(|widget| widget.depth > depth).count()
    }
}
