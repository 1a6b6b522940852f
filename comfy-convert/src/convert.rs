//! Conversion of a whole workflow: the public [`Converter`] and its result.

use comfy_schema::{Schema, Value};

use crate::emit::{InactiveNode, Output, emit};
use crate::error::{ConvertError, ConvertWarning};
use crate::flatten::flatten;
use crate::frontend::date::DateTime;
use crate::load::{Loaded, Loading};
use crate::options::{DynamicPrompts, Options};
use crate::ui::UiWorkflow;

/// The result of a conversion.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "the prompt is not sent anywhere"]
#[non_exhaustive]
pub struct Converted {
    /// The prompt in API format: an object that maps each node id to `inputs`, `class_type` and `_meta`.
    pub prompt: Value,
    /// Warnings about the workflow and its conversion.
    pub warnings: Vec<ConvertWarning>,
    /// The muted and bypassed nodes, which the prompt lacks; empty unless the converter [lists
    /// them](Converter::list_inactive).
    pub inactive: Vec<InactiveNode>,
}

/// Converts workflows in UI format into prompts, as the stock front end (1.45) does when a workflow is queued.
///
/// ```
/// use comfy_convert::{Converter, UiWorkflow};
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(br#"{"Blur": {
///     "input": {"required": {"image": ["IMAGE"], "radius": ["INT", {"default": 1}]}},
///     "output": ["IMAGE"], "display_name": "Blur it"
/// }}"#)?;
/// let file = Value::parse(br#"{"version": 0.4, "links": [], "nodes": [
///     {"id": 7, "type": "Blur", "inputs": [{"name": "image", "type": "IMAGE", "link": null}], "widgets_values": [4]}
/// ]}"#)?;
/// let converted = Converter::new(&schema).convert(&UiWorkflow::from_value(&file)?)?;
/// assert_eq!(
///     converted.prompt.to_string(),
///     r#"{"7":{"inputs":{"radius":4},"class_type":"Blur","_meta":{"title":"Blur it"}}}"#
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a converter does nothing until `convert` is called"]
pub struct Converter<'s> {
    schema: &'s Schema,
    options: Options,
}

impl<'s> Converter<'s> {
    /// Creates a converter for the classes of a schema.
    pub fn new(schema: &'s Schema) -> Self {
        Self { schema, options: Options::default() }
    }

    /// Sets the seed for the choices of dynamic prompts (`{a|b}`); defaults to 0. The front end makes a new random
    /// choice each time.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = seed;
        self
    }

    /// Keeps dynamic prompts as written: choices, comments and escapes are not expanded.
    pub fn keep_dynamic_prompts(mut self) -> Self {
        self.options.dynamic_prompts = DynamicPrompts::Keep;
        self
    }

    /// Sets the date that replaces `%date:…%` in file names. Without a date, the pattern stays as written and the
    /// conversion gives a warning.
    pub fn date(mut self, date: DateTime) -> Self {
        self.options.date = Some(date);
        self
    }

    /// Connects each `GetNode` to the `SetNode` of the same name, as the script of their node pack does. By default,
    /// both are unknown classes, as they are to a front end without that script.
    pub fn follow_get_set(mut self) -> Self {
        self.options.follow_named = true;
        self
    }

    /// Lists muted and bypassed nodes in [`Converted::inactive`], so that a picture can show them.
    pub fn list_inactive(mut self) -> Self {
        self.options.inactive = true;
        self
    }

    /// Converts a workflow to a prompt.
    ///
    /// # Errors
    ///
    /// Returns a [`ConvertError`] if the front end cannot convert the workflow either, or if a limit is exceeded.
    pub fn convert(&self, workflow: &UiWorkflow) -> Result<Converted, ConvertError> {
        let loading = Loading { schema: self.schema, follow_named: self.options.follow_named };
        let mut loaded = Loaded::new(workflow, loading)?;
        let (flat, promoted) = flatten(&mut loaded, self.options.date.as_ref())?;
        let Output { prompt, warnings: emitted, inactive } = emit(&loaded, &flat, &promoted, &self.options)?;
        let mut warnings: Vec<ConvertWarning> = workflow.ignored.iter().cloned().map(ConvertWarning::ignored).collect();
        warnings.extend(emitted);
        Ok(Converted { prompt, warnings, inactive })
    }
}
