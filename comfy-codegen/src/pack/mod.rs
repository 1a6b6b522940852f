//! Encodes descriptors: everything that the runtime knows about a node, packed into one string.
//!
//! `docs/generated-code.md` describes the layout, and `comfy-runtime/src/desc/` reads it.

mod directory;
mod encoder;
mod input;
#[cfg(test)]
mod tests;

pub(crate) use input::type_text;

use crate::plan::{Kind, Node, Record, Shared};
use encoder::{Encoder, TooLong};

const OUTPUT_NODE: u8 = 1;
const DEPRECATED: u8 = 2;
const API_NODE: u8 = 4;
const BRANCH: u8 = 8;

/// Fills in the descriptors of a node and of its branches and rows.
///
/// A node that is too large for a descriptor gets raw fields and a warning, so that the other nodes can still be
/// generated.
pub(crate) fn pack(node: &mut Node<'_>, shared: &Shared<'_>) {
    if pack_node(node, shared).is_err() {
        node.make_raw("the definition is too long for a descriptor");
        // The descriptor of a raw node contains only the names of the inputs, which are short.
        let _ = pack_node(node, shared);
    }
}

fn pack_node(node: &mut Node<'_>, shared: &Shared<'_>) -> Result<(), TooLong> {
    let source = node.source;
    let mut flags = 0;
    for (set, flag) in [(source.output_node, OUTPUT_NODE), (source.deprecated, DEPRECATED), (source.api_node, API_NODE)]
    {
        flags |= if set { flag } else { 0 };
    }
    pack_record(&mut node.record, flags, &source.class, shared)?;
    // The editor's title comes last, behind everything that the compiler reads.
    if let Some(title) = source.display_name.as_deref().filter(|title| *title != source.class) {
        node.record.desc.push_str(title);
    }
    Ok(())
}

fn pack_record(record: &mut Record<'_>, flags: u8, name: &str, shared: &Shared<'_>) -> Result<(), TooLong> {
    let mut encoder = Encoder::default();
    encoder.flags(flags);
    encoder.number(record.fields.iter().filter(|field| input::is_needed(field)).count());
    encoder.number(record.fields.len());
    let mut bodies = Encoder::default();
    bodies.string(name);
    let marks = directory::Marks::of(&record.fields);
    for field in &record.fields {
        let mut body = Encoder::default();
        input::body(field, shared, &mut body);
        bodies.number(body.len());
        marks.entry(field, bodies.len(), &mut encoder);
        bodies.append(body);
    }
    encoder.append(bodies);
    record.desc = encoder.finish()?;
    record.fields.iter_mut().try_for_each(|field| pack_modules(&mut field.kind, shared))
}

fn pack_modules(kind: &mut Kind<'_>, shared: &Shared<'_>) -> Result<(), TooLong> {
    match kind {
        Kind::Choice(choice) => choice
            .branches
            .iter_mut()
            .try_for_each(|branch| pack_record(&mut branch.record, BRANCH, branch.key, shared)),
        Kind::Rows(rows) => pack_record(&mut rows.record, BRANCH, "", shared),
        Kind::Grow(grow) => pack_modules(&mut grow.element.kind, shared),
        _ => Ok(()),
    }
}
