//! The checks of literals, lists and sets of given inputs: one set of rules for the compiler and for
//! [`Graph::finish`](crate::Graph::finish).

use super::literal::LitValue;
use super::message::{Digits, Message};
use super::read::{Bound, same, same_bytes};
use super::{Desc, InputDesc, Lit, kind};

/// Maximum number of options that a message lists.
const MAX_LISTED_OPTIONS: usize = 12;

/// Maximum length in bytes of a word for which a similar option is searched.
const MAX_WORD_LEN: usize = 63;

/// Ends the evaluation of a constant with a message, which rustc shows at the caller's location.
///
/// Node literals call the checks of this module in constants only, so it never panics at run time.
#[track_caller]
#[expect(clippy::panic, reason = "a constant has no other way to report an error")]
const fn refuse(message: &Message) {
    panic!("{}", message.as_str());
}

impl Desc {
    /// Returns the indices of the declared inputs that a node literal gives.
    ///
    /// # Panics
    ///
    /// Panics at compile time when a required input without a default is not among `fields`. If a field does not exist,
    /// missing inputs are not reported, because rustc reports the unknown field with a better message.
    #[track_caller]
    pub const fn given<const N: usize>(self, fields: [&[u8]; N]) -> [u16; N] {
        match self.surely_given(&fields) {
            Some(indices) => indices,
            None => self.given_or_refused(&fields),
        }
    }

    /// Computes the result of [`given`](Self::given) if the fast check fails, and reports missing inputs.
    ///
    /// This is a separate function because the compiler's interpreter sets up all variables of a function on each call.
    #[track_caller]
    const fn given_or_refused<const N: usize>(self, fields: &[&[u8]; N]) -> [u16; N] {
        let mut indices = [0; N];
        let mut inputs = self.inputs();
        let mut known = 0;
        let mut missing = 0;
        let mut index = 0;
        while let Some(input) = inputs.advance() {
            let mut found = false;
            let mut i = 0;
            while i < N {
                if same_bytes(fields[i], input.ident.as_bytes()) {
                    indices[i] = index;
                    found = true;
                    known += 1;
                }
                i += 1;
            }
            if !found && input.needed {
                missing += 1;
            }
            index += 1;
        }
        if missing > 0 && known == N {
            refuse(&self.missing(&indices, missing));
        }
        indices
    }

    /// Returns a message that lists all missing inputs.
    const fn missing(self, given: &[u16], count: usize) -> Message {
        let template = match (self.class().is_empty(), self.is_branch(), count) {
            (true, _, 1) => "row: missing required input ",
            (true, _, _) => "row: missing required inputs ",
            (_, true, 1) => "branch `{}`: missing required input ",
            (_, true, _) => "branch `{}`: missing required inputs ",
            (_, false, 1) => "node `{}`: missing required input ",
            (_, false, _) => "node `{}`: missing required inputs ",
        };
        let mut message = Message::new(template, &[self.class()]);
        let mut inputs = self.inputs();
        let mut index = 0;
        let mut listed = 0;
        while let Some(input) = inputs.advance() {
            if !contains(given, index) && input.needed {
                let template = if listed == 0 { "`{}: {}`" } else { ", `{}: {}`" };
                message = message.then(template, &[input.ident, input.ty]);
                listed += 1;
            }
            index += 1;
        }
        message
    }

    /// Returns `lit`, checked as the value of the field `field`.
    ///
    /// # Panics
    ///
    /// Panics at compile time when the input does not accept the literal.
    #[track_caller]
    pub const fn lit(self, field: &[u8], lit: Lit) -> Lit {
        if !self.surely_takes(field, lit.value) {
            self.look_closer(field, lit);
        }
        lit
    }

    /// Checks a literal that the fast check did not accept.
    #[track_caller]
    const fn look_closer(self, field: &[u8], lit: Lit) {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.fault(&input, lit.value, lit.json)
        {
            refuse(&message);
        }
    }

    /// Returns `lit`, checked as an item of the list that is the value of the field `field`.
    ///
    /// # Panics
    ///
    /// Panics at compile time when the list does not accept the literal.
    #[track_caller]
    pub const fn item(self, field: &[u8], lit: Lit) -> Lit {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.item_fault(&input, lit.value, lit.json)
        {
            refuse(&message);
        }
        lit
    }

