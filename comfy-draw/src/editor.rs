//! Layout of a prompt for the editor.

use comfy_convert::{BoxSize, UiDocument};
use comfy_schema::{Schema, Value};

use crate::error::DrawError;
use crate::layout::{Size, layout};

/// Converts a prompt in API format to a workflow that the ComfyUI editor opens. The root and the subgraphs are laid out
/// in layers, as in a [`Drawing`](crate::Drawing).
///
/// When the editor queues the workflow, it sends the same prompt, except for the differences in [`UiDocument::lost`].
/// The workflow can also be sent as `extra_data.extra_pnginfo.workflow` of a request, so that saved pictures open in
/// the editor.
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
/// Returns a [`DrawError`] if `prompt` is not an object of objects.
pub fn to_ui(prompt: &Value, schema: &Schema) -> Result<UiDocument, DrawError> {
    Ok(comfy_convert::to_ui_with(prompt, schema, |boxes, links| {
        let sizes: Vec<Size> = boxes.iter().map(|size: &BoxSize| (size.width, size.height)).collect();
        layout(&sizes, links).places
    })?)
}

/// Conversion of `comfy-runtime` workflows for the editor. This needs the feature `runtime`.
///
/// The trait is implemented for [`Workflow`](comfy_runtime::Workflow), and cannot be implemented for other types.
#[cfg(feature = "runtime")]
pub trait ToUi: sealed::Sealed {
    /// Converts this workflow's prompt with [`to_ui`].
    ///
    /// # Errors
    ///
    /// Returns the errors of [`to_ui`], none of which a workflow of this runtime causes.
    fn to_ui(&self, schema: &Schema) -> Result<UiDocument, DrawError>;
}

#[cfg(feature = "runtime")]
mod sealed {
    /// A supertrait that other crates cannot implement, so that the trait may grow.
    pub trait Sealed {}

    impl<T> Sealed for comfy_runtime::Workflow<T> {}
}

#[cfg(feature = "runtime")]
impl<T> ToUi for comfy_runtime::Workflow<T> {
    fn to_ui(&self, schema: &Schema) -> Result<UiDocument, DrawError> {
        let json = self.to_json();
        // A workflow always writes JSON; anything else would not be a prompt.
        to_ui(&Value::parse(json.as_bytes()).unwrap_or(Value::Null), schema)
    }
}
