//! Messages that are composed at compile time, only when a check fails.

/// A string that grows in a constant. Text that does not fit is replaced by an ellipsis.
pub(crate) struct Message {
    bytes: [u8; Self::CAPACITY],
    len: usize,
    full: bool,
}

impl Message {
    const CAPACITY: usize = 2048;
    const ELLIPSIS: &'static str = " …";

    /// Creates a message from `template`, in which each `{}` stands for the next of `args`.
    pub(crate) const fn new(template: &str, args: &[&str]) -> Self {
        Self { bytes: [0; Self::CAPACITY], len: 0, full: false }.then(template, args)
    }

    /// Appends `template`, in which each `{}` stands for the next of `args`.
    pub(crate) const fn then(mut self, template: &str, args: &[&str]) -> Self {
        let mut rest = template;
        let mut at = 0;
        let mut next = 0;
        while at < rest.len() {
            if next < args.len() && matches!(rest.as_bytes().split_at(at).1, [b'{', b'}', ..]) {
                let (text, after) = rest.split_at(at);
                self = self.push(text).push(args[next]);
                rest = after.split_at(2).1;
                at = 0;
                next += 1;
            } else {
                at += 1;
            }
        }
        self.push(rest)
    }

    /// Appends `text`. If it does not fit, appends an ellipsis instead and ignores all later text.
    const fn push(mut self, text: &str) -> Self {
        if self.full {
            return self;
        }
        let room = Self::CAPACITY - Self::ELLIPSIS.len() - self.len;
        if text.len() > room {
            self.full = true;
            return self.append(Self::ELLIPSIS);
        }
        self.append(text)
    }

    const fn append(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    pub(crate) const fn as_str(&self) -> &str {
        text(self.bytes.split_at(self.len).0)
    }
}

/// A number in decimal digits.
pub(crate) struct Digits {
    bytes: [u8; 20],
    start: usize,
}

impl Digits {
    pub(crate) const fn of(mut number: usize) -> Self {
        const DIGITS: &[u8; 10] = b"0123456789";
        let mut bytes = [0; 20];
        let mut start = bytes.len() - 1;
        while number > 9 {
            bytes[start] = DIGITS[number % 10];
            number /= 10;
            start -= 1;
        }
        bytes[start] = DIGITS[number];
        Self { bytes, start }
    }

    pub(crate) const fn as_str(&self) -> &str {
        text(self.bytes.split_at(self.start).1)
    }
}

const fn text(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "the message is not UTF-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_take_their_arguments_in_order() {
        let message = Message::new("`{}.{}` must be {}", &["A", "b", "{}"]).then(", not {}{}", &["5"]);
        assert_eq!(message.as_str(), "`A.b` must be {}, not 5{}");
    }

    #[test]
    fn text_beyond_the_capacity_is_replaced_by_an_ellipsis() {
        let message = Message::new("{} and {}", &["a", &"b".repeat(Message::CAPACITY)]).then(" more", &[]);
        assert_eq!(message.as_str(), "a and  …");
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for number in [0, 9, 10, 1_048_575, usize::MAX] {
            assert_eq!(Digits::of(number).as_str(), number.to_string());
        }
    }
}
