//! Assigns the Rust names in a plan, once the whole schema has been planned.

use std::collections::{BTreeMap, HashSet};

use heck::ToUpperCamelCase;

use super::model::{Branch, Choice, Kind, Node, Record};
use super::shared::{List, Options, Shared, Tables, Union, Word, WordId};
use crate::names::{self, Suffix, Wish, core_types, reserved, settle, settle_beside, snake_case, type_case};

/// The maximum number of words in the name of a union. Larger unions are named by their first words and the number of
/// the others.
const MAX_WORDS: usize = 4;

/// Names the nodes and all items in them, sorts the nodes by name, and names the items that they share.
pub(super) fn name_all<'s>(nodes: &mut [Node<'s>], tables: &Tables<'s>) -> Shared<'s> {
    let words = words(&tables.words);
    let markers: HashSet<&str> = words.iter().map(|word| word.ident.as_str()).collect();
    name_nodes(nodes, &markers);
    for node in nodes.iter_mut() {
        name_modules(&mut node.record, &markers);
    }
    // Nodes are large, so only their names are moved while they are sorted.
    nodes.sort_by_cached_key(|node| node.ident.clone());
    let unions = unions(&tables.unions, &words);
    let lists = lists(&tables.lists);
    Shared { words, unions, lists }
}

fn words<'s>(words: &[&'s str]) -> Vec<Word<'s>> {
    let unknown: Vec<&'s str> = words.iter().copied().filter(|word| !core_types::is_core(word)).collect();
    // The runtime's markers are among the wishes, so that no similar word gets the name of a marker.
    let wishes: Vec<Wish<'_>> = core_types::WORDS
        .iter()
        .map(|&word| Wish { exact: word, wanted: word.to_owned() })
        .chain(unknown.iter().map(|&word| Wish { exact: word, wanted: marker(word) }))
        .collect();
    let settled = settle(&wishes, Suffix::Snake);
    let idents: BTreeMap<&str, String> = wishes.iter().map(|wish| wish.exact).zip(settled).collect();
    words
        .iter()
        .map(|&word| Word {
            exact: word,
            ident: idents.get(word).cloned().unwrap_or_default(),
            core: core_types::is_core(word),
            used: false,
        })
        .collect()
}

fn marker(word: &str) -> String {
    unreserved(names::marker_case(word), "Type", |name| {
        reserved::is_reserved_type(name) || reserved::is_reserved_module(name)
    })
}

/// Returns the name, with the suffix appended if it is reserved.
fn unreserved(mut name: String, suffix: &str, is_reserved: impl Fn(&str) -> bool) -> String {
    if is_reserved(&name) {
        name.push_str(suffix);
    }
    name
}

fn name_nodes(nodes: &mut [Node<'_>], markers: &HashSet<&str>) {
    let wishes: Vec<Wish<'_>> = nodes
        .iter()
        .map(|node| {
            let wanted = unreserved(type_case(&node.source.class), "Node", |name| {
                reserved::is_reserved_type(name) || markers.contains(name)
            });
            Wish { exact: &node.source.class, wanted }
        })
        .collect();
    let idents = settle(&wishes, Suffix::Type);
    let mut taken: HashSet<String> = idents.iter().cloned().collect();
    let helpers =
        sorted_by_name(&idents, |ident| (helper(ident, "Outputs", &mut taken), helper(ident, "Builder", &mut taken)));
    let modules = modules(&idents, "_node", |name| taken.contains(name) || markers.contains(name));
    for (((node, ident), helpers), module) in nodes.iter_mut().zip(idents).zip(helpers).zip(modules) {
        node.ident = ident;
        (node.outputs_ident, node.builder_ident) = helpers;
        node.module = module;
    }
}

/// Calls `make` for every name, in alphabetical order, and returns the results in the order of `names`.
fn sorted_by_name<T: Default + Clone>(names: &[String], mut make: impl FnMut(&str) -> T) -> Vec<T> {
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|&index| &names[index]);
    let mut results = vec![T::default(); names.len()];
    for index in order {
        results[index] = make(&names[index]);
    }
    results
}

/// Returns a name such as `KSamplerOutputs`, with a number appended if a node has the same name.
fn helper(ident: &str, suffix: &str, taken: &mut HashSet<String>) -> String {
    Suffix::Type.take_free(&format!("{ident}{suffix}"), taken)
}

/// Returns the name of the module for each of these names. Modules and types share a namespace: `is_type` tells the types
/// that code beside the modules refers to.
fn modules(idents: &[String], suffix: &str, is_type: impl Fn(&str) -> bool) -> Vec<String> {
    let wishes: Vec<Wish<'_>> = idents
        .iter()
        .map(|ident| {
            let wanted =
                unreserved(snake_case(ident), suffix, |name| reserved::is_reserved_module(name) || is_type(name));
            Wish { exact: ident, wanted }
        })
        .collect();
    settle_beside(&wishes, Suffix::Snake, is_type)
}

/// Names the modules of dynamic inputs and all items in them, at every depth.
fn name_modules(record: &mut Record<'_>, markers: &HashSet<&str>) {
    if !record.has_modules() {
        return;
    }
    let idents: Vec<String> = record.fields.iter().map(|field| field.ident.name().to_owned()).collect();
    for (field, module) in record.fields.iter_mut().zip(modules(&idents, "_input", |_| false)) {
        name_module(&mut field.kind, module, markers);
    }
}

