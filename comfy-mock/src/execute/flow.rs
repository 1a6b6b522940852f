//! The properties of values that flow along links, as far as the stand-in needs them: the size of pictures, their
//! number, and the number of sampler steps.

use comfy_schema::OutputKind;

use super::graph::{Graph, GraphNode};
use crate::limits::MAX_PICTURES;
use crate::media;
use crate::storage::Storage;

/// The width and height, in pixels, of a picture whose size no node determines.
const DEFAULT_SIDE: u32 = 512;

/// The properties of a node's outputs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Flow {
    /// Width and height in pixels, if known.
    pub(crate) size: Option<(u32, u32)>,
    /// The number of pictures, if known.
    pub(crate) count: Option<u32>,
    /// The number of steps that a sampler takes, if known.
    pub(crate) steps: Option<u32>,
}

impl Flow {
    /// Returns width and height in pixels, or the default size.
    pub(crate) fn size(self) -> (u32, u32) {
        self.size.unwrap_or((DEFAULT_SIDE, DEFAULT_SIDE))
    }

    /// Returns the number of pictures, from 1 to [`MAX_PICTURES`].
    pub(crate) fn count(self) -> u32 {
        self.count.unwrap_or(1).clamp(1, MAX_PICTURES)
    }
}

/// Returns the properties of a node's outputs, given those of its inputs. The size of an uploaded picture is that of
/// its file; the error is the name of a file that is not a picture.
pub(crate) fn of_node(
    node: &GraphNode<'_>,
    incoming: impl Fn(usize) -> Flow,
    storage: &Storage,
) -> Result<Flow, String> {
    let before = merged(node, incoming);
    let size = match size_of_file(node, storage)? {
        Some(size) => Some(size),
        None => size_of(node, before.size),
    };
    let count = match node.class {
        "RepeatLatentBatch" | "RepeatImageBatch" => {
            Some(before.count().saturating_mul(node.number("amount").unwrap_or(1)))
        }
        _ => node.number("batch_size").or(before.count),
    };
    Ok(Flow { size, count, steps: node.number("steps").or(before.steps) })
}

/// Merges the properties of the inputs. Inputs for pictures take precedence over others.
fn merged(node: &GraphNode<'_>, incoming: impl Fn(usize) -> Flow) -> Flow {
    let visual = |input: &str| {
        ["image", "images", "samples", "latent_image", "latent", "pixels", "mask", "video", "input"].contains(&input)
    };
    let (first, rest): (Vec<_>, Vec<_>) = node.links.iter().partition(|link| visual(link.input));
    first.into_iter().chain(rest).fold(Flow::default(), |flow, link| {
        let before = incoming(link.from);
        Flow { size: flow.size.or(before.size), count: flow.count.or(before.count), steps: flow.steps.or(before.steps) }
    })
}

fn size_of(node: &GraphNode<'_>, before: Option<(u32, u32)>) -> Option<(u32, u32)> {
    if let (Some(width), Some(height)) = (node.number("width"), node.number("height")) {
        let (width, height) = keep_aspect_ratio(width, height, before);
        return Some(if has_output_type(node, "LATENT") {
            (multiple_of_8(width), multiple_of_8(height))
        } else {
            (width, height)
        });
    }
    let (width, height) = before?;
    let scaled = |by: f64| Some((scale(width, by), scale(height, by)));
    if let Some(by) = node.inputs.get("scale_by").and_then(comfy_schema::Value::as_f64) {
        return scaled(by);
    }
    if let Some(megapixels) = node.inputs.get("megapixels").and_then(comfy_schema::Value::as_f64) {
        return scaled((megapixels * 1_048_576.0 / (f64::from(width) * f64::from(height)).max(1.0)).sqrt());
    }
    match node.class {
        "ImageUpscaleWithModel" => scaled(4.0),
        "ImageScaleToMaxDimension" => {
            scaled(f64::from(node.number("largest_size")?) / f64::from(width.max(height).max(1)))
        }
        _ => before,
    }
}

