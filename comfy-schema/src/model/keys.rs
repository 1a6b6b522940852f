//! The keys of a definition, and which of them one had.

use std::fmt::{self, Debug, Formatter};

use super::Producer;
use crate::words::words;

macro_rules! keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A known key of a node definition.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Key {
            $($(#[$doc])* $variant,)*
        }

        // In the order in which the schema interface writes them.
        words!(Key, "key of a node definition", $($variant = $name,)*);
    };
}

keys! {
    /// The inputs
    Input = "input",
    /// Their order
    InputOrder = "input_order",
    /// Takes whole lists
    IsInputList = "is_input_list",
    /// What the outputs carry
    Output = "output",
    /// Which outputs yield lists
    OutputIsList = "output_is_list",
    /// What the outputs are called
    OutputName = "output_name",
    /// Tooltips of the outputs
    OutputTooltips = "output_tooltips",
    /// Templates of the outputs
    OutputMatchtypes = "output_matchtypes",
    /// The class once more
    Name = "name",
    /// The title
    DisplayName = "display_name",
    /// What it does
    Description = "description",
    /// Where it comes from
    PythonModule = "python_module",
    /// The menu path
    Category = "category",
    /// A root of execution
    OutputNode = "output_node",
    /// Deprecated
    Deprecated = "deprecated",
    /// Experimental
    Experimental = "experimental",
    /// For developers
    DevOnly = "dev_only",
    /// Paid
    ApiNode = "api_node",
    /// The price; only in [`Node::raw`](super::Node::raw)
    PriceBadge = "price_badge",
    /// Other words to find it by
    SearchAliases = "search_aliases",
    /// The group in the short menu; only in [`Node::raw`](super::Node::raw)
    EssentialsCategory = "essentials_category",
    /// UI output is sent again when cached
    HasIntermediateOutput = "has_intermediate_output",
}

/// The order in which the classic interface writes its keys.
const CLASSIC_ORDER: &[Key] = &[
    Key::Input,
    Key::InputOrder,
    Key::IsInputList,
    Key::Output,
    Key::OutputIsList,
    Key::OutputName,
    Key::Name,
    Key::DisplayName,
    Key::Description,
    Key::PythonModule,
    Key::Category,
    Key::OutputNode,
    Key::HasIntermediateOutput,
    Key::OutputTooltips,
    Key::OutputMatchtypes,
    Key::Deprecated,
    Key::Experimental,
    Key::DevOnly,
    Key::ApiNode,
    Key::PriceBadge,
    Key::SearchAliases,
    Key::EssentialsCategory,
];

impl Key {
    /// All keys in the order in which this interface writes them.
    pub(crate) const fn in_order(producer: Producer) -> &'static [Self] {
        match producer {
            Producer::V1 => CLASSIC_ORDER,
            Producer::V3 => Self::ALL,
        }
    }
}

/// A category of inputs, as `input` and `input_order` name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Required,
    Optional,
    Hidden,
}

impl Group {
    pub(crate) const ALL: [Self; 3] = [Self::Required, Self::Optional, Self::Hidden];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::Hidden => "hidden",
        }
    }
}

/// The set of known keys that a definition had, and which categories its `input` and `input_order` named.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Keys(u32);

/// Where the bits of `input`'s categories begin; those of `input_order` follow.
const INPUT_GROUPS: u32 = 24;
const ORDER_GROUPS: u32 = INPUT_GROUPS + 3;
/// The definition was not an object at all.
const NOT_AN_OBJECT: u32 = 31;

impl Keys {
    /// No key.
    pub const NONE: Self = Self(0);

    /// The keys that a current server always writes for nodes of this interface.
    pub fn current(producer: Producer) -> Self {
        let mut keys = Self::NONE;
        for &key in Key::ALL {
            let always = match key {
                Key::OutputTooltips
                | Key::OutputMatchtypes
                | Key::Deprecated
                | Key::Experimental
                | Key::DevOnly
                | Key::ApiNode
                | Key::PriceBadge
                | Key::EssentialsCategory => producer == Producer::V3,
                _ => true,
            };
            if always {
                keys.insert(key);
            }
        }
        keys.insert_input_group(Group::Required);
        keys.insert_order_group(Group::Required);
        keys
    }

    /// Whether the key was there.
    pub const fn contains(self, key: Key) -> bool {
        self.has(key as u32)
    }

    /// Adds a key.
    pub const fn insert(&mut self, key: Key) {
        self.set(key as u32);
    }

    pub(crate) const fn has_input_group(self, group: Group) -> bool {
        self.has(INPUT_GROUPS + group as u32)
    }

    pub(crate) const fn insert_input_group(&mut self, group: Group) {
        self.set(INPUT_GROUPS + group as u32);
    }

    pub(crate) const fn has_order_group(self, group: Group) -> bool {
        self.has(ORDER_GROUPS + group as u32)
    }

    pub(crate) const fn insert_order_group(&mut self, group: Group) {
        self.set(ORDER_GROUPS + group as u32);
    }

    pub(crate) const fn is_not_an_object(self) -> bool {
        self.has(NOT_AN_OBJECT)
    }

    pub(crate) const fn not_an_object() -> Self {
        Self(1 << NOT_AN_OBJECT)
    }

    const fn has(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }

    const fn set(&mut self, bit: u32) {
        self.0 |= 1 << bit;
    }
}

impl Debug for Keys {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Key::ALL.iter().filter(|&&key| self.contains(key)).map(|key| key.as_str())).finish()
    }
}
