//! Changes between two schemas.

use std::fmt::{self, Display, Formatter};

use crate::shown::{escaped, shortened, shortened_value};
use crate::suggest::alternatives;
use crate::words::words;
use crate::{Text, Value};

/// The effect of a change on a workflow that was valid before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// A prompt that was accepted before is still accepted.
    Additive,
    /// A required input is new and has a default. The server does not fill in defaults, so it refuses a prompt without
    /// the input; [`fill`](super::Comparison::fill) adds it.
    Defaulted,
    /// A prompt that was accepted before is refused, or fails when it runs.
    Breaking,
}

words!(Level, "change level", Additive = "additive", Defaulted = "defaulted", Breaking = "breaking",);

/// A bound of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The minimum.
    Min,
    /// The maximum.
    Max,
}

// `Bound::as_str` is also the key of the bound among an input's options.
words!(Bound, "bound", Min = "min", Max = "max",);

/// A change of a class from the old to the new schema.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The class.
    pub class: Text,
    /// The input or output that changed, or `None` if the class itself changed.
    pub place: Option<ChangedMember>,
    /// The kind of change.
    pub kind: ChangeKind,
    /// The effect on a workflow that uses the class.
    pub level: Level,
}

/// A changed input or output of a class.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangedMember {
    /// An input, by name: `steps`, or `resize_type.width` inside a dynamic combo. A child of a growing list is
    /// `images.image0` in the findings about a workflow and `images.*` in the changes of a class.
    Input(Text),
    /// An output, by slot and name.
    Output(usize, Text),
}

/// The kind of a [`Change`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The class is new.
    NodeAdded,
    /// The class was removed.
    NodeRemoved {
        /// The classes of the new schema with a similar name.
        similar: Vec<Text>,
    },
    /// The class was removed, and the server replaces it with another.
    NodeReplaced {
        /// The class that takes its place.
        by: Text,
    },
    /// The class is no longer an output node. The server runs it only if an output node needs it.
    NoLongerOutput,
    /// The class has become an output node.
    BecameOutput,
    /// The class has become deprecated.
    Deprecated,
    /// An input is new.
    InputAdded {
        /// Whether the input is required.
        required: bool,
        /// The default, if the input is required and has one.
        default: Option<Value>,
    },
    /// An input was removed. The server ignores a literal for it; a link to it makes the node fail.
    InputRemoved,
    /// An optional input has become required.
    InputRequired {
        /// The default, if the input has one.
        default: Option<Value>,
    },
    /// A required input has become optional.
    InputOptional,
    /// An input or output has another type.
    TypeChanged {
        /// The old type word.
        old: Text,
        /// The new type word.
        new: Text,
    },
    /// Options of a combo, or branches of a dynamic combo, were removed.
    OptionsRemoved(Vec<Value>),
    /// Options of a combo, or branches of a dynamic combo, are new.
    OptionsAdded(Vec<Value>),
    /// The range of an input's values, or of its number of children or rows, has become narrower.
    RangeNarrowed {
        /// The bound that changed.
        bound: Bound,
        /// The old bound, if there was one.
        old: Option<Value>,
        /// The new bound.
        new: Option<Value>,
    },
    /// The range of an input's values, or of its number of children or rows, has become wider.
    RangeWidened {
        /// The bound that changed.
        bound: Bound,
        /// The old bound.
        old: Option<Value>,
        /// The new bound, if there is one.
        new: Option<Value>,
    },
    /// The default of an input has changed.
    DefaultChanged {
        /// The old default.
        old: Option<Value>,
        /// The new default.
        new: Option<Value>,
    },
    /// An output is new.
    OutputAdded,
    /// An output was removed.
    OutputRemoved,
    /// An output has another name. Code that names it must change; prompts need not.
    OutputRenamed {
        /// The old name.
        old: Text,
    },
    /// The class's own check refuses a value that it accepted before.
    Refused {
        /// The message of the check.
        reason: String,
    },
}

impl ChangeKind {
    /// Returns the name of this kind in JSON, such as `input_added`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NodeAdded => "node_added",
            Self::NodeRemoved { .. } => "node_removed",
            Self::NodeReplaced { .. } => "node_replaced",
            Self::NoLongerOutput => "no_longer_output",
            Self::BecameOutput => "became_output",
            Self::Deprecated => "deprecated",
            Self::InputAdded { .. } => "input_added",
            Self::InputRemoved => "input_removed",
            Self::InputRequired { .. } => "input_required",
            Self::InputOptional => "input_optional",
            Self::TypeChanged { .. } => "type_changed",
            Self::OptionsRemoved(_) => "options_removed",
            Self::OptionsAdded(_) => "options_added",
            Self::RangeNarrowed { .. } => "range_narrowed",
            Self::RangeWidened { .. } => "range_widened",
            Self::DefaultChanged { .. } => "default_changed",
            Self::OutputAdded => "output_added",
            Self::OutputRemoved => "output_removed",
            Self::OutputRenamed { .. } => "output_renamed",
            Self::Refused { .. } => "refused",
        }
    }

    /// Returns the effect on a workflow that uses the changed part.
    pub(super) const fn level(&self) -> Level {
        match self {
            Self::NodeRemoved { .. }
            | Self::NoLongerOutput
            | Self::InputRemoved
            | Self::OptionsRemoved(_)
            | Self::RangeNarrowed { .. }
            | Self::TypeChanged { .. }
            | Self::OutputRemoved
            | Self::Refused { .. }
            | Self::InputAdded { required: true, default: None }
            | Self::InputRequired { default: None } => Level::Breaking,
            Self::InputAdded { required: true, default: Some(_) } | Self::InputRequired { default: Some(_) } => {
                Level::Defaulted
            }
            _ => Level::Additive,
        }
    }
}

