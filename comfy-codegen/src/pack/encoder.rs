//! Encodes the parts of a descriptor: numbers, length-prefixed strings, flags.

/// The number of base-32 digits of a long number.
const DIGITS: u32 = 4;
/// The digit that announces a long number, and the first number that needs that form.
const LONG: usize = 31;

/// Writes the parts of a descriptor one after the other.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    text: String,
    overflow: bool,
}

/// The error for a part of a descriptor whose length is too large to be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

impl Encoder {
    /// Returns the descriptor, if every number could be encoded.
    pub(super) fn finish(self) -> Result<String, TooLong> {
        if self.overflow { Err(TooLong) } else { Ok(self.text) }
    }

    pub(super) fn letter(&mut self, letter: char) {
        self.text.push(letter);
    }

    pub(super) fn flags(&mut self, flags: u8) {
        self.text.push(char::from(b'0' + flags));
    }

    /// Writes a number: a small one as a digit from `'0'` to `'N'`, a larger one as `'O'` and four digits. Most numbers
    /// are the lengths of short words, and the compiler reads each of them many times.
    pub(super) fn number(&mut self, number: usize) {
        if number < LONG {
            return self.digit(number);
        }
        self.digit(LONG);
        self.offset(number);
    }

    /// Writes a number as four digits of base 32, the most significant first.
    pub(super) fn offset(&mut self, number: usize) {
        self.overflow |= number >= 32_usize.pow(DIGITS);
        for digit in (0..DIGITS).rev() {
            self.digit(number >> (5 * digit));
        }
    }

    /// Writes the lowest digit of a number.
    pub(super) fn digit(&mut self, number: usize) {
        self.text.push(char::from(b'0' + u8::try_from(number & 31).unwrap_or_default()));
    }

    /// Returns the number of bytes written so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Appends everything that another encoder has written.
    pub(super) fn append(&mut self, other: Self) {
        self.overflow |= other.overflow;
        self.text.push_str(&other.text);
    }

    /// Writes a text without its length, as the last part of a string.
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Writes a text, with its length in bytes before it.
    pub(super) fn string(&mut self, text: &str) {
        self.number(text.len());
        self.text.push_str(text);
    }

    /// Writes the output of `write` as one string, with its length before it.
    pub(super) fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        let mut inner = Self::default();
        write(&mut inner);
        self.overflow |= inner.overflow;
        self.string(&inner.text);
    }
}

/// Returns a text escaped as a JSON string, without the quotes.
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
    fn numbers_have_one_digit_or_five() {
        assert_eq!(written(|e| e.number(0)).unwrap(), "0");
        assert_eq!(written(|e| e.number(30)).unwrap(), "N");
        assert_eq!(written(|e| e.number(31)).unwrap(), "O000O");
        assert_eq!(written(|e| e.number(33)).unwrap(), "O0011");
        assert_eq!(written(|e| e.number(1_048_575)).unwrap(), "OOOOO");
        assert_eq!(written(|e| e.number(1_048_576)), Err(TooLong));
    }

    #[test]
    fn strings_are_counted_in_bytes() {
        assert_eq!(written(|e| e.string("入")).unwrap(), "3入");
        assert_eq!(written(|e| e.nested(|e| e.string("a"))).unwrap(), "21a");
    }

    #[test]
    fn a_nested_part_that_is_too_long_makes_the_whole_too_long() {
        assert_eq!(written(|e| e.nested(|e| e.string(&" ".repeat(1 << 20)))), Err(TooLong));
    }

    #[test]
    fn json_escapes_without_quotes() {
        assert_eq!(json_escaped("a \"b\"\n"), "a \\\"b\\\"\\n");
    }
}
