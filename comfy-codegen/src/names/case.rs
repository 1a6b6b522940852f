//! Joins the words of a name into the identifier of a type, a field, a module or a marker.

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::chars::is_plain_identifier;
use super::words::words;

/// Returns the name of a type or of an enum's variant: `EasyFullLoader` for `easy fullLoader`, `Dpmpp2mSde` for
/// `dpmpp_2m_sde`.
///
/// Capitals inside a word are kept (`CLIPTextEncode`), except in names of several words that are all in capitals
/// (`IMAGE_FLIP` becomes `ImageFlip`). Digits that only a separator keeps apart are separated by an
/// underscore (`1.5` becomes `_1_5`).
pub(crate) fn type_case(name: &str) -> String {
    let words = words(name);
    let shouted = words.len() > 1 && !name.contains(|c: char| c.is_lowercase());
    let mut ident = String::with_capacity(name.len());
    for word in &words {
        let ends_in_digit = ident.ends_with(|c: char| c.is_ascii_digit());
        if word.starts_with(|c: char| c.is_ascii_digit()) && (ends_in_digit || ident.is_empty()) {
            ident.push('_');
        }
        if shouted {
            ident.push_str(&word.to_upper_camel_case());
        } else {
            push_capitalised(&mut ident, word);
        }
    }
    ident
}

/// Returns the name of a module, a function, or a field that cannot keep its own: `select_to_add_lora` for
/// `Select to add LoRA`.
pub fn snake_case(name: &str) -> String {
    // Case conversion would split this common spelling into two words.
    let words = words(name).join(" ").replace("LoRA", "Lora");
    let mut ident = words.to_snake_case();
    if ident.starts_with(|c: char| c.is_ascii_digit()) {
        ident.insert(0, '_');
    }
    ident
}

/// Returns the name of a field: the input's own name if that is an identifier (`clip_name1`, `CLIP_L`), else snake
/// case.
pub(crate) fn exact_or_snake(name: &str) -> String {
    if is_plain_identifier(name) { name.to_owned() } else { snake_case(name) }
}

/// Returns the name of a marker: the type word itself if that is an identifier, else its words joined by underscores.
pub(crate) fn marker_case(word: &str) -> String {
    if is_plain_identifier(word) {
        return word.to_owned();
    }
    let mut ident = words(word).join("_");
    if ident.starts_with(|c: char| c.is_ascii_digit()) {
        ident.insert(0, '_');
    }
    ident
}

fn push_capitalised(ident: &mut String, word: &str) {
    let mut chars = word.chars();
    if let Some(first) = chars.next() {
        ident.extend(first.to_uppercase());
        ident.push_str(chars.as_str());
    }
}
