//! Flattening: subgraphs are expanded into one flat list of nodes, and each link is resolved to the output that it
//! comes from once virtual and bypassed nodes are removed.

mod bypass;
mod expand;
mod names;
mod primitive;
mod promote;
mod resolve;

pub(crate) use expand::Flat;
pub(crate) use promote::Promoted;
pub(crate) use resolve::{Resolver, Source};

use crate::error::ConvertError;
use crate::frontend::date::DateTime;
use crate::load::Loaded;

/// Copies the values of primitives and promoted widgets to the widgets that they control, and expands subgraphs into a
/// flat list of nodes.
///
/// # Errors
///
/// Returns an error if there are too many nodes or they are nested too deep.
pub(crate) fn flatten(loaded: &mut Loaded<'_>, date: Option<&DateTime>) -> Result<(Flat, Promoted), ConvertError> {
    let promoted = Promoted::find(loaded);
    promoted.equalise(loaded);
    primitive::push(loaded, &promoted, date);
    promoted.equalise(loaded);
    Ok((Flat::new(loaded)?, promoted))
}
