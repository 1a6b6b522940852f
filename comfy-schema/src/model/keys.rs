//! The known keys of a node definition.

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

        // The variants are in the order in which the schema interface writes the keys.
        words!(Key, "node definition key", $($variant = $name,)*);
    };
}

keys! {
    /// The inputs.
    Input = "input",
    /// The order of the inputs.
    InputOrder = "input_order",
    /// Whether the node takes whole lists.
    IsInputList = "is_input_list",
    /// The types of the outputs.
    Output = "output",
    /// Whether each output yields a list.
    OutputIsList = "output_is_list",
    /// The names of the outputs.
    OutputName = "output_name",
    /// The tooltips of the outputs.
    OutputTooltips = "output_tooltips",
    /// The template ids of the outputs.
    OutputMatchtypes = "output_matchtypes",
    /// The class name, which is also the key of the definition.
    Name = "name",
    /// The title.
    DisplayName = "display_name",
    /// The description.
    Description = "description",
    /// The Python module.
    PythonModule = "python_module",
    /// The menu path.
    Category = "category",
    /// Whether the node is a root of execution.
    OutputNode = "output_node",
    /// Whether the node is deprecated.
    Deprecated = "deprecated",
    /// Whether the node is experimental.
    Experimental = "experimental",
    /// Whether the node is shown only in development mode.
    DevOnly = "dev_only",
    /// Whether the node calls a paid remote service.
    ApiNode = "api_node",
    /// The price badge. Only [`NodeDef::raw`](super::NodeDef::raw) holds it.
    PriceBadge = "price_badge",
    /// The search aliases.
    SearchAliases = "search_aliases",
    /// The category in the editor's list of essential nodes. Only [`NodeDef::raw`](super::NodeDef::raw) holds it.
    EssentialsCategory = "essentials_category",
    /// Whether the server sends the node's UI output again when it is cached.
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
    /// Returns all keys, in the order in which an interface writes them.
    pub(crate) const fn in_order(producer: Producer) -> &'static [Self] {
        match producer {
            Producer::V1 => CLASSIC_ORDER,
            Producer::V3 => Self::ALL,
        }
    }
}

/// A group of inputs, as `input` and `input_order` name them: the two sections, and the hidden inputs.
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

/// The set of known keys that a definition had, and the groups that its `input` and `input_order` had.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Keys(u32);

/// The first bit of the groups of `input`. The bits of the groups of `input_order` follow.
const INPUT_GROUPS: u32 = 24;
const ORDER_GROUPS: u32 = INPUT_GROUPS + 3;
/// The bit that marks a definition that is not an object.
const NOT_AN_OBJECT: u32 = 31;

impl Keys {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Returns the keys that a current server always writes for definitions of an interface.
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

    /// Returns whether the set contains a key.
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
