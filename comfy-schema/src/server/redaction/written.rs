//! The forms in which servers write the characters of a text that they echo.

/// The number of characters of a secret that are enough to find it where the text ends before it does.
const MIN_BEGINNING: usize = 6;

/// Returns how many bytes a secret takes at the beginning of a text; `None` if it is not there.
pub(super) fn length(text: &str, secret: &str) -> Option<usize> {
    [raw, percent, json, html].into_iter().find_map(|form| length_in(text, secret, form))
}

/// Returns what follows a character that is written in one form at the beginning of a text.
type Form = fn(&str, char) -> Option<&str>;

fn length_in(text: &str, secret: &str, form: Form) -> Option<usize> {
    let mut rest = text;
    for (count, c) in secret.chars().enumerate() {
        match form(rest, c).or_else(|| raw(rest, c)) {
            Some(behind) => rest = behind,
            None => return (rest.is_empty() && count >= MIN_BEGINNING).then_some(text.len()),
        }
    }
    Some(text.len() - rest.len())
}

fn raw(text: &str, c: char) -> Option<&str> {
    text.strip_prefix(c)
}

/// Percent-encoding, and `+` for a space as forms have it.
fn percent(text: &str, c: char) -> Option<&str> {
    if c == ' '
        && let Some(rest) = text.strip_prefix('+')
    {
        return Some(rest);
    }
    let mut rest = text;
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        rest = hexadecimal(rest.strip_prefix('%')?, 2, byte.into())?;
    }
    Some(rest)
}

/// The escapes of JSON that printable characters have.
fn json(text: &str, c: char) -> Option<&str> {
    if matches!(c, '"' | '\\' | '/')
        && let Some(rest) = text.strip_prefix('\\')?.strip_prefix(c)
    {
        return Some(rest);
    }
    let mut rest = text;
    for unit in c.encode_utf16(&mut [0; 2]) {
        rest = hexadecimal(rest.strip_prefix("\\u")?, 4, (*unit).into())?;
    }
    Some(rest)
}

/// The character references of HTML. JSON in HTML has a backslash in front of a quotation mark.
fn html(text: &str, c: char) -> Option<&str> {
    let text = text.strip_prefix('\\').filter(|_| c == '"').unwrap_or(text);
    let (reference, rest) = text.strip_prefix('&')?.split_once(';')?;
    let is_written = match reference.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16) == Ok(c.into()),
            None => number.parse() == Ok(u32::from(c)),
        },
        None => matches!(
            (reference, c),
            ("amp", '&') | ("lt", '<') | ("gt", '>') | ("quot", '"') | ("apos", '\'') | ("nbsp", '\u{a0}')
        ),
    };
    is_written.then_some(rest)
}

/// Returns what follows a number that is written with a fixed number of hexadecimal digits.
fn hexadecimal(text: &str, digits: usize, number: u32) -> Option<&str> {
    let (written, rest) = text.split_at_checked(digits)?;
    (u32::from_str_radix(written, 16) == Ok(number)).then_some(rest)
}
