//! Node definitions.

use super::{Hidden, InputDef, Keys, OutputDef, Producer};
use crate::{Map, Text};

/// The definition of a node class.
#[expect(clippy::struct_excessive_bools, reason = "the definition has that many flags")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeDef {
    /// The class name: the key in `/object_info` and the `class_type` of a prompt.
    pub class: Text,
    /// The interface that wrote the definition.
    pub producer: Producer,
    /// The title in the editor, or `None` if the server sends `null` or nothing; the editor then shows the class.
    pub display_name: Option<Text>,
    /// The description for users, or an empty text if the server sends none.
    pub description: Text,
    /// The Python module of the class: `nodes`, `comfy_extras.x`, `comfy_api_nodes.x`, `custom_nodes.pack`.
    pub python_module: Text,
    /// The path in the editor's menu, separated by `/`.
    pub category: Text,
    /// The inputs: required ones first, and in each section by `input_order`, then by the document.
    pub inputs: Vec<InputDef>,
    /// The inputs that the server fills in. A prompt does not contain them.
    pub hidden: Vec<Hidden>,
    /// The outputs, by slot.
    pub outputs: Vec<OutputDef>,
    /// Whether the node takes whole lists.
    pub is_input_list: bool,
    /// Whether the node is a root of execution: it saves or shows something.
    pub output_node: bool,
    /// Whether the server sends the node's UI output again when it is cached.
    pub has_intermediate_output: bool,
    /// Whether the node is deprecated.
    pub deprecated: bool,
    /// Whether the node is experimental.
    pub experimental: bool,
    /// Whether the editor shows the node only in development mode.
    pub dev_only: bool,
    /// Whether the node calls a paid remote service, which needs account keys in `extra_data`.
    pub api_node: bool,
    /// Other words under which the node is found in a search.
    pub search_aliases: Vec<Text>,
    /// The known keys that the definition had. Which ones a server writes depends on its version.
    pub keys: Keys,
    /// The keys that the fields above do not reproduce, as they were sent: unknown ones, and malformed known ones. They
    /// take the place of the fields when the node is written.
    ///
    /// Two of them are special: `input` contains only the malformed inputs, by section, unless it is not an object at
    /// all; and a definition that is not an object stands under the empty key.
    pub raw: Map,
}

impl NodeDef {
    /// Creates a definition without inputs and outputs, with the keys that a current server writes for this interface.
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

    /// Returns the declared input of this name. Inputs inside dynamic inputs are not searched.
    pub fn input(&self, name: &str) -> Option<&InputDef> {
        self.inputs.iter().find(|input| input.name == name)
    }
}
