//! The letters of a descriptor: numbers, counted strings, flags.

/// Digits of a number, each of base 32.
const DIGITS: u32 = 4;

/// Writes the parts of a descriptor one after the other.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    text: String,
    overflow: bool,
}

/// Something is longer than a number can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl Encoder {
    /// What was written, if every number fitted.
    pub(super) fn finish(self) -> Result<String, TooLong> {
        if self.overflow { Err(TooLong) } else { Ok(self.text) }
    }

    pub(super) fn letter(&mut self, letter: char) {
        self.text.push(letter);
    }

    pub(super) fn flags(&mut self, flags: u8) {
        self.text.push(char::from(b'0' + flags));
    }

    /// Four digits of base 32, from `'0'` to `'O'`, the most significant first.
    pub(super) fn number(&mut self, number: usize) {
        self.overflow |= number >= 32_usize.pow(DIGITS);
        for digit in (0..DIGITS).rev() {
            let value = number >> (5 * digit) & 31;
            self.text.push(char::from(b'0' + u8::try_from(value).unwrap_or_default()));
        }
    }

    pub(super) fn string(&mut self, text: &str) {
        self.number(text.len());
        self.text.push_str(text);
    }

    /// What `write` writes, as one string: its length stands before it.
    pub(super) fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        let mut inner = Self::default();
        write(&mut inner);
        self.overflow |= inner.overflow;
        self.string(&inner.text);
    }
}

/// A text as it stands between the quotes of a JSON string.
pub(super) fn json_escaped(text: &str) -> String {
    let quoted = comfy_schema::Value::from(text).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Encoder, TooLong, json_escaped};

    fn written(write: impl FnOnce(&mut Encoder)) -> Result<String, TooLong> {
        let mut encoder = Encoder::default();
        write(&mut encoder);
        encoder.finish()
    }

    #[test]
    fn numbers_have_four_digits_of_base_32() {
        assert_eq!(written(|e| e.number(0)).unwrap(), "0000");
        assert_eq!(written(|e| e.number(33)).unwrap(), "0011");
        assert_eq!(written(|e| e.number(1_048_575)).unwrap(), "OOOO");
        assert_eq!(written(|e| e.number(1_048_576)), Err(TooLong));
    }

    #[test]
    fn strings_are_counted_in_bytes() {
        assert_eq!(written(|e| e.string("入")).unwrap(), "0003入");
        assert_eq!(written(|e| e.nested(|e| e.string("a"))).unwrap(), "00050001a");
    }

    #[test]
    fn too_long_inside_is_too_long_outside() {
        assert_eq!(written(|e| e.nested(|e| e.string(&" ".repeat(1 << 20)))), Err(TooLong));
    }

    #[test]
    fn json_escapes_without_quotes() {
        assert_eq!(json_escaped("a \"b\"\n"), "a \\\"b\\\"\\n");
    }
}
