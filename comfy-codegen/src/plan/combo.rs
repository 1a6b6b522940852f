//! Which lists of options get an enum. (Which combos are open, the schema says.)

use comfy_schema::Value;
pub(super) use comfy_schema::open::{is_file_name, is_open};

use crate::names;

/// More options than this would make an enum that nobody reads.
const MOST_VARIANTS: usize = 256;

/// The longest option that still makes a readable variant, in characters.
const LONGEST_VARIANT: usize = 60;

/// The options as strings, if a closed list of them reads well as an enum.
pub(super) fn enumerable(values: &[Value]) -> Option<Vec<&str>> {
    if values.is_empty() || values.len() > MOST_VARIANTS {
        return None;
    }
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).filter(|text| is_variant(text)).collect();
    let mut distinct = texts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() == values.len()).then_some(texts)
}

fn is_variant(text: &str) -> bool {
    text.chars().count() <= LONGEST_VARIANT && !names::type_case(text).is_empty()
}
