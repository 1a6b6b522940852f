//! A prompt in the queue.

use std::sync::Arc;

use comfy_schema::{Map, Text, Value};

/// An accepted prompt.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// The number that orders the queue.
    pub(crate) priority: f64,
    /// The same number as it is shown: an integer if it came from the counter, else a float.
    pub(crate) number: Value,
    pub(crate) prompt_id: Text,
    /// The nodes, with the literals converted by validation.
    pub(crate) prompt: Arc<Map>,
    pub(crate) extra_data: Arc<Map>,
    /// The output nodes to execute.
    pub(crate) outputs: Arc<[Text]>,
}

impl Item {
    /// Returns the id of the client that receives the events of the run.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.extra_data.get("client_id").and_then(Value::as_str)
    }

    /// Returns `[number, prompt_id, prompt, extra_data, outputs_to_execute]`.
    pub(crate) fn to_value(&self) -> Value {
        Value::Array(vec![
            self.number.clone(),
            Value::from(&self.prompt_id),
            Value::Object(self.prompt.as_ref().clone()),
            Value::Object(self.extra_data.as_ref().clone()),
            self.outputs.iter().collect(),
        ])
    }

    #[cfg(test)]
    pub(crate) fn of_number(priority: f64, id: &str) -> Self {
        Self {
            priority,
            number: Value::Float(priority),
            prompt_id: id.into(),
            prompt: Arc::default(),
            extra_data: Arc::default(),
            outputs: Arc::from([]),
        }
    }
}