fn name_module(kind: &mut Kind<'_>, module: String, markers: &HashSet<&str>) {
    match kind {
        Kind::Choice(choice) => {
            choice.module = module;
            name_branches(choice, markers);
        }
        Kind::Rows(rows) => {
            rows.module = module;
            name_modules(&mut rows.record, markers);
        }
        Kind::Grow(grow) => name_module(&mut grow.element.kind, module, markers),
        _ => {}
    }
}

fn name_branches(choice: &mut Choice<'_>, markers: &HashSet<&str>) {
    let wishes: Vec<Wish<'_>> = choice
        .branches
        .iter()
        .map(|branch| {
            let wanted = unreserved(type_case(branch.key), "Branch", |name| {
                reserved::is_reserved_type(name) || markers.contains(name)
            });
            Wish { exact: branch.key, wanted }
        })
        .collect();
    let idents = settle(&wishes, Suffix::Type);
    let mut taken: HashSet<String> = idents.iter().cloned().collect();
    let builders = sorted_by_name(&idents, |ident| helper(ident, "Builder", &mut taken));
    // The markers are not copied, because there may be many, and as many dynamic inputs.
    let modules = modules(&idents, "_branch", |name| taken.contains(name) || markers.contains(name));
    for (((branch, ident), builder), module) in choice.branches.iter_mut().zip(idents).zip(builders).zip(modules) {
        name_branch(branch, ident, builder, module, markers);
    }
}

fn name_branch(branch: &mut Branch<'_>, ident: String, builder: String, module: String, markers: &HashSet<&str>) {
    branch.ident = ident;
    branch.builder_ident = builder;
    branch.module = module;
    name_modules(&mut branch.record, markers);
}

fn unions(unions: &[Vec<WordId>], words: &[Word<'_>]) -> Vec<Union> {
    let spelled: Vec<String> = unions.iter().map(|members| spelling(members, words)).collect();
    let wishes: Vec<Wish<'_>> = unions
        .iter()
        .zip(&spelled)
        .map(|(members, exact)| Wish { exact, wanted: union_name(members, words) })
        .collect();
    let idents = settle(&wishes, Suffix::Type);
    unions
        .iter()
        .zip(idents)
        .map(|(members, ident)| Union { ident, members: members.clone(), used: false, output: false })
        .collect()
}

fn spelling(members: &[WordId], words: &[Word<'_>]) -> String {
    members.iter().map(|id| words[id.0].exact).collect::<Vec<_>>().join(",")
}

/// Returns the name of a union: `ImageOrMask`, or `MeshOrFile3dGlbOr12More` for one with many members.
fn union_name(members: &[WordId], words: &[Word<'_>]) -> String {
    let name = |id: &WordId| words[id.0].ident.to_upper_camel_case();
    let joined = |members: &[WordId]| members.iter().map(name).collect::<Vec<_>>().join("Or");
    let mut ident = match members {
        [only] => format!("Only{}", name(only)),
        [first, second, others @ ..] if members.len() > MAX_WORDS => {
            format!("{}Or{}More", joined(&[*first, *second]), others.len())
        }
        _ => joined(members),
    };
    if ident.starts_with(|c: char| c.is_ascii_digit()) {
        ident.insert(0, '_');
    }
    unreserved(ident, "Union", reserved::is_reserved_type)
}

/// Names each enum of options after the input for which it is used most often.
fn lists<'s>(lists: &[List<'s>]) -> Vec<Options<'s>> {
    let popular: Vec<(usize, &str)> = lists.iter().map(most_common_name).collect();
    let winners = winners(lists, &popular);
    let spelled: Vec<String> = lists.iter().map(|list| list.values.join("\n")).collect();
    let wishes: Vec<Wish<'_>> = lists
        .iter()
        .enumerate()
        .map(|(index, list)| {
            let plain = type_case(&snake_case(popular[index].1));
            let name = if winners.contains(&index) { plain } else { format!("{}{plain}", type_case(list.class)) };
            Wish { exact: &spelled[index], wanted: unreserved(name, "Options", reserved::is_reserved_type) }
        })
        .collect();
    let idents = settle(&wishes, Suffix::Type);
    lists.iter().zip(idents).map(|(list, ident)| options(list, ident)).collect()
}

fn most_common_name<'s>(list: &List<'s>) -> (usize, &'s str) {
    // Of equally common names, the alphabetically first is wanted, and `max_by_key` returns the last maximum.
    list.names.iter().rev().map(|(&name, &count)| (count, name)).max_by_key(|&(count, _)| count).unwrap_or_default()
}

/// Returns the lists that get the plain name of their input: for every name the list that is used most, and of equally
/// used lists the one whose first class comes first.
fn winners(lists: &[List<'_>], popular: &[(usize, &str)]) -> HashSet<usize> {
    let mut best: BTreeMap<String, usize> = BTreeMap::new();
    let rank = |index: usize| {
        let list: &List<'_> = &lists[index];
        (std::cmp::Reverse(popular[index].0), list.class, &list.values)
    };
    for (index, &(_, name)) in popular.iter().enumerate() {
        let best = best.entry(type_case(&snake_case(name))).or_insert(index);
        if rank(index) < rank(*best) {
            *best = index;
        }
    }
    best.into_values().collect()
}

fn options<'s>(list: &List<'s>, ident: String) -> Options<'s> {
    let wishes: Vec<Wish<'_>> = list
        .values
        .iter()
        .map(|&value| Wish { exact: value, wanted: unreserved(type_case(value), "Option", |name| name == "Self") })
        .collect();
    Options { ident, values: list.values.clone(), variants: settle(&wishes, Suffix::Type), used: false }
}