    /// Checks the length of the list that is the value of the field `field`.
    ///
    /// # Panics
    ///
    /// Panics at compile time when the list has too few or too many items for the input.
    #[track_caller]
    pub const fn count(self, field: &[u8], count: usize) {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.count_fault(&input, count)
        {
            refuse(&message);
        }
    }

    /// Returns a message if an input does not accept a value. `text` is the value as messages show it.
    pub(crate) const fn fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::AUTOGROW | kind::GROUP => {
                Some(self.refused(input, "`{}.{}` takes a list, not {}: write `[…]`", text))
            }
            kind::MANY | kind::OPEN_MANY => {
                Some(self.refused(input, "`{}.{}` takes a list of options, not {}: write `[…]`", text))
            }
            kind::DYNAMIC_COMBO => self.branch_fault(input, value, text),
            _ => self.scalar_fault(input, value, text),
        }
    }

    /// Returns a message if the list of an input does not accept a value as an item.
    pub(crate) const fn item_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::AUTOGROW => {
                let (_, _, mut element) = input.autogrow();
                element.ident = input.ident;
                self.fault(&element, value, text)
            }
            kind::GROUP => Some(self.refused(input, "`{}.{}` takes a list of rows, and {} is not a row", text)),
            kind::MANY => self.option_fault(input, value, text),
            _ => None,
        }
    }

    /// Returns a message if an input does not accept a list of `count` items.
    pub(crate) const fn count_fault(self, input: &InputDesc, count: usize) -> Option<Message> {
        let (min, max) = match input.kind {
            kind::AUTOGROW => {
                let (min, names, _) = input.autogrow();
                (min, names.len())
            }
            kind::GROUP => input.rows(),
            _ => return None,
        };
        if min <= count && count <= max {
            return None;
        }
        let (min, max, count) = (Digits::of(min), Digits::of(max), Digits::of(count));
        Some(Message::new(
            "`{}.{}` takes {} to {} entries, not {}",
            &[self.class(), input.ident, min.as_str(), max.as_str(), count.as_str()],
        ))
    }

    const fn scalar_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::INT => match value {
                LitValue::Int(_) => self.range_fault(input, value, text),
                LitValue::Float(_) => {
                    Some(self.refused(input, "`{}.{}` is an INT, and {} is not a whole number", text))
                }
                _ => Some(self.refused(input, "`{}.{}` is an INT, not {}", text)),
            },
            kind::FLOAT => match value {
                LitValue::Int(_) | LitValue::Float(_) => self.range_fault(input, value, text),
                _ => Some(self.refused(input, "`{}.{}` is a FLOAT, not {}", text)),
            },
            kind::STRING => match value {
                LitValue::Str(_) => None,
                _ => Some(self.refused(input, "`{}.{}` is a STRING, not {}", text)),
            },
            kind::BOOLEAN => match value {
                LitValue::Bool(_) => None,
                _ => Some(self.refused(input, "`{}.{}` is a BOOLEAN, not {}", text)),
            },
            kind::COMBO => self.option_fault(input, value, text),
            kind::OPEN_COMBO | kind::WIDGET | kind::ANY | kind::RAW => None,
            kind::UNION if union_takes(input.ty, value) => None,
            _ => Some(Message::new(
                "`{}.{}` takes a link of type {}, not {}",
                &[self.class(), input.ident, input.ty, text],
            )),
        }
    }

    /// Returns the message about a value that an input does not accept.
    const fn refused(self, input: &InputDesc, template: &str, text: &str) -> Message {
        Message::new(template, &[self.class(), input.ident, text])
    }

    const fn range_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        let (class, ident) = (self.class(), input.ident);
        let (min, max) = (Bound::read(input.min), Bound::read(input.max));
        let low = match min {
            Some(bound) => less(value, bound),
            None => false,
        };
        let high = match max {
            Some(bound) => greater(value, bound),
            None => false,
        };
        if !low && !high {
            return None;
        }
        Some(match (min, max) {
            (Some(min), Some(max)) => {
                Message::new("`{}.{}` must be in {}..={}, not {}", &[class, ident, min.text(), max.text(), text])
            }
            (Some(min), None) => Message::new("`{}.{}` must be at least {}, not {}", &[class, ident, min.text(), text]),
            (None, Some(max)) => Message::new("`{}.{}` must be at most {}, not {}", &[class, ident, max.text(), text]),
            (None, None) => return None,
        })
    }

    const fn option_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        let mut values = input.values();
        while let Some(packed) = values.advance() {
            if let Some(option) = Bound::read(packed)
                && equal(value, option)
            {
                return None;
            }
        }
        let mut near = Nearest::to(value);
        let mut values = input.values();
        while let Some(packed) = values.advance() {
            if let Some(option) = Bound::read(packed) {
                near = near.or(option);
            }
        }
        let mut message = self.no_option(input, text, near);
        let mut values = input.values();
        let mut listed = 0;
        while let Some(packed) = values.advance() {
            if listed == MAX_LISTED_OPTIONS {
                let total = Digits::of(input.values().len());
                return Some(message.then(", … ({} in all)", &[total.as_str()]));
            }
            if let Some(option) = Bound::read(packed) {
                message = list_option(message, listed, option);
            }
            listed += 1;
        }
        Some(message)
    }

    const fn branch_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        let LitValue::Str(key) = value else {
            return Some(self.refused(input, "`{}.{}` takes one of its branches, not {}", text));
        };
        match input.branches().find(key) {
            Some(branch) if branch.implied.is_some() => None,
            Some(_) => Some(Message::new(
                "`{}.{}`: option {} has required inputs of its own, so it is written as its branch, `{}::… { … }`",
                &[self.class(), input.ident, text, input.ident],
            )),
            None => {
                let mut near = Nearest::to(value);
                let mut branches = input.branches();
                while let Some(branch) = branches.advance() {
                    near = near.or(Bound::Text(branch.key));
                }
                let mut message = self.no_option(input, text, near);
                let mut branches = input.branches();
                let mut listed = 0;
                while let Some(branch) = branches.advance() {
                    message = list_option(message, listed, Bound::Text(branch.key));
                    listed += 1;
                }
                Some(message)
            }
        }
    }

    /// Returns the message about an unknown option, to which the caller appends the list of options.
    const fn no_option(self, input: &InputDesc, text: &str, near: Nearest<'_>) -> Message {
        let (class, ident) = (self.class(), input.ident);
        match near.best {
            Some(near) => {
                Message::new("`{}.{}` has no option {}; did you mean \"{}\"? options: ", &[class, ident, text, near])
            }
            None => Message::new("`{}.{}` has no option {}; options: ", &[class, ident, text]),
        }
    }
}

