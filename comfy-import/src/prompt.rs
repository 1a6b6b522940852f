//! Parses a prompt strictly: every node must be complete, every link must have a valid slot number, and every value
//! must be representable in JSON.

use comfy_schema::prompt::{Link as RawLink, NodeLabel, Prompt as RawPrompt, PromptNode};
use comfy_schema::shown::shortened;
use comfy_schema::{Text, Value};

use crate::error::{ImportError, ImportWarning};
use crate::limits::{MAX_NODES, MAX_SHOWN_LEN};

/// The nodes of a prompt, in the order of the file.
#[derive(Debug)]
pub(crate) struct Prompt<'j> {
    pub(crate) nodes: Vec<Node<'j>>,
}

/// A node of a prompt.
#[derive(Debug)]
pub(crate) struct Node<'j> {
    pub(crate) id: Text,
    pub(crate) class: Option<Text>,
    /// The title, which may be empty.
    pub(crate) title: Option<Text>,
    /// The whole value of `_meta`, if it is more than an object with a title.
    pub(crate) meta: Option<Value>,
    pub(crate) inputs: Vec<(Text, Given<'j>)>,
}

/// The value of an input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Given<'j> {
    Link(Link),
    /// A value, which may be large and is not copied.
    Value(&'j Value),
}

/// An output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Link {
    /// The node's position in the prompt.
    pub(crate) node: usize,
    pub(crate) slot: u16,
}

impl Node<'_> {
    /// Returns the label of this node for messages.
    pub(crate) fn label(&self) -> NodeLabel {
        NodeLabel::new(self.id.clone(), self.class.clone(), self.title.clone().filter(|title| !title.is_empty()))
    }
}

/// Parses a prompt. Unknown members of a node, such as `is_changed`, are left out with a warning.
pub(crate) fn read<'j>(json: &'j Value, warnings: &mut Vec<ImportWarning>) -> Result<Prompt<'j>, ImportError> {
    let prompt = RawPrompt::new(json)?;
    let found = prompt.nodes().len();
    if found == 0 {
        return Err(ImportError::Empty);
    }
    if found > MAX_NODES {
        return Err(ImportError::TooMany { found, max: MAX_NODES });
    }
    let nodes = prompt.nodes().iter().map(|&raw| node(raw, &prompt, warnings)).collect::<Result<_, _>>()?;
    Ok(Prompt { nodes })
}

fn node<'j>(
    raw: PromptNode<'j>,
    prompt: &RawPrompt<'_>,
    warnings: &mut Vec<ImportWarning>,
) -> Result<Node<'j>, ImportError> {
    let wrong = |message: String| ImportError::Node { node: raw.label(), message };
    let Some(map) = raw.json.as_object() else {
        let found = raw.json.kind_name();
        return Err(wrong(format!("expected an object with `class_type` and `inputs`, found {found}")));
    };
    let class = match map.get("class_type") {
        Some(Value::String(class)) => Some(class.clone()),
        None => None,
        Some(other) => return Err(wrong(format!("expected a string for `class_type`, found {}", other.kind_name()))),
    };
    let given_inputs = match map.get("inputs") {
        Some(Value::Object(inputs)) => inputs,
        Some(other) => return Err(wrong(format!("expected an object for `inputs`, found {}", other.kind_name()))),
        None => return Err(wrong("missing `inputs`".to_owned())),
    };
    let mut inputs = Vec::with_capacity(given_inputs.len());
    for (name, value) in given_inputs {
        let given = given(value, prompt)
            .map_err(|message| wrong(format!("input {}: {message}", shortened(name, MAX_SHOWN_LEN))))?;
        inputs.push((name.clone(), given));
    }
    for key in map.keys().filter(|key| !matches!(key.as_str(), "class_type" | "inputs" | "_meta")) {
        let key = shortened(key, MAX_SHOWN_LEN);
        let message = format!("`{key}` belongs to the run that saved the file and is left out");
        warnings.push(ImportWarning { node: raw.label(), message });
    }
    let (title, meta) = meta(map.get("_meta"));
    Ok(Node { id: raw.id.clone(), class, title, meta, inputs })
}

/// Returns the title, and the whole value of `_meta` if it is more than an object with a title.
fn meta(meta: Option<&Value>) -> (Option<Text>, Option<Value>) {
    let Some(meta) = meta else { return (None, None) };
    match meta.as_object().and_then(|map| Some((map.len(), map.get("title")?))) {
        Some((count, Value::String(title))) => (Some(title.clone()), (count > 1).then(|| meta.clone())),
        _ => (None, Some(meta.clone())),
    }
}

fn given<'j>(value: &'j Value, prompt: &RawPrompt<'_>) -> Result<Given<'j>, String> {
    if let Some(link) = RawLink::of(value)
        && let Some(node) = prompt.position(link.source)
        // An array with a boolean or a number of more than 128 bits in place of the slot stays a value.
        && matches!(link.slot, Value::Int(_) | Value::Float(_))
    {
        // The number `u16::MAX` stands for the node as a whole.
        let slot = link.index().and_then(|slot| u16::try_from(slot).ok()).filter(|slot| *slot < u16::MAX);
        let source = || shortened(link.source, MAX_SHOWN_LEN);
        let slot = slot.ok_or_else(|| format!("invalid slot {} in the link to node {}", link.slot, source()))?;
        return Ok(Given::Link(Link { node, slot }));
    }
    if !value.is_finite() {
        return Err("NaN and infinities cannot be sent as JSON; give a number".to_owned());
    }
    Ok(Given::Value(value))
}
