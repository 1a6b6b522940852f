//! Writing JSON text, and making ids from names.

/// The separator between a name and the number that makes it unique: the second `model` is `model_2`.
const NUMBER_SEPARATOR: char = '_';

/// Returns whether a string needs no escapes in JSON.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
}

/// Appends a whole number in decimal digits.
pub(crate) fn push_whole(out: &mut String, mut value: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(value % 10).unwrap_or_default();
        value /= 10;
        start -= 1;
        if value == 0 {
            break;
        }
    }
    out.push_str(digits.get(start..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default());
}

/// Appends the separator and the number that make a name unique.
pub(crate) fn push_number(name: &mut String, number: u32) {
    name.push(NUMBER_SEPARATOR);
    push_whole(name, u64::from(number));
}

/// Splits a name that ends like a numbered one: `a_12` into `a` and 12.
pub(crate) fn split_number(name: &str) -> Option<(&str, u32)> {
    if !name.as_bytes().last().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (base, digits) = name.rsplit_once(NUMBER_SEPARATOR)?;
    let number: u32 = digits.parse().ok()?;
    (number.to_string() == digits).then_some((base, number))
}

/// Converts a class to snake case: `CLIPTextEncode` becomes `clip_text_encode`.
///
/// A class without letters or digits becomes `node`.
pub(crate) fn snake_case(class: &str) -> String {
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
    use super::*;

    #[test]
    fn whole_numbers_have_all_their_digits() {
        for value in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut out = String::new();
            push_whole(&mut out, value);
            assert_eq!(out, value.to_string());
        }
    }

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
