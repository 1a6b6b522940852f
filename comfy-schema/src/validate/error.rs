//! Errors of nodes and requests, as the server words them.

use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

use super::python::{self, Exception};
use crate::shown::escaped;
use crate::{Map, Text, Value};

/// The maximum number of options of a combo that an error lists.
const MAX_LISTED_OPTIONS: usize = 20;

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Any other word, from a server that is newer than this crate.
            Other(Text),
        }

        impl $name {
            /// Returns the word that the server uses.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($text => Self::$variant,)*
                    _ => Self::Other(word.into()),
                }
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                escaped(self.as_str()).fmt(f)
            }
        }
    };
}

kinds! {
    /// The `type` of a request's error.
    RequestErrorKind {
        /// The body has no key `prompt`.
        NoPrompt = "no_prompt",
        /// The value of `prompt_id` is not a UUID in canonical form.
        InvalidPromptId = "invalid_prompt_id",
        /// A node has no `class_type`, or a class that the server does not have.
        MissingNodeType = "missing_node_type",
        /// The prompt has no output node, or none of the targets is one.
        NoOutputs = "prompt_no_outputs",
        /// All selected outputs failed.
        OutputsFailed = "prompt_outputs_failed_validation",
    }
}

kinds! {
    /// The `type` of a node's error.
    NodeErrorKind {
        /// A required input is absent.
        RequiredInputMissing = "required_input_missing",
        /// An array does not have two elements.
        BadLinkedInput = "bad_linked_input",
        /// The linked output carries another type.
        ReturnTypeMismatch = "return_type_mismatch",
        /// A literal cannot be converted to the declared type.
        InvalidInputType = "invalid_input_type",
        /// A number is less than `min`.
        ValueSmallerThanMin = "value_smaller_than_min",
        /// A number is greater than `max`.
        ValueBiggerThanMax = "value_bigger_than_max",
        /// A value is not one of the combo's options.
        ValueNotInList = "value_not_in_list",
        /// The class's own check failed.
        CustomValidationFailed = "custom_validation_failed",
        /// The node is part of a cycle.
        DependencyCycle = "dependency_cycle",
        /// Validating this output raised an exception.
        ExceptionDuringValidation = "exception_during_validation",
        /// Validating this node on behalf of another raised an exception.
        ExceptionDuringInnerValidation = "exception_during_inner_validation",
        /// The rows of a dynamic group are not allowed.
        InvalidDynamicInput = "invalid_dynamic_input",
    }
}

/// One error of a node. Its texts are made on demand, because they may repeat long lists of options.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NodeError {
    /// The kind of error.
    pub kind: NodeErrorKind,
    /// The name of the input, with the prefix of its dynamic parents. For
    /// [`NodeErrorKind::ExceptionDuringInnerValidation`], it is the input of another node that is linked to this node.
    pub input_name: Option<Text>,
    /// The type and the options of that input: `[type, options]`.
    pub input_config: Option<Arc<Value>>,
    /// The given value, after conversion if that succeeded.
    pub received_value: Option<Value>,
    /// The type that the link carries.
    pub received_type: Option<Value>,
    /// The link, as given.
    pub linked_node: Option<Value>,
    /// The Python exception, if one was raised.
    pub exception: Option<Exception>,
    /// The cycle that the node is part of.
    pub cycle: Option<Arc<Cycle>>,
    /// The id of this node, for a cycle.
    pub node_id: Option<Text>,
    /// The reason, such as the text of the class's own check.
    pub reason: Option<String>,
    /// The short form of the input's name that `details` shows, if it is not the name itself.
    pub(super) short_name: Option<Text>,
}

impl Display for NodeError {
    /// Writes the message, followed by the details if there are any.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.details() {
            details if details.is_empty() => escaped(self.message()).fmt(f),
            details => write!(f, "{}: {}", escaped(self.message()), escaped(details)),
        }
    }
}

/// The nodes of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cycle {
    /// The ids of the nodes, from consumer to source.
    pub nodes: Vec<Text>,
    /// The cycle as the server's details show it: `5 (A) -> 6 (B) -> 5 (A)`.
    pub path: String,
}

impl NodeError {
    pub(super) fn new(kind: NodeErrorKind) -> Self {
        Self {
            kind,
            input_name: None,
            input_config: None,
            received_value: None,
            received_type: None,
            linked_node: None,
            exception: None,
            cycle: None,
            node_id: None,
            reason: None,
            short_name: None,
        }
    }

    pub(super) fn of_input(kind: NodeErrorKind, name: &Text) -> Self {
        Self { input_name: Some(name.clone()), ..Self::new(kind) }
    }

    /// Returns the server's message.
    pub fn message(&self) -> String {
        use NodeErrorKind as K;
        let message = match &self.kind {
            K::RequiredInputMissing => "Required input is missing",
            K::BadLinkedInput => "Bad linked input, must be a length-2 list of [node_id, slot_index]",
            K::ReturnTypeMismatch => "Return type mismatch between linked nodes",
            K::InvalidInputType => {
                return format!("Failed to convert an input value to a {} value", self.declared_type());
            }
            K::ValueSmallerThanMin => return self.bound_message("smaller", "min"),
            K::ValueBiggerThanMax => return self.bound_message("bigger", "max"),
            K::ValueNotInList => "Value not in list",
            K::CustomValidationFailed => "Custom validation failed for node",
            K::DependencyCycle => "Dependency cycle detected",
            K::ExceptionDuringValidation => "Exception when validating node",
            K::ExceptionDuringInnerValidation => "Exception when validating inner node",
            K::InvalidDynamicInput => "Invalid dynamic input",
            K::Other(_) => "",
        };
        message.to_owned()
    }

