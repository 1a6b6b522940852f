//! Classifies the characters of a name by their role in an identifier.

/// The role of a character in an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter or digit, which an identifier may contain unchanged.
    Letter(char),
    /// A symbol that becomes a word of its own, because names differ by it (`ImageFlip` and `ImageFlip+`).
    Word(&'static str),
    /// A character that ends a word and is dropped.
    Separator,
}

/// Classifies a character.
pub(super) fn classify(c: char) -> Class {
    let c = ascii_of_full_width(c);
    if let Some(word) = telling_symbol(c).or_else(|| greek(c)) {
        return Class::Word(word);
    }
    if c.is_ascii_alphanumeric() || (!c.is_ascii() && is_common_letter(c)) {
        return Class::Letter(c);
    }
    Class::Separator
}

/// Returns whether a name can be used unchanged: it is an identifier without letters that rustc's lints call uncommon.
pub(super) fn is_plain_identifier(name: &str) -> bool {
    let fits = |c: char| c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && is_common_letter(c));
    let starts = name.chars().next().is_some_and(|c| !c.is_ascii_digit());
    starts && name.chars().all(fits) && name.chars().any(|c| c != '_')
}

/// Returns the English name of an ASCII symbol, for names that consist of symbols alone.
pub(super) fn symbol_name(c: char) -> Option<&'static str> {
    telling_symbol(c).or(Some(match c {
        ' ' => "Blank",
        '!' => "Not",
        '"' => "Quote",
        '#' => "Hash",
        '$' => "Dollar",
        '\'' => "Apostrophe",
        '(' => "Open",
        ')' => "Close",
        ',' => "Comma",
        '-' => "Minus",
        '.' => "Dot",
        '/' => "Slash",
        ':' => "Colon",
        ';' => "Semicolon",
        '?' => "Question",
        '@' => "At",
        '[' => "OpenBracket",
        '\\' => "Backslash",
        ']' => "CloseBracket",
        '^' => "Caret",
        '_' => "Underscore",
        '`' => "Backtick",
        '{' => "OpenBrace",
        '|' => "Bar",
        '}' => "CloseBrace",
        '~' => "Tilde",
        _ => return None,
    }))
}

/// Returns the word for a symbol that is always spelled out, because the classes and options of custom nodes may differ
/// only by such symbols.
fn telling_symbol(c: char) -> Option<&'static str> {
    Some(match c {
        '+' => "Plus",
        '*' => "Star",
        '&' => "And",
        '%' => "Percent",
        '=' => "Equal",
        '<' => "Less",
        '>' => "Greater",
        '×' => "Times",
        '÷' => "By",
        '°' => "Degrees",
        _ => return None,
    })
}

/// Returns the name of a Greek letter. Greek letters are spelled out, because rustc warns of those that look like Latin
/// letters.
fn greek(c: char) -> Option<&'static str> {
    const LETTERS: [&str; 25] = [
        "Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta", "Iota", "Kappa", "Lambda", "Mu", "Nu",
        "Xi", "Omicron", "Pi", "Rho", "Sigma", "Sigma", "Tau", "Upsilon", "Phi", "Chi", "Psi", "Omega",
    ];
    let index = match c {
        'Α'..='Ω' => c as usize - 'Α' as usize,
        'α'..='ω' => c as usize - 'α' as usize,
        'µ' => 11,
        _ => return None,
    };
    LETTERS.get(index).copied()
}

/// Returns the ASCII form of a full-width character: `(` for `（`, `A` for `Ａ`. Full-width forms are at ASCII plus
/// 0xFEE0.
fn ascii_of_full_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Returns whether a character is a letter of a script in common use, in its composed form.
///
/// Rust accepts far more, but it normalises identifiers (so that two names could become one) and warns of rare
/// characters. These blocks hold no combining marks and no compatibility forms, so that neither happens.
fn is_common_letter(c: char) -> bool {
    matches!(c,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{131}' | '\u{134}'..='\u{13E}'
        | '\u{141}'..='\u{148}' | '\u{14A}'..='\u{17E}'
        | '\u{410}'..='\u{44F}' | '\u{401}' | '\u{451}'
        | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}
