//! Flattening: graphs in graphs become one flat list of nodes, and links lead to the outputs that they really come
//! from.

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

/// Writes values to the widgets that send them (promoted widgets, primitives) and lists all nodes.
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
