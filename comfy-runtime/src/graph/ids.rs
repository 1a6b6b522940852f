//! The ids of nodes.
//!
//! An id says what a reader of the workflow calls the node: what its author chose, or the variable it is bound to, or
//! its class in snake case. The server takes any text. So a snapshot of a workflow changes only where the workflow did.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::error::{Problem, ProblemKind};
use super::store::{NodeRecord, Store};

/// Gives every node its id. Chosen ids come first, then the first node of each variable, then further nodes of a
/// variable (`model_2`), then classes: an automatic id never takes a name that somebody wrote.
pub(super) fn assign(store: &mut Store, problems: &mut Vec<Problem>) {
    let mut ids = Ids::default();
    for node in nodes(store) {
        if let Some(id) = &node.id
            && !ids.take(id.clone())
        {
            problems.push(Problem::of_node(node, id, None, ProblemKind::DuplicateId, format!("two nodes have the id `{id}`")));
        }
    }
    for node in nodes(store).filter(|node| node.id.is_none()) {
        if let Some(binding) = node.binding
            && ids.take(Cow::Borrowed(binding))
        {
            node.id = Some(Cow::Borrowed(binding));
        }
    }
    for node in nodes(store).filter(|node| node.id.is_none()) {
        if let Some(binding) = node.binding {
            node.id = Some(ids.numbered(binding));
        }
    }
    for node in nodes(store).filter(|node| node.id.is_none()) {
        let base = snake_case(&node.class());
        node.id = Some(if ids.take(Cow::Owned(base.clone())) { Cow::Owned(base) } else { ids.numbered(&base) });
    }
}

/// Numbers every node from 1, in the order of construction, as the editor does.
pub(crate) fn renumber(store: &mut Store) {
    for (number, node) in nodes(store).enumerate() {
        node.id = Some(Cow::Owned((number + 1).to_string()));
    }
}

fn nodes(store: &mut Store) -> impl Iterator<Item = &mut NodeRecord> {
    store.nodes.iter_mut().filter(|node| !node.is_branch())
}

#[derive(Default)]
struct Ids {
    taken: HashSet<Cow<'static, str>>,
    /// The last number given out for each name, so that a thousand equal nodes do not count from 2 each time.
    last: HashMap<String, usize>,
}

impl Ids {
    /// Whether the id was free.
    fn take(&mut self, id: Cow<'static, str>) -> bool {
        self.taken.insert(id)
    }

    fn numbered(&mut self, base: &str) -> Cow<'static, str> {
        let last = self.last.entry(base.to_owned()).or_insert(1);
        loop {
            *last += 1;
            let id: Cow<'static, str> = Cow::Owned(format!("{base}_{last}"));
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// `CLIPTextEncode` → `clip_text_encode`. A class without letters or digits becomes `node`.
fn snake_case(class: &str) -> String {
    let chars: Vec<char> = class.chars().collect();
    let mut snake = String::with_capacity(class.len() + 8);
    for (i, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            if !snake.is_empty() && !snake.ends_with('_') {
                snake.push('_');
            }
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let after = chars.get(i + 1);
        let starts_word = c.is_uppercase()
            && before.is_some_and(|b| {
                b.is_lowercase() || b.is_numeric() || (b.is_uppercase() && after.is_some_and(|a| a.is_lowercase()))
            });
        if starts_word && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    let trimmed = snake.trim_end_matches('_');
    if trimmed.is_empty() { "node".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn classes_become_snake_case() {
        for (class, id) in [
            ("CLIPTextEncode", "clip_text_encode"),
            ("KSampler", "k_sampler"),
            ("VAEDecode", "vae_decode"),
            ("LoraLoaderModelOnly", "lora_loader_model_only"),
            ("Image Flip+", "image_flip"),
            ("FLUX2Scheduler", "flux2_scheduler"),
            ("输入", "输入"),
            ("+ve", "ve"),
            ("*", "node"),
        ] {
            assert_eq!(snake_case(class), id, "{class}");
        }
    }
}
