//! The letters of a descriptor: numbers, counted strings, flags.

/// Digits of a number in full, each of base 32.
const DIGITS: u32 = 4;
/// The first number that does not fit into one digit, which then says that four follow.
const LONG: usize = 31;

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

    /// One digit, from `'0'` to `'N'`, of a small number; of a larger one `'O'` and all its digits. Most numbers are
    /// the lengths of short words, and the compiler reads each of them many times.
    pub(super) fn number(&mut self, number: usize) {
        if number < LONG {
            return self.digit(number);
        }
        self.digit(LONG);
        self.offset(number);
    }

    /// Four digits of base 32, the most significant first.
    pub(super) fn offset(&mut self, number: usize) {
        self.overflow |= number >= 32_usize.pow(DIGITS);
        for digit in (0..DIGITS).rev() {
            self.digit(number >> (5 * digit));
        }
    }

    /// The lowest digit of a number.
    pub(super) fn digit(&mut self, number: usize) {
        self.text.push(char::from(b'0' + u8::try_from(number & 31).unwrap_or_default()));
    }

    /// How many bytes were written.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds what another has written.
    pub(super) fn append(&mut self, other: Self) {
        self.overflow |= other.overflow;
        self.text.push_str(&other.text);
    }

    /// A text that ends where the string around it ends.
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
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
    fn too_long_inside_is_too_long_outside() {
        assert_eq!(written(|e| e.nested(|e| e.string(&" ".repeat(1 << 20)))), Err(TooLong));
    }

    #[test]
    fn json_escapes_without_quotes() {
        assert_eq!(json_escaped("a \"b\"\n"), "a \\\"b\\\"\\n");
    }
}
