//! Reading packed descriptors. No function panics: reading ends at malformed data.

use super::{Desc, InputDesc, kind};

/// Number of digits of a number that does not fit into one digit.
const LONG_DIGITS: usize = 4;
/// The digit that announces a number of [`LONG_DIGITS`] digits.
const LONG: usize = 31;
/// Length in bytes of an entry of the directory.
pub(super) const ENTRY: usize = 8;

/// A position in a packed string.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    text: &'static str,
    at: usize,
}

impl Reader {
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.at >= self.text.len()
    }

    pub(crate) const fn byte(&mut self) -> u8 {
        if self.is_empty() {
            return b'0';
        }
        let byte = self.text.as_bytes()[self.at];
        self.at += 1;
        byte
    }

    pub(crate) const fn num(&mut self) -> usize {
        let first = digit(self.byte());
        if first < LONG {
            return first;
        }
        let bytes = self.text.as_bytes();
        let at = self.at;
        if at + LONG_DIGITS > bytes.len() {
            self.at = bytes.len();
            return 0;
        }
        self.at = at + LONG_DIGITS;
        (digit(bytes[at]) << 15) | (digit(bytes[at + 1]) << 10) | (digit(bytes[at + 2]) << 5) | digit(bytes[at + 3])
    }

    pub(crate) const fn str(&mut self) -> &'static str {
        let len = self.num();
        let start = self.at;
        let end = if start + len > self.text.len() { self.text.len() } else { start + len };
        self.at = end;
        slice(self.text, start, end)
    }

    /// Skips `bytes` bytes, or the rest if there are fewer.
    const fn skip(&mut self, bytes: usize) {
        let left = self.text.len() - self.at;
        self.at += if bytes < left { bytes } else { left };
    }

    pub(crate) const fn rest(&self) -> &'static str {
        slice(self.text, self.at, self.text.len())
    }
}

const fn digit(byte: u8) -> usize {
    (byte.wrapping_sub(b'0') & 31) as usize
}

/// Returns `text[start..end]`, or an empty string where that would split a character.
const fn slice(text: &'static str, start: usize, end: usize) -> &'static str {
    let Some((head, _)) = text.split_at_checked(end) else { return "" };
    match head.split_at_checked(start) {
        Some((_, part)) => part,
        None => "",
    }
}

pub(crate) const fn same(a: &str, b: &str) -> bool {
    same_bytes(a.as_bytes(), b.as_bytes())
}

pub(crate) const fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

impl Desc {
    const fn flags(self) -> u8 {
        Reader::new(self.packed).byte().wrapping_sub(b'0')
    }

    /// Returns the class name exactly as in `/object_info`, or the option that selects a branch.
    pub const fn class(self) -> &'static str {
        self.named().0
    }

    /// Returns the title that the editor gives nodes of this class.
    pub(crate) fn title(self) -> &'static str {
        let (class, mut inputs) = self.named();
        while inputs.body().is_some() {}
        match inputs.reader.rest() {
            "" => class,
            title => title,
        }
    }

    /// Returns the class, and an iterator over the inputs, which follow it.
    const fn named(self) -> (&'static str, Inputs) {
        let mut reader = Reader::new(self.packed);
        reader.byte();
        reader.num();
        let left = reader.num();
        reader.skip(ENTRY.saturating_mul(left));
        let class = reader.str();
        (class, Inputs { reader, left })
    }

    /// Returns whether nodes of this class are output nodes, from which the server starts execution.
    pub const fn is_output_node(self) -> bool {
        self.flags() & 1 != 0
    }

    /// Returns whether the class is marked as deprecated.
    pub const fn is_deprecated(self) -> bool {
        self.flags() & 2 != 0
    }

    /// Returns whether the class is a paid API node, which needs account keys in the prompt.
    pub const fn is_api_node(self) -> bool {
        self.flags() & 4 != 0
    }

    pub(crate) const fn is_branch(self) -> bool {
        self.flags() & 8 != 0
    }

    /// Returns the declared inputs, in order.
    pub(crate) const fn inputs(self) -> Inputs {
        self.named().1
    }
}

/// An iterator over the inputs of a descriptor.
#[derive(Clone, Copy)]
pub(crate) struct Inputs {
    reader: Reader,
    left: usize,
}

impl Inputs {
    /// Returns the next input. Unlike `Iterator::next`, it works in constants.
    pub(crate) const fn advance(&mut self) -> Option<InputDesc> {
        match self.body() {
            Some(body) => Some(InputDesc::read(body)),
            None => None,
        }
    }

    const fn body(&mut self) -> Option<&'static str> {
        if self.left == 0 || self.reader.is_empty() {
            return None;
        }
        self.left -= 1;
        Some(self.reader.str())
    }

    /// Returns the input whose field is `ident`.
    pub(crate) const fn find(mut self, ident: &[u8]) -> Option<InputDesc> {
        while let Some(input) = self.advance() {
            if same_bytes(input.ident.as_bytes(), ident) {
                return Some(input);
            }
        }
        None
    }
}

#[allow(clippy::copy_iterator, reason = "constants walk it by value; loops at run time iterate")]
impl Iterator for Inputs {
    type Item = InputDesc;

    fn next(&mut self) -> Option<InputDesc> {
        self.advance()
    }
}

impl InputDesc {
    /// Reads the body of one input.
    pub(crate) const fn read(body: &'static str) -> Self {
        let mut reader = Reader::new(body);
        let kind = reader.byte();
        let flags = reader.byte().wrapping_sub(b'0');
        let (min, max, tail) = (reader.str(), reader.str(), reader.str());
        let ident = reader.str();
        let name = reader.str();
        Self {
            kind,
            required: flags & 1 != 0,
            needed: flags & 4 != 0,
            ident,
            name: if name.is_empty() && flags & 2 == 0 { ident } else { name },
            ty: reader.str(),
            default: reader.str(),
            min,
            max,
            tail,
        }
    }

