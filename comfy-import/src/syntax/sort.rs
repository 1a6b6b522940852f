//! Writes `use` declarations, in the order of rustfmt's style edition 2024.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::text::width;

/// The width of a line: the option `max_width` of rustfmt less one, since a list of names leaves one column free.
const LINE: usize = 99;

/// Returns the declarations for these names, by the path of their module. The declaration of the module `deprecated`
/// allows deprecated items.
pub(crate) fn imports(modules: &BTreeMap<String, BTreeSet<String>>, deprecated: Option<&str>) -> String {
    let mut declarations: Vec<(&str, Vec<&str>)> =
        modules.iter().map(|(module, names)| (module.as_str(), names.iter().map(String::as_str).collect())).collect();
    for (_, names) in &mut declarations {
        names.sort_by(|a, b| by_version(a, b));
    }
    declarations.sort_by(|a, b| by_path(a, b));
    let allowed = |module: &str| if Some(module) == deprecated { "#[allow(deprecated)]\n" } else { "" };
    declarations.iter().flat_map(|(module, names)| [allowed(module).to_owned(), declaration(module, names)]).collect()
}

fn declaration(module: &str, names: &[&str]) -> String {
    if let [only] = names {
        return format!("use {module}::{only};\n");
    }
    let line = format!("use {module}::{{{}}};\n", names.join(", "));
    if width(line.trim_end()) < LINE {
        // If the line is short in columns but not in bytes, rustfmt puts the names on one line of their own.
        let is_long = line.trim_end().len() > LINE;
        return if is_long { format!("use {module}::{{\n    {}\n}};\n", names.join(", ")) } else { line };
    }
    let mut out = format!("use {module}::{{\n");
    let mut current = String::from("   ");
    for (at, name) in names.iter().enumerate() {
        // If one line holds all names, the last comma may be a column further right.
        let is_only = at + 1 == names.len() && out.lines().count() == 1;
        let room = if is_only { LINE + 1 } else { LINE };
        if width(&current) + 2 + width(name) > room {
            out.push_str(&current);
            out.push('\n');
            current = String::from("   ");
        }
        current.push(' ');
        current.push_str(name);
        current.push(',');
    }
    out.push_str(&current);
    out.push_str("\n};\n");
    out
}

/// Compares declarations segment by segment. A list of names comes after every single name.
fn by_path(a: &(&str, Vec<&str>), b: &(&str, Vec<&str>)) -> Ordering {
    fn segments<'n>((module, names): &(&'n str, Vec<&'n str>)) -> Vec<(u8, &'n str)> {
        let mut segments: Vec<(u8, &str)> = module.split("::").map(|segment| (rank(segment), segment)).collect();
        segments.push(match names.as_slice() {
            [only] => (rank(only), only),
            _ => (4, ""),
        });
        segments
    }
    let (a, b) = (segments(a), segments(b));
    for (a, b) in a.iter().zip(&b) {
        let order = a.0.cmp(&b.0).then_with(|| by_version(a.1, b.1));
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

fn rank(segment: &str) -> u8 {
    match segment {
        "self" => 0,
        "super" => 1,
        "crate" => 2,
        _ => 3,
    }
}

/// Compares names: underscores come first, numbers are compared by value, and other characters by code point.
fn by_version(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.trim_start_matches("r#"), b.trim_start_matches("r#"));
    loop {
        let (Some(x), Some(y)) = (left.chars().next(), right.chars().next()) else {
            return left.len().cmp(&right.len()).then_with(|| a.cmp(b));
        };
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (number, rest) = digits(left);
            let (other, other_rest) = digits(right);
            let order = number.len().cmp(&other.len()).then_with(|| number.cmp(other));
            if order.is_ne() {
                return order;
            }
            (left, right) = (rest, other_rest);
            continue;
        }
        if x != y {
            return (x != '_').cmp(&(y != '_')).then(x.cmp(&y));
        }
        (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
    }
}

/// Splits a text after the number with which it begins. Returns the number without leading zeros, and the other part.
fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number.trim_start_matches('0'), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_by_rustfmt() {
        let mut names = ["unet", "KSampler10", "Node1", "KSampler2", "_a", "Node_2", "TextEncode", "Text2", "KSampler"];
        names.sort_by(|a, b| by_version(a, b));
        let sorted = ["_a", "KSampler", "KSampler2", "KSampler10", "Node_2", "Node1", "Text2", "TextEncode", "unet"];
        assert_eq!(names, sorted);
    }

    #[test]
    fn modules_come_before_lists() {
        let items = [
            ("comfy_runtime", "Out"),
            ("crate::nodes", "B"),
            ("crate::nodes", "A"),
            ("comfy_runtime::attr", "workflow"),
            ("crate::nodes::a", "b"),
        ];
        let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, name) in items {
            modules.entry(module.to_owned()).or_default().insert(name.to_owned());
        }
        assert_eq!(
            imports(&modules, None),
            "use crate::nodes::a::b;\nuse crate::nodes::{A, B};\nuse comfy_runtime::Out;\nuse comfy_runtime::attr::workflow;\n"
        );
    }
}