/// The maximum number of options that a message lists. For the others, it gives only their number.
const MAX_SHOWN_OPTIONS: usize = 6;
/// The maximum length of a value in a message, in characters.
const MAX_SHOWN_LEN: usize = 80;

impl Display for Change {
    /// Writes one line without the class: ``input `steps`: the maximum is 100 (it was 1000)``.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(ChangedMember::Input(name)) => write!(f, "input `{}`: ", escaped(name))?,
            Some(ChangedMember::Output(slot, name)) => write!(f, "output {slot} `{}`: ", escaped(name))?,
            None => {}
        }
        self.kind.fmt(f)
    }
}

impl Display for ChangeKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeAdded => f.write_str("the node was added"),
            Self::NodeRemoved { similar } if similar.is_empty() => f.write_str("the node was removed"),
            Self::NodeRemoved { similar } => {
                write!(f, "the node was removed; similar nodes: {}", alternatives(similar))
            }
            Self::NodeReplaced { by } => {
                write!(f, "the node was removed; the server replaces it with `{}`", escaped(by))
            }
            Self::NoLongerOutput => f.write_str("the node is no longer an output: it runs only if an output needs it"),
            Self::BecameOutput => f.write_str("the node is now an output: it always runs"),
            Self::Deprecated => f.write_str("the node is now deprecated"),
            Self::InputAdded { required: true, default: None } => f.write_str("added and required, without a default"),
            Self::InputAdded { required: true, default: Some(default) } => {
                write!(f, "added and required; its default is {}", short(default))
            }
            Self::InputAdded { required: false, .. } => f.write_str("added and optional"),
            Self::InputRemoved | Self::OutputRemoved => f.write_str("removed"),
            Self::InputRequired { default: None } => f.write_str("now required, without a default"),
            Self::InputRequired { default: Some(default) } => {
                write!(f, "now required; its default is {}", short(default))
            }
            Self::InputOptional => f.write_str("now optional"),
            Self::TypeChanged { old, new } => {
                write!(f, "the type is {} (it was {})", shortened(new, MAX_SHOWN_LEN), shortened(old, MAX_SHOWN_LEN))
            }
            Self::OptionsRemoved(values) => listed(f, "options removed", values),
            Self::OptionsAdded(values) => listed(f, "options added", values),
            Self::RangeNarrowed { bound, old, new } | Self::RangeWidened { bound, old, new } => {
                range(f, *bound, old.as_ref(), new.as_ref())
            }
            Self::DefaultChanged { old, new } => {
                write!(f, "the default is {} (it was {})", or_nothing(new.as_ref()), or_nothing(old.as_ref()))
            }
            Self::OutputAdded => f.write_str("added"),
            Self::OutputRenamed { old } => write!(f, "renamed from `{}`", escaped(old)),
            Self::Refused { reason } => write!(f, "the node refuses the value: {}", shortened(reason, MAX_SHOWN_LEN)),
        }
    }
}

fn range(f: &mut Formatter<'_>, bound: Bound, old: Option<&Value>, new: Option<&Value>) -> fmt::Result {
    let word = match bound {
        Bound::Min => "minimum",
        Bound::Max => "maximum",
    };
    match (old, new) {
        (Some(old), Some(new)) => write!(f, "the {word} is {} (it was {})", short(new), short(old)),
        (None, Some(new)) => write!(f, "the {word} is {} (there was none)", short(new)),
        (_, None) => write!(f, "the {word} was removed"),
    }
}

fn listed(f: &mut Formatter<'_>, word: &str, values: &[Value]) -> fmt::Result {
    write!(f, "{word}: ")?;
    for (at, value) in values.iter().take(MAX_SHOWN_OPTIONS).enumerate() {
        write!(f, "{}{}", if at > 0 { ", " } else { "" }, short(value))?;
    }
    match values.len().saturating_sub(MAX_SHOWN_OPTIONS) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

fn or_nothing(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".to_owned(), short)
}

fn short(value: &Value) -> String {
    shortened_value(value, MAX_SHOWN_LEN)
}
