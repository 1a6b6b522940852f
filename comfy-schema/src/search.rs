//! Search of nodes by words and by the types of their inputs and outputs.
//!
//! ```
//! use comfy_schema::Schema;
//! use comfy_schema::search::Query;
//!
//! # fn main() -> Result<(), comfy_schema::SchemaError> {
//! let schema = Schema::from_slice(br#"{
//!     "MaskToImage": {"input": {"required": {"mask": ["MASK"]}}, "output": ["IMAGE"]},
//!     "ImageToMask": {"input": {"required": {"image": ["IMAGE"]}}, "output": ["MASK"]}
//! }"#)?;
//! let hits = Query::from_words(["what", "takes", "a", "MASK", "and", "gives", "an", "image"]).search(&schema);
//! assert_eq!(hits.len(), 1);
//! assert_eq!(hits[0].class, "MaskToImage");
//! # Ok(())
//! # }
//! ```

use crate::{InputDef, InputKind, NodeDef, OutputDef, OutputKind, Schema, Text};

/// A search for nodes. A node must satisfy all conditions of the query; an empty query matches every node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// The words, each of which must occur in the class, title, category, aliases, description or module of the node.
    /// Case is ignored.
    pub words: Vec<String>,
    /// The types, each of which some input of the node must take.
    pub takes: Vec<String>,
    /// The types, each of which some output of the node must carry.
    pub gives: Vec<String>,
}

/// The words to ignore in a query about types.
const FILLERS: [&str; 8] = ["a", "an", "the", "and", "what", "which", "that", "or"];

impl Query {
    /// Parses a query such as `blur takes MASK gives IMAGE`. In a query about types, articles and question words are
    /// ignored.
    pub fn from_words<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut query = Self::default();
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        // Without types in the query, "a" may be a word to search for.
        let asks = words.iter().any(|word| is_takes(word) || is_gives(word));
        let mut target: Option<bool> = None;
        for word in words {
            if is_takes(&word) {
                target = Some(true);
            } else if is_gives(&word) {
                target = Some(false);
            } else if asks && FILLERS.contains(&word.to_lowercase().as_str()) {
                // Ignored.
            } else {
                let list = match target {
                    Some(true) => &mut query.takes,
                    Some(false) => &mut query.gives,
                    None => &mut query.words,
                };
                list.extend(word.split(',').filter(|part| !part.is_empty()).map(str::to_owned));
            }
        }
        query
    }

    /// Returns the matching nodes, best match first.
    ///
    /// A class or title equal to the word is best, followed by those that begin with it or contain it, then aliases,
    /// categories, and descriptions. Among equally good matches, deprecated nodes come last, then paid nodes, then
    /// nodes with more sockets.
    pub fn search<'s>(&self, schema: &'s Schema) -> Vec<&'s NodeDef> {
        let words: Vec<String> = self.words.iter().map(|word| word.to_lowercase()).collect();
        let mut hits: Vec<(usize, &NodeDef)> = schema
            .nodes
            .iter()
            .filter(|node| self.takes.iter().all(|word| node.inputs.iter().any(|input| takes(input, word))))
            .filter(|node| self.gives.iter().all(|word| node.outputs.iter().any(|output| gives(node, output, word))))
            .filter_map(|node| Some((score(node, &words)?, node)))
            .collect();
        hits.sort_by(|(a, left), (b, right)| {
            let sockets =
                |node: &NodeDef| node.inputs.iter().filter(|input| is_socket(input)).count() + node.outputs.len();
            let key = |node: &NodeDef| (node.deprecated, node.api_node, sockets(node), node.class.to_lowercase());
            a.cmp(b).then_with(|| key(left).cmp(&key(right)))
        });
        hits.into_iter().map(|(_, node)| node).collect()
    }
}

fn is_takes(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "takes" | "take" | "taking")
}

fn is_gives(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "gives" | "give" | "giving" | "returns")
}

/// Returns whether an input, or one inside a dynamic input, takes a type. An input that takes any type matches only
/// `*`.
///
/// Not public API: the other crates of the workspace use it, and it may change in any version.
#[doc(hidden)]
pub fn takes(input: &InputDef, word: &str) -> bool {
    match &input.kind {
        InputKind::Match(matched) if !matched.allowed.is_empty() => {
            matched.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(word))
        }
        InputKind::Match(_) | InputKind::Any => word == "*",
        InputKind::Union(words) => words.iter().any(|one| one.eq_ignore_ascii_case(word)),
        InputKind::Autogrow(list) => takes(&list.element, word),
        InputKind::DynamicCombo(branches) => {
            branches.iter().any(|branch| branch.inputs.iter().any(|input| takes(input, word)))
        }
        InputKind::DynamicSlot(slot) => takes(&slot.slot, word) || slot.inputs.iter().any(|input| takes(input, word)),
        InputKind::DynamicGroup(group) => group.inputs.iter().any(|input| takes(input, word)),
        kind => kind.type_word().eq_ignore_ascii_case(word),
    }
}