    /// Returns the server's details.
    pub fn details(&self) -> String {
        use NodeErrorKind as K;
        let name = self.input_name.as_deref().unwrap_or_default();
        let raised = self.exception.as_ref().map(|exception| exception.message.clone()).unwrap_or_default();
        let received = || self.received_value.as_ref().map(python::str).unwrap_or_default();
        match &self.kind {
            K::ReturnTypeMismatch => {
                let carried = self.received_type.as_ref().map(python::str).unwrap_or_default();
                format!("{name}, received_type({carried}) mismatch input_type({})", self.declared_type())
            }
            K::InvalidInputType => format!("{name}, {}, {raised}", received()),
            K::ValueNotInList => format!("{name}: {} not in {}", self.invalid_values(), self.options_text()),
            K::CustomValidationFailed => match &self.reason {
                Some(reason) => format!("{name} - {reason}"),
                None => name.to_owned(),
            },
            K::DependencyCycle => self.cycle.as_ref().map(|cycle| cycle.path.clone()).unwrap_or_default(),
            K::ExceptionDuringValidation | K::ExceptionDuringInnerValidation => raised,
            K::InvalidDynamicInput => self.reason.clone().unwrap_or_default(),
            _ => self.short_name.as_deref().unwrap_or(name).to_owned(),
        }
    }

    /// Returns the server's `extra_info`. Tracebacks are left empty.
    pub fn extra_info(&self) -> Map {
        use NodeErrorKind as K;
        let mut info = Map::new();
        if self.kind == K::DependencyCycle {
            info.insert("node_id", self.node_id.clone());
            info.insert("cycle_nodes", self.cycle.iter().flat_map(|cycle| &cycle.nodes).collect::<Value>());
            return info;
        }
        if let Some(name) = &self.input_name {
            info.insert("input_name", name);
        }
        if self.kind == K::ValueNotInList && self.option_count() > MAX_LISTED_OPTIONS {
            info.insert("input_config", Value::Null);
        } else if let Some(config) = &self.input_config {
            info.insert("input_config", config.as_ref().clone());
        }
        for (key, value) in [("received_type", &self.received_type), ("received_value", &self.received_value)] {
            if let Some(value) = value {
                info.insert(key, value.clone());
            }
        }
        if let Some(exception) = &self.exception {
            self.exception_info(exception, &mut info);
        }
        if let Some(link) = &self.linked_node {
            info.insert("linked_node", link.clone());
        }
        info
    }

    fn exception_info(&self, exception: &Exception, info: &mut Map) {
        if self.kind != NodeErrorKind::ExceptionDuringValidation {
            info.insert("exception_message", exception.message.as_str());
        }
        if self.kind != NodeErrorKind::InvalidInputType {
            info.insert("exception_type", &exception.kind);
            info.insert("traceback", Vec::new());
        }
    }

    /// Returns the error as the server sends it.
    pub fn to_value(&self) -> Value {
        Value::Object(Map::from_iter([
            ("type", Value::from(self.kind.as_str())),
            ("message", Value::from(self.message())),
            ("details", Value::from(self.details())),
            ("extra_info", Value::Object(self.extra_info())),
        ]))
    }

    /// Returns the options of the combo, or an empty slice if the error is not about a combo.
    pub fn options(&self) -> &[Value] {
        match self.input_config.as_deref().and_then(Value::as_array) {
            Some([Value::Array(values), ..]) => values,
            Some([_, Value::Object(options)]) => options.get("options").and_then(Value::as_array).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Returns an option of the input's definition: `min`, `max`, ….
    pub fn option(&self, key: &str) -> Option<&Value> {
        self.input_config.as_deref()?.as_array()?.get(1)?.as_object()?.get(key)
    }

    /// Returns the input's type as Python prints it.
    pub fn declared_type(&self) -> String {
        let head = self.input_config.as_deref().and_then(Value::as_array).and_then(<[Value]>::first);
        head.map(python::str).unwrap_or_default()
    }

    fn option_count(&self) -> usize {
        self.options().len()
    }

    fn options_text(&self) -> String {
        match self.option_count() {
            count if count > MAX_LISTED_OPTIONS => format!("(list of length {count})"),
            _ => python::repr(&Value::Array(self.options().to_vec())),
        }
    }

    fn invalid_values(&self) -> String {
        let multiselect = self.option("multiselect").is_some_and(python::truthy);
        match &self.received_value {
            Some(Value::Array(values)) if multiselect => {
                let known = |value: &&Value| !self.options().iter().any(|option| python::equal(option, value));
                values.iter().filter(known).map(python::repr).collect::<Vec<_>>().join(", ")
            }
            value => value.as_ref().map(python::repr).unwrap_or_default(),
        }
    }

    fn bound_message(&self, word: &str, key: &str) -> String {
        let value = self.received_value.as_ref().map(python::str).unwrap_or_default();
        let bound = self.option(key).map(python::str).unwrap_or_default();
        format!("Value {value} {word} than {key} of {bound}")
    }
}
