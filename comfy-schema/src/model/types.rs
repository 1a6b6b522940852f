//! Comma lists of type words: `IMAGE,MASK`.

use crate::Text;

/// Returns the words of a comma list, trimmed and without empty ones.
pub(crate) fn split_types(list: &str) -> Vec<Text> {
    list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Text::new).collect()
}

/// Returns the comma list of some type words.
pub(crate) fn join_types(types: &[Text]) -> String {
    types.join(",")
}