/// Returns whether an output carries a type. An output that carries any type matches only `*`.
///
/// Not public API: the other crates of the workspace use it, and it may change in any version.
#[doc(hidden)]
pub fn gives(node: &NodeDef, output: &OutputDef, word: &str) -> bool {
    carried(node, output).split(',').any(|one| one.eq_ignore_ascii_case(word))
}

/// Returns the comma-separated list of the types that an output may carry. For a matched type, these are the types that
/// the inputs of its template allow.
///
/// Not public API: the other crates of the workspace use it, and it may change in any version.
#[doc(hidden)]
pub fn carried(node: &NodeDef, output: &OutputDef) -> Text {
    let OutputKind::Match(id) = &output.kind else { return output.kind.type_word() };
    let mut allowed = node.inputs.iter().filter_map(|input| match &input.kind {
        InputKind::Match(matched) => Some(matched),
        InputKind::Autogrow(list) => match &list.element.kind {
            InputKind::Match(matched) => Some(matched),
            _ => None,
        },
        _ => None,
    });
    let allowed =
        allowed.find(|matched| Some(&matched.template_id) == id.as_ref()).map(|matched| matched.allowed.join(","));
    allowed.filter(|words| !words.is_empty()).map_or_else(|| Text::new_static("*"), Text::from)
}

/// Returns whether an input is a socket, which takes only links.
fn is_socket(input: &InputDef) -> bool {
    matches!(
        input.kind,
        InputKind::Link(_) | InputKind::Union(_) | InputKind::Any | InputKind::Match(_) | InputKind::Autogrow(_)
    )
}

/// Returns the rank of a node for the words, where 0 is best, or `None` if a word occurs nowhere in the node.
fn score(node: &NodeDef, words: &[String]) -> Option<usize> {
    let class = node.class.to_lowercase();
    let title = node.display_name.as_deref().unwrap_or_default().to_lowercase();
    let whole = words.join(" ");
    if !words.is_empty() && (class == whole || title == whole) {
        return Some(0);
    }
    let mut score = 0;
    for word in words {
        score += score_word(node, &class, &title, word)?;
    }
    Some(score)
}

fn score_word(node: &NodeDef, class: &str, title: &str, word: &str) -> Option<usize> {
    let holds = |text: &str| text.to_lowercase().contains(word);
    if class == word || title == word {
        Some(1)
    } else if class.starts_with(word) || title.split_whitespace().any(|part| part == word) {
        Some(2)
    } else if class.contains(word) || title.contains(word) {
        Some(3)
    } else if node.search_aliases.iter().any(|alias| holds(alias)) {
        Some(4)
    } else if holds(&node.category) {
        Some(5)
    } else if holds(&node.description) || holds(&node.python_module) {
        Some(6)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::Schema;

    fn found(query: &str) -> Vec<String> {
        let schema = Schema::from_slice(
            br#"{
            "ImageBlur": {"input": {"required": {"image": ["IMAGE"]}}, "output": ["IMAGE"], "display_name": "Blur Image",
                "category": "image/filter"},
            "Blur": {"input": {"required": {"image": ["IMAGE,MASK"]}}, "output": ["IMAGE"], "category": "pack",
                "search_aliases": ["soften"]},
            "OldBlur": {"input": {}, "output": ["*"], "deprecated": true, "description": "Not sharp"},
            "Resize": {"input": {"required": {"input": ["COMFY_MATCHTYPE_V3", {"template":
                {"template_id": "t", "allowed_types": "AUDIO,VIDEO"}}]}}, "output": ["COMFY_MATCHTYPE_V3"],
                "output_matchtypes": ["t"]},
            "Paint": {"input": {"optional": {"mode": ["COMFY_DYNAMICCOMBO_V3",
                {"options": [{"key": "a", "inputs": {"required": {"mask": ["MASK"]}}}]}]}}, "output": ["MASK", "INT"],
                "output_matchtypes": null}
        }"#,
        )
        .unwrap();
        Query::from_words(query.split_whitespace())
            .search(&schema)
            .into_iter()
            .map(|node| node.class.to_string())
            .collect()
    }

    #[test]
    fn an_equal_class_is_the_best_match() {
        assert_eq!(found("blur"), ["Blur", "ImageBlur", "OldBlur"]);
        assert_eq!(found("blur image"), ["ImageBlur"]);
    }

    #[test]
    fn every_word_must_match() {
        assert_eq!(found("filter blur"), ["ImageBlur"]);
        assert_eq!(found("soften"), ["Blur"]);
        assert_eq!(found("sharp"), ["OldBlur"]);
        assert!(found("blur nothing").is_empty());
        assert_eq!(found("").len(), 5);
    }

    #[test]
    fn types_of_inputs_and_outputs() {
        assert_eq!(found("takes mask"), ["Blur", "Paint"]);
        assert_eq!(found("what takes a MASK and gives an IMAGE"), ["Blur"]);
        assert_eq!(found("gives MASK,INT"), ["Paint"]);
        assert_eq!(found("gives *"), ["OldBlur"]);
        assert_eq!(found("takes video gives video"), ["Resize"]);
        assert_eq!(found("filter gives image"), ["ImageBlur"]);
    }
}
