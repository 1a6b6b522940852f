//! Finding nodes by words and by what they take and give.
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

/// What is looked for. Everything must fit; an empty query fits every node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Words that stand in the class, the title, the category, the aliases, the description or the module. Case does
    /// not count.
    pub words: Vec<String>,
    /// Types of sockets that it takes, all of them.
    pub takes: Vec<String>,
    /// Types of outputs that it gives, all of them.
    pub gives: Vec<String>,
}

/// Words around types that say nothing.
const FILLERS: [&str; 8] = ["a", "an", "the", "and", "what", "which", "that", "or"];

impl Query {
    /// Understands `takes MASK gives IMAGE` among words, articles and questions left out.
    pub fn from_words<W: Into<String>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut query = Self::default();
        let words: Vec<String> = words.into_iter().map(Into::into).collect();
        // Only a question about types has fillers; elsewhere "a" may be what is looked for.
        let asks = words.iter().any(|word| is_takes(word) || is_gives(word));
        let mut target: Option<bool> = None;
        for word in words {
            if is_takes(&word) {
                target = Some(true);
            } else if is_gives(&word) {
                target = Some(false);
            } else if asks && FILLERS.contains(&word.to_lowercase().as_str()) {
                // It says nothing.
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

    /// The nodes that fit, best first. A class or title that is the word itself is best, then those that begin with it
    /// or hold it, then categories, aliases and descriptions. Of equals deprecated and paid ones come last and those with
    /// the fewest sockets first.
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

/// Whether an input, or one that it may bring, takes a type. One that takes anything is not meant, unless it is asked
/// for (`*`).
///
/// Shared by the workspace's crates; may change in any version.
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

/// Whether an output carries a type. One that carries anything is not meant, unless it is asked for (`*`).
///
/// Shared by the workspace's crates; may change in any version.
#[doc(hidden)]
pub fn gives(node: &NodeDef, output: &OutputDef, word: &str) -> bool {
    carried(node, output).split(',').any(|one| one.eq_ignore_ascii_case(word))
}

/// The type words that an output may carry, with commas between: of a matched type those that its inputs allow.
///
/// Shared by the workspace's crates; may change in any version.
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

/// Whether only links feed an input.
fn is_socket(input: &InputDef) -> bool {
    matches!(
        input.kind,
        InputKind::Link(_) | InputKind::Union(_) | InputKind::Any | InputKind::Match(_) | InputKind::Autogrow(_)
    )
}

/// Less is better; `None` if a word is nowhere.
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
    fn the_class_itself_is_best() {
        assert_eq!(found("blur"), ["Blur", "ImageBlur", "OldBlur"]);
        assert_eq!(found("blur image"), ["ImageBlur"]);
    }

    #[test]
    fn every_word_must_stand_somewhere() {
        assert_eq!(found("filter blur"), ["ImageBlur"]);
        assert_eq!(found("soften"), ["Blur"]);
        assert_eq!(found("sharp"), ["OldBlur"]);
        assert!(found("blur nothing").is_empty());
        assert_eq!(found("").len(), 5);
    }

    #[test]
    fn types_of_sockets() {
        assert_eq!(found("takes mask"), ["Blur", "Paint"]);
        assert_eq!(found("what takes a MASK and gives an IMAGE"), ["Blur"]);
        assert_eq!(found("gives MASK,INT"), ["Paint"]);
        assert_eq!(found("gives *"), ["OldBlur"]);
        assert_eq!(found("takes video gives video"), ["Resize"]);
        assert_eq!(found("filter gives image"), ["ImageBlur"]);
    }
}
