//! Decides which lists of options get an enum. The module `comfy_schema::open` decides which combos are open.

use comfy_schema::Value;
pub(super) use comfy_schema::open::{is_file_name, is_open};

use crate::limits::{MAX_VARIANT_LEN, MAX_VARIANTS};
use crate::names;

/// Returns the options as strings, if a closed list of them makes a readable enum.
pub(super) fn enumerable(values: &[Value]) -> Option<Vec<&str>> {
    if values.is_empty() || values.len() > MAX_VARIANTS {
        return None;
    }
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).filter(|text| is_variant(text)).collect();
    let mut distinct = texts.clone();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() == values.len()).then_some(texts)
}

fn is_variant(text: &str) -> bool {
    text.chars().count() <= MAX_VARIANT_LEN && !names::type_case(text).is_empty()
}
