//! The limits of this crate, with the reason for each.
//!
//! They bound time, memory and the size of pictures, whatever a prompt contains.

/// The maximum number of nodes in a picture.
pub(crate) const MAX_NODES: usize = 10_000;

/// The maximum number of links in a picture.
pub(crate) const MAX_LINKS: usize = 20_000;

/// The maximum number of boxes plus that of layers crossed by all links, with which the cost of the layout grows.
/// Beyond it, boxes are put into plain columns. For the largest of 273 known workflows, the sum is 1,013.
pub(crate) const MAX_EFFORT: usize = 3_000;

/// The maximum number of characters of a value in a tooltip.
pub(crate) const MAX_VALUE_LEN: usize = 2_000;

/// The maximum side of a picture in pixels. Larger pictures are made smaller.
#[cfg(feature = "png")]
pub(crate) const MAX_SIDE: f32 = 8_192.0;