/// Appends one option of a list.
const fn list_option(message: Message, listed: usize, option: Bound) -> Message {
    let template = match (listed, option) {
        (0, Bound::Text(_)) => "\"{}\"",
        (_, Bound::Text(_)) => ", \"{}\"",
        (0, _) => "{}",
        _ => ", {}",
    };
    message.then(template, &[option.text()])
}

const fn contains(indices: &[u16], index: u16) -> bool {
    let mut i = 0;
    while i < indices.len() {
        if indices[i] == index {
            return true;
        }
        i += 1;
    }
    false
}

/// Returns whether a union contains a type that has literals of this kind.
const fn union_takes(types: &str, value: LitValue<'_>) -> bool {
    match value {
        LitValue::Int(_) => has_word(types, "INT") || has_word(types, "FLOAT"),
        LitValue::Float(_) => has_word(types, "FLOAT"),
        LitValue::Str(_) => has_word(types, "STRING") || has_word(types, "COMBO"),
        LitValue::Bool(_) => has_word(types, "BOOLEAN"),
    }
}

/// Returns whether a comma-separated list contains a word.
const fn has_word(list: &str, word: &str) -> bool {
    let (list, word) = (list.as_bytes(), word.as_bytes());
    let mut start = 0;
    while start + word.len() <= list.len() {
        let end = start + word.len();
        let mut i = 0;
        while i < word.len() && list[start + i] == word[i] {
            i += 1;
        }
        let starts = start == 0 || list[start - 1] == b',';
        if i == word.len() && starts && (end == list.len() || list[end] == b',') {
            return true;
        }
        start += 1;
    }
    false
}

