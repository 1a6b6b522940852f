//! A prompt laid out for the editor.

use std::collections::HashMap;

use comfy_convert::{NodePlace, UiDocument};
use comfy_schema::{Schema, Value};

use crate::DrawError;
use crate::graph::Graph;
use crate::scene::{Scene, TITLE_BAR};

/// The height of a title in the editor, which it draws above a node's place.
const EDITOR_TITLE: f64 = 30.0;
/// What the editor's rows are higher than those of a picture.
const TALLER: f64 = 1.15;

/// Makes a workflow that the ComfyUI editor opens from a prompt in API format, laid out as a picture of it would be.
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
/// If `prompt` is no prompt, or too large to be laid out.
pub fn to_ui(prompt: &Value, schema: &Schema) -> Result<UiDocument, DrawError> {
    let scene = Scene::new(Graph::new(prompt, Some(schema))?);
    let places: HashMap<&str, NodePlace> = scene
        .boxes
        .iter()
        .map(|placed| {
            let rect = placed.rect;
            let height = (rect.height - TITLE_BAR) * TALLER;
            let place = NodePlace {
                x: rect.x,
                y: (rect.y * TALLER + EDITOR_TITLE).round(),
                width: rect.width.round(),
                height: height.round(),
            };
            (placed.node.id.as_str(), place)
        })
        .collect();
    Ok(comfy_convert::to_ui(prompt, schema, |id| places.get(id).copied())?)
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
    /// If it is too large to be laid out.
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
        let prompt = Value::parse(json.as_bytes()).map_err(|_| DrawError::NotAPrompt { found: "no JSON" })?;
        to_ui(&prompt, schema)
    }
}
