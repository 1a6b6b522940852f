//! One node class.

use super::{Hidden, InputDef, Keys, OutputDef};
use crate::{Map, Text};

/// Which of the server's two node interfaces wrote a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Producer {
    /// The classic interface (`INPUT_TYPES`).
    V1,
    /// The schema interface (`define_schema`). It always writes `output_matchtypes`, `price_badge` and the flags
    /// that the classic one writes only when they are true; any of these tells it, so that an old server's or a
    /// stripped definition is recognised too.
    V3,
}

/// One node class.
#[expect(clippy::struct_excessive_bools, reason = "the definition has that many flags")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeDef {
    /// The class name, exactly: the key in `/object_info` and the `class_type` of a prompt.
    pub class: Text,
    /// Which interface wrote the definition.
    pub producer: Producer,
    /// The title in the editor; `None` where the server sends null or nothing (use `class`).
    pub display_name: Option<Text>,
    /// What the node does; empty if the server says nothing.
    pub description: Text,
    /// Where the class comes from: `nodes`, `comfy_extras.x`, `comfy_api_nodes.x`, `custom_nodes.pack`.
    pub python_module: Text,
    /// `/`-separated menu path.
    pub category: Text,
    /// Required inputs first, then optional ones; inside each by `input_order`, then by the document.
    pub inputs: Vec<InputDef>,
    /// Inputs that the server fills in. Never sent.
    pub hidden: Vec<Hidden>,
    /// Outputs by slot.
    pub outputs: Vec<OutputDef>,
    /// The node takes whole lists.
    pub is_input_list: bool,
    /// A root of execution (saves or shows something).
    pub output_node: bool,
    /// Its UI output is sent again when cached.
    pub has_intermediate_output: bool,
    /// Marked deprecated.
    pub deprecated: bool,
    /// Marked experimental.
    pub experimental: bool,
    /// Shown only in development mode.
    pub dev_only: bool,
    /// A paid remote node: needs account keys in `extra_data`.
    pub api_node: bool,
    /// Other words to find it by.
    pub search_aliases: Vec<Text>,
    /// Which of the known keys the definition had: servers of different age leave out different ones.
    pub keys: Keys,
    /// Keys of the definition that the fields above do not reproduce: unknown ones, and known ones of an odd
    /// shape, as they were. They win over the fields when the node is written.
    ///
    /// Two of them have a form of their own. `input` holds only the odd inputs, section by section, unless the whole
    /// was odd; and of a definition that is not an object, the value stands under the empty key.
    pub raw: Map,
}

impl NodeDef {
    /// A node without inputs and outputs, with the keys that a current server writes for this interface.
    pub fn new(class: impl Into<Text>, producer: Producer) -> Self {
        Self {
            class: class.into(),
            producer,
            display_name: None,
            description: Text::default(),
            python_module: Text::default(),
            category: Text::default(),
            inputs: Vec::new(),
            hidden: Vec::new(),
            outputs: Vec::new(),
            is_input_list: false,
            output_node: false,
            has_intermediate_output: false,
            deprecated: false,
            experimental: false,
            dev_only: false,
            api_node: false,
            search_aliases: Vec::new(),
            keys: Keys::current(producer),
            raw: Map::new(),
        }
    }

    /// The declared input of this name, without looking into dynamic ones.
    pub fn input(&self, name: &str) -> Option<&InputDef> {
        self.inputs.iter().find(|input| input.name == name)
    }
}