/// Replaces a side of 0 by the length that keeps the aspect ratio.
fn keep_aspect_ratio(width: u32, height: u32, before: Option<(u32, u32)>) -> (u32, u32) {
    let (old_width, old_height) = before.unwrap_or((1, 1));
    let ratio = f64::from(old_width.max(1)) / f64::from(old_height.max(1));
    match (width, height) {
        (0, 0) => before.unwrap_or((DEFAULT_SIDE, DEFAULT_SIDE)),
        (0, height) => (scale(height, ratio), height),
        (width, 0) => (width, scale(width, 1.0 / ratio)),
        sides => sides,
    }
}

/// Scales a side by a factor, and rounds it to the nearest whole number, at least 1.
fn scale(side: u32, by: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    let side = (f64::from(side) * by).round() as u32;
    side.max(1)
}

/// Rounds a side down to a multiple of 8, at least 8, because a latent has one value for each 8 pixels.
fn multiple_of_8(side: u32) -> u32 {
    (side / 8 * 8).max(8)
}

/// Returns whether a node has an output of this type.
pub(crate) fn has_output_type(node: &GraphNode<'_>, kind: &str) -> bool {
    let mut outputs = node.definition.into_iter().flat_map(|definition| &definition.outputs);
    outputs.any(|output| matches!(&output.kind, OutputKind::Type(word) if word == kind))
}

/// Returns whether a node has an input that is linked to an output of this type.
pub(crate) fn has_input_type(graph: &Graph<'_>, node: &GraphNode<'_>, kind: &str) -> bool {
    node.links.iter().any(|link| {
        let outputs = graph.nodes.get(link.from).and_then(|from| from.definition).map(|from| &from.outputs);
        outputs
            .and_then(|outputs| outputs.get(link.value.index().unwrap_or(0)))
            .is_some_and(|output| output.kind.type_word() == kind)
    })
}

/// Returns the size of the picture that an input for uploaded pictures names. The error is the name of the file, if it
/// is not a picture.
fn size_of_file(node: &GraphNode<'_>, storage: &Storage) -> Result<Option<(u32, u32)>, String> {
    let inputs = node.definition.into_iter().flat_map(|definition| &definition.inputs);
    let mut names = inputs.filter(|input| input.options.image_upload()).filter_map(|input| node.text(&input.name));
    let Some(name) = names.next() else { return Ok(None) };
    let Ok(path) = storage.named(name) else { return Err(name.to_owned()) };
    if !path.exists() {
        // The definitions list the file as an option, but the folder does not have it.
        return Ok(None);
    }
    let shown = path.display().to_string();
    let bytes = std::fs::read(&path).map_err(|_| shown.clone())?;
    media::size_of(&bytes).map(Some).map_err(|_| shown)
}

#[cfg(test)]
mod tests {
    use super::{Flow, keep_aspect_ratio, multiple_of_8, scale};

    #[test]
    fn a_node_makes_a_limited_number_of_pictures() {
        let count = |count| Flow { count: Some(count), ..Flow::default() }.count();
        assert_eq!([count(0), count(64), count(65), count(u32::MAX)], [1, 64, 64, 64]);
    }

    #[test]
    fn a_side_of_zero_keeps_the_aspect_ratio() {
        assert_eq!(keep_aspect_ratio(0, 100, Some((200, 50))), (400, 100));
        assert_eq!(keep_aspect_ratio(100, 0, Some((200, 50))), (100, 25));
        assert_eq!(keep_aspect_ratio(0, 0, Some((200, 50))), (200, 50));
        assert_eq!(keep_aspect_ratio(8, 9, None), (8, 9));
    }

    #[test]
    fn sides_are_whole_numbers_above_zero() {
        assert_eq!((scale(3, 0.1), scale(3, 1.5), scale(u32::MAX, 9.0), scale(3, f64::NAN)), (1, 5, u32::MAX, 1));
        assert_eq!((multiple_of_8(65), multiple_of_8(3)), (64, 8));
    }
}
