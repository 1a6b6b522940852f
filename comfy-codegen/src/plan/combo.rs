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

#[cfg(test)]
mod tests {
    use comfy_schema::Value;

    use super::enumerable;

    #[test]
    fn a_list_with_too_many_options_or_a_long_one_gets_no_enum() {
        let options = |count: usize| (0..count).map(|at| Value::from(format!("o{at}").as_str())).collect::<Vec<_>>();
        assert!(enumerable(&options(256)).is_some());
        assert!(enumerable(&options(257)).is_none());
        let option = |length: usize| [Value::from("ä".repeat(length).as_str())];
        assert!(enumerable(&option(60)).is_some());
        assert!(enumerable(&option(61)).is_none());
    }
}
