//! Putting a message together at compile time, only when there is something to say.

/// Text that grows in a constant. What does not fit is cut with an ellipsis.
pub(crate) struct Message {
    bytes: [u8; Self::CAPACITY],
    len: usize,
    full: bool,
}

impl Message {
    const CAPACITY: usize = 2048;
    const ELLIPSIS: &'static str = " …";

    pub(crate) const fn new() -> Self {
        Self { bytes: [0; Self::CAPACITY], len: 0, full: false }
    }

    /// Appends `text` whole, or an ellipsis once and nothing more.
    pub(crate) const fn push(mut self, text: &str) -> Self {
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

    /// Appends a number in decimal digits.
    pub(crate) const fn push_num(self, number: usize) -> Self {
        if number < 10 { self.push_digit(number) } else { self.push_num(number / 10).push_digit(number % 10) }
    }

    const fn push_digit(self, digit: usize) -> Self {
        const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
        self.push(DIGITS[digit])
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (used, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(used) {
            Ok(text) => text,
            Err(_) => "the message could not be written",
        }
    }
}
