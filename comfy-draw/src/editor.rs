//! A prompt laid out for the editor.

use comfy_convert::{BoxSize, UiDocument};
use comfy_schema::{Schema, Value};

use crate::error::DrawError;
use crate::layout::{Size, layout};

/// Makes a workflow that the ComfyUI editor opens from a prompt in API format, laid out in layers as a picture of it is,
/// its subgraphs too.
///
/// What the editor queues for it is the prompt again, but for what [`UiDocument::lost`] tells. It also belongs into
/// `extra_data.extra_pnginfo.workflow` of a request, so that saved pictures open in the editor.
///
/// ```no_run
/// use comfy_schema::{Schema, Value};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let schema = Schema::from_slice(&std::fs::read("schemas/comfyui-0.26.0.json")?)?;
/// let prompt = Value::parse(&std::fs::read("portrait.api.json")?)?;
/// std::fs::write("portrait.json", comfy_draw::to_ui(&prompt, &schema)?.workflow.to_string())?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If `prompt` is no prompt.
pub fn to_ui(prompt: &Value, schema: &Schema) -> Result<UiDocument, DrawError> {
    Ok(comfy_convert::to_ui_with(prompt, schema, |boxes, links| {
        let sizes: Vec<Size> = boxes.iter().map(|size: &BoxSize| (size.width, size.height)).collect();
        layout(&sizes, links).places
    })?)
}

/// Workflows of `comfy-runtime` for the editor. Needs the feature `runtime`.
///
/// It is implemented for [`Workflow`](comfy_runtime::Workflow), and cannot be for anything else.
#[cfg(feature = "runtime")]
pub trait ToUi: sealed::Sealed {
    /// This workflow as [`to_ui`] makes it of its prompt.
    ///
    /// # Errors
    ///
    /// None that a workflow of this crate's runtime gives.
    fn to_ui(&self, schema: &Schema) -> Result<UiDocument, DrawError>;
}

#[cfg(feature = "runtime")]
mod sealed {
    /// Keeps others from implementing the trait, so that it may grow.
    pub trait Sealed {}

    impl<T> Sealed for comfy_runtime::Workflow<T> {}
}

#[cfg(feature = "runtime")]
impl<T> ToUi for comfy_runtime::Workflow<T> {
    fn to_ui(&self, schema: &Schema) -> Result<UiDocument, DrawError> {
        let json = self.to_json();
        // What a workflow writes is always JSON; anything else would not be a prompt.
        to_ui(&Value::parse(json.as_bytes()).unwrap_or(Value::Null), schema)
    }
}