    /// Returns the packed options of a closed combo, or an empty list for any other kind.
    pub(crate) const fn values(&self) -> List {
        match self.kind {
            kind::COMBO | kind::MANY => List::counted(self.tail),
            _ => List::none(),
        }
    }

    /// Returns the branches of a dynamic combo, or an empty list for any other kind.
    pub(crate) const fn branches(&self) -> Branches {
        Branches { list: if self.kind == kind::DYNAMIC_COMBO { List::counted(self.tail) } else { List::none() } }
    }

    /// Returns the minimum number of items, the names of the children, and the element of an autogrow input.
    pub(crate) const fn autogrow(&self) -> (usize, List, InputDesc) {
        let mut reader = Reader::new(self.tail);
        let min = reader.num();
        let names = List::counted(reader.rest());
        let mut rest = names;
        while rest.advance().is_some() {}
        (min, names, InputDesc::read(rest.reader.str()))
    }

    /// Returns the minimum and the maximum number of rows of a dynamic group.
    pub(crate) const fn rows(&self) -> (usize, usize) {
        let mut reader = Reader::new(self.tail);
        (reader.num(), reader.num())
    }
}

/// A packed list of strings, which begins with their number.
#[derive(Clone, Copy)]
pub(crate) struct List {
    reader: Reader,
    left: usize,
}

impl List {
    const fn counted(text: &'static str) -> Self {
        let mut reader = Reader::new(text);
        let left = reader.num();
        Self { reader, left }
    }

    const fn none() -> Self {
        Self { reader: Reader::new(""), left: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.left
    }

    pub(crate) const fn advance(&mut self) -> Option<&'static str> {
        if self.left == 0 || self.reader.is_empty() {
            return None;
        }
        self.left -= 1;
        Some(self.reader.str())
    }
}

#[allow(clippy::copy_iterator, reason = "constants walk it by value; loops at run time iterate")]
impl Iterator for List {
    type Item = &'static str;

    fn next(&mut self) -> Option<&'static str> {
        self.advance()
    }
}

/// The branches of a dynamic combo.
#[derive(Clone, Copy)]
pub(crate) struct Branches {
    list: List,
}

/// A branch as an entry of its dynamic combo.
#[derive(Clone, Copy)]
pub(crate) struct BranchDesc {
    pub(crate) key: &'static str,
    /// The inputs that the key alone implies, as pairs of a dotted name and its JSON; `None` if the branch has a
    /// required input without a default.
    pub(crate) implied: Option<List>,
}

impl Branches {
    pub(crate) const fn advance(&mut self) -> Option<BranchDesc> {
        let Some(key) = self.list.advance() else { return None };
        if self.list.reader.byte() != b'=' {
            return Some(BranchDesc { key, implied: None });
        }
        let mut implied = List::counted(self.list.reader.rest());
        implied.left *= 2;
        let found = implied;
        // Skip to the next branch. The list's reader is before the count.
        let mut skip = self.list.reader;
        skip.num();
        let mut left = found.left;
        while left > 0 {
            skip.str();
            left -= 1;
        }
        self.list.reader = skip;
        Some(BranchDesc { key, implied: Some(found) })
    }

    pub(crate) const fn find(mut self, key: &str) -> Option<BranchDesc> {
        while let Some(branch) = self.advance() {
            if same(branch.key, key) {
                return Some(branch);
            }
        }
        None
    }
}

/// A lower or upper bound, or one option of a combo.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    Int(i128, &'static str),
    Float(f64, &'static str),
    Text(&'static str),
    Bool(bool, &'static str),
    /// JSON that equals no literal.
    Json(&'static str),
}

impl Bound {
    /// Reads a packed bound or option; `None` for the empty string.
    pub(crate) const fn read(packed: &'static str) -> Option<Self> {
        let Some((tag, text)) = packed.split_at_checked(1) else { return None };
        Some(match tag.as_bytes()[0] {
            b'i' => Self::Int(decimal(text), text),
            b'f' => {
                let mut reader = Reader::new(text);
                let mut bits = 0;
                let mut i = 0;
                while i < 16 {
                    bits = (bits << 4) | hex(reader.byte());
                    i += 1;
                }
                Self::Float(f64::from_bits(bits), reader.rest())
            }
            b'w' => {
                let mut reader = Reader::new(text);
                let digits = reader.str();
                #[expect(clippy::cast_precision_loss, reason = "only numbers that a double holds are packed like this")]
                let value = decimal(digits) as f64;
                Self::Float(value, reader.rest())
            }
            b's' => Self::Text(text),
            b'b' => Self::Bool(text.len() == 4, text),
            _ => Self::Json(text),
        })
    }

    /// Returns the spelling that messages use.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Int(_, text) | Self::Float(_, text) | Self::Text(text) | Self::Bool(_, text) | Self::Json(text) => {
                text
            }
        }
    }
}

const fn hex(byte: u8) -> u64 {
    match byte {
        b'0'..=b'9' => (byte - b'0') as u64,
        b'a'..=b'f' => (byte - b'a' + 10) as u64,
        _ => 0,
    }
}

/// Parses decimal digits with an optional minus sign. The result saturates at 128 bits.
const fn decimal(text: &str) -> i128 {
    let bytes = text.as_bytes();
    let negative = !bytes.is_empty() && bytes[0] == b'-';
    let mut i = if negative { 1 } else { 0 };
    let mut value: i128 = 0;
    while i < bytes.len() {
        value = value.saturating_mul(10).saturating_add(bytes[i].wrapping_sub(b'0') as i128);
        i += 1;
    }
    if negative { -value } else { value }
}