#[expect(clippy::cast_precision_loss, reason = "the server compares in double precision as well")]
const fn as_float(value: LitValue<'_>) -> Option<f64> {
    match value {
        LitValue::Int(int) => Some(int as f64),
        LitValue::Float(float) => Some(float),
        LitValue::Bool(true) => Some(1.0),
        LitValue::Bool(false) => Some(0.0),
        LitValue::Str(_) => None,
    }
}

/// Returns whether `value < bound`. Two integers are compared exactly, other numbers in double precision.
pub(super) const fn less(value: LitValue<'_>, bound: Bound) -> bool {
    match (value, bound) {
        (LitValue::Int(value), Bound::Int(bound, _)) => value < bound,
        _ => match (as_float(value), as_float(bound.value())) {
            (Some(value), Some(bound)) => value < bound,
            _ => false,
        },
    }
}

/// Returns whether `value > bound`. Two integers are compared exactly, other numbers in double precision.
pub(super) const fn greater(value: LitValue<'_>, bound: Bound) -> bool {
    match (value, bound) {
        (LitValue::Int(value), Bound::Int(bound, _)) => value > bound,
        _ => match (as_float(value), as_float(bound.value())) {
            (Some(value), Some(bound)) => value > bound,
            _ => false,
        },
    }
}

/// Returns whether Python considers a value and an option equal: 1, 1.0 and true are equal, strings compare exactly.
#[expect(clippy::float_cmp, reason = "the server tests membership with exact equality")]
const fn equal(value: LitValue<'_>, option: Bound) -> bool {
    match (value, option) {
        (LitValue::Str(value), Bound::Text(option)) => same(value, option),
        (LitValue::Int(value), Bound::Int(option, _)) => value == option,
        (_, Bound::Json(_)) => false,
        _ => match (as_float(value), as_float(option.value())) {
            (Some(value), Some(option)) => value == option,
            _ => false,
        },
    }
}

impl Bound {
    const fn value(self) -> LitValue<'static> {
        match self {
            Self::Int(value, _) => LitValue::Int(value),
            Self::Float(value, _) => LitValue::Float(value),
            Self::Bool(value, _) => LitValue::Bool(value),
            Self::Text(text) | Self::Json(text) => LitValue::Str(text),
        }
    }
}

/// The string option most similar to a value, if their distance is at most a third of the value's length.
#[derive(Clone, Copy)]
struct Nearest<'a> {
    text: &'a str,
    best: Option<&'static str>,
    distance: usize,
}

impl<'a> Nearest<'a> {
    const fn to(value: LitValue<'a>) -> Self {
        match value {
            LitValue::Str(text) => Self { text, best: None, distance: text.len() / 3 + 1 },
            _ => Self { text: "", best: None, distance: 0 },
        }
    }

    const fn or(self, option: Bound) -> Self {
        let Bound::Text(word) = option else { return self };
        let distance = distance(self.text.as_bytes(), word.as_bytes());
        if distance < self.distance { Self { best: Some(word), distance, ..self } } else { self }
    }
}

/// Returns the Levenshtein distance in bytes, ignoring ASCII case. If a word is longer than [`MAX_WORD_LEN`],
/// the distance is `usize::MAX`.
const fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > MAX_WORD_LEN || b.len() > MAX_WORD_LEN {
        return usize::MAX;
    }
    let mut row = [0; MAX_WORD_LEN + 1];
    let mut j = 0;
    while j <= b.len() {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        let mut j = 0;
        while j < b.len() {
            let substituted = diagonal + !a[i].eq_ignore_ascii_case(&b[j]) as usize;
            diagonal = row[j + 1];
            let inserted = if row[j] < row[j + 1] { row[j] + 1 } else { row[j + 1] + 1 };
            row[j + 1] = if substituted < inserted { substituted } else { inserted };
            j += 1;
        }
        i += 1;
    }
    row[b.len()]
}
