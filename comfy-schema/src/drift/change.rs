//! One difference between two schemas.

use std::fmt::{self, Display, Formatter};

use crate::shown::{shortened, shortened_value};
use crate::words::words;
use crate::{Text, Value};

/// What a change does to a workflow that was right before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// What was sent before may be sent again.
    Additive,
    /// A required input is new and has a default. The server never fills defaults in, so a prompt without the input is
    /// refused; [`fill`](super::Comparison::fill) adds it.
    Defaulted,
    /// What was right is refused, or fails when it runs.
    Breaking,
}

words!(Level, "change level", Additive = "additive", Defaulted = "defaulted", Breaking = "breaking",);

/// One side of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The least value.
    Min,
    /// The greatest value.
    Max,
}

// The words are the names of the options too.
words!(Bound, "bound", Min = "min", Max = "max",);

/// One difference of a class between the old and the new schema.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The class.
    pub class: Text,
    /// The input or output that changed; `None` if it is the class itself.
    pub place: Option<ChangedMember>,
    /// What changed.
    pub kind: ChangeKind,
    /// What that does to a workflow that uses it.
    pub level: Level,
}

/// The part of a class that changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangedMember {
    /// An input: `steps`; `resize_type.width` inside a dynamic combo; `images.image0` or, without a workflow,
    /// `images.*` inside a growing list.
    Input(Text),
    /// An output, by slot and name.
    Output(usize, Text),
}

/// What changed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// The class is new.
    NodeAdded,
    /// The class is gone.
    NodeRemoved {
        /// Classes of the new schema that may be meant.
        similar: Vec<Text>,
    },
    /// The class is gone, and the server puts another in its place.
    NodeReplaced {
        /// That class.
        by: Text,
    },
    /// It ran for its own sake, and does no more.
    NoLongerOutput,
    /// It runs for its own sake now.
    BecameOutput,
    /// It is marked deprecated now.
    Deprecated,
    /// An input is new.
    InputAdded {
        /// It must be given.
        required: bool,
        /// What it is unless said otherwise.
        default: Option<Value>,
    },
    /// An input is gone. The server ignores what is given for it; a link there makes the node fail.
    InputRemoved,
    /// An optional input must be given now.
    InputRequired {
        /// What it is unless said otherwise.
        default: Option<Value>,
    },
    /// A required input may be left out now.
    InputOptional,
    /// An input or output has another type.
    TypeChanged {
        /// The type word before.
        old: Text,
        /// The type word now.
        new: Text,
    },
    /// Options of a combo, or branches of a dynamic one, are gone.
    OptionsRemoved(Vec<Value>),
    /// Options of a combo, or branches of a dynamic one, are new.
    OptionsAdded(Vec<Value>),
    /// A bound allows less: values, or entries of a growing list.
    RangeNarrowed {
        /// Which one.
        bound: Bound,
        /// What it was; `None` if there was none.
        old: Option<Value>,
        /// What it is.
        new: Option<Value>,
    },
    /// A bound allows more.
    RangeWidened {
        /// Which one.
        bound: Bound,
        /// What it was.
        old: Option<Value>,
        /// What it is; `None` if there is none.
        new: Option<Value>,
    },
    /// Whoever leaves an input to its default gets another one.
    DefaultChanged {
        /// What it was.
        old: Option<Value>,
        /// What it is.
        new: Option<Value>,
    },
    /// An output is new.
    OutputAdded,
    /// An output is gone.
    OutputRemoved,
    /// An output has another name: code that names it must follow, prompts need not.
    OutputRenamed {
        /// Its name before.
        old: Text,
    },
    /// The class's own check says no to a value that it took before.
    Refused {
        /// What it says.
        why: String,
    },
}

impl ChangeKind {
    /// A word for it, as it stands in JSON.
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

    /// What it does to a workflow that uses what changed.
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

/// How many options are listed before the others are only counted.
const SHOWN_OPTIONS: usize = 6;
/// How many characters of a value are shown.
const MAX_SHOWN_LEN: usize = 80;

impl Display for Change {
    /// One line without the class: `input steps: the greatest value is 100 (it was 1000)`.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(ChangedMember::Input(name)) => write!(f, "input `{name}`: ")?,
            Some(ChangedMember::Output(slot, name)) => write!(f, "output {slot} `{name}`: ")?,
            None => {}
        }
        self.kind.fmt(f)
    }
}

impl Display for ChangeKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeAdded => f.write_str("the node is new"),
            Self::NodeRemoved { similar } => {
                f.write_str("the node is gone")?;
                if let [first, rest @ ..] = similar.as_slice() {
                    write!(f, "; similar: `{first}`")?;
                    rest.iter().try_for_each(|other| write!(f, ", `{other}`"))?;
                }
                Ok(())
            }
            Self::NodeReplaced { by } => write!(f, "the node is gone; the server takes `{by}` in its place"),
            Self::NoLongerOutput => f.write_str("the node is no output any more: nothing runs for its sake"),
            Self::BecameOutput => f.write_str("the node is an output now: it runs for its own sake"),
            Self::Deprecated => f.write_str("the node is deprecated"),
            Self::InputAdded { required: true, default: None } => f.write_str("new, required, and without a default"),
            Self::InputAdded { required: true, default: Some(default) } => {
                write!(f, "new and required; its default is {}", short(default))
            }
            Self::InputAdded { required: false, .. } => f.write_str("new and optional"),
            Self::InputRemoved | Self::OutputRemoved => f.write_str("gone"),
            Self::InputRequired { default: None } => f.write_str("required now, and without a default"),
            Self::InputRequired { default: Some(default) } => {
                write!(f, "required now; its default is {}", short(default))
            }
            Self::InputOptional => f.write_str("may be left out now"),
            Self::TypeChanged { old, new } => {
                write!(f, "the type is {} (it was {})", shortened(new, MAX_SHOWN_LEN), shortened(old, MAX_SHOWN_LEN))
            }
            Self::OptionsRemoved(values) => listed(f, "no option any more", values),
            Self::OptionsAdded(values) => listed(f, "new", values),
            Self::RangeNarrowed { bound, old, new } | Self::RangeWidened { bound, old, new } => {
                range(f, *bound, old.as_ref(), new.as_ref())
            }
            Self::DefaultChanged { old, new } => {
                write!(f, "the default is {} (it was {})", or_nothing(new.as_ref()), or_nothing(old.as_ref()))
            }
            Self::OutputAdded => f.write_str("new"),
            Self::OutputRenamed { old } => write!(f, "it was called `{old}`"),
            Self::Refused { why } => write!(f, "the node refuses it: {}", shortened(why, MAX_SHOWN_LEN)),
        }
    }
}

fn range(f: &mut Formatter<'_>, bound: Bound, old: Option<&Value>, new: Option<&Value>) -> fmt::Result {
    let word = match bound {
        Bound::Min => "least",
        Bound::Max => "greatest",
    };
    match (old, new) {
        (Some(old), Some(new)) => write!(f, "the {word} value is {} (it was {})", short(new), short(old)),
        (None, Some(new)) => write!(f, "the {word} value is {} (there was none)", short(new)),
        (_, None) => write!(f, "there is no {word} value any more"),
    }
}

fn listed(f: &mut Formatter<'_>, word: &str, values: &[Value]) -> fmt::Result {
    write!(f, "{word}: ")?;
    for (at, value) in values.iter().take(SHOWN_OPTIONS).enumerate() {
        write!(f, "{}{}", if at > 0 { ", " } else { "" }, short(value))?;
    }
    match values.len().saturating_sub(SHOWN_OPTIONS) {
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
