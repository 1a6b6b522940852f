//! Comma-separated lists of type words: `IMAGE,MASK`.

use crate::Text;

/// Returns the type words of a comma-separated list, trimmed and without empty ones.
pub(crate) fn split_types(list: &str) -> Vec<Text> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Text::new).collect()
}

/// Returns the comma-separated list of these type words.
pub(crate) fn join_types(types: &[Text]) -> String {
    types.join(",")
}
