//! What a literal, a list or a set of given inputs must satisfy: one set of rules for the compiler and for
//! [`Graph::finish`](crate::Graph::finish).

use super::literal::LitValue;
use super::message::Message;
use super::read::{Bound, List, same, same_bytes};
use super::{Desc, InputDesc, Lit, kind};

/// Longest list of options that a message spells out.
const LISTED_OPTIONS: usize = 12;

/// The longest word for which a near miss is looked for.
const LONGEST_WORD: usize = 63;

/// Ends the evaluation of a constant with a message, which rustc shows at the caller's place. Node literals call this
/// module's checks in constants only, so it never happens at run time.
#[track_caller]
#[expect(clippy::panic, reason = "the only way for a constant to say what is wrong")]
const fn refuse(message: &Message) {
    panic!("{}", message.as_str());
}

impl Desc {
    /// Which declared inputs a node literal gives, as indices.
    ///
    /// # Panics
    ///
    /// At compile time, as the error message: when a required input without a default is not among `fields`. A field
    /// that does not exist is left to rustc, which names it better, and then nothing is said about missing ones.
    #[track_caller]
    pub const fn given<const N: usize>(self, fields: [&[u8]; N]) -> [u16; N] {
        match self.surely_given(&fields) {
            Some(indices) => indices,
            None => self.given_or_refused(&fields),
        }
    }

    /// The same, whatever is missing. A function of its own, because the compiler sets up all of a function's
    /// variables on each call.
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

    /// One message that lists every input that is missing.
    const fn missing(self, given: &[u16], count: usize) -> Message {
        let mut message = self.subject().push(": missing required input");
        message = message.push(if count == 1 { " " } else { "s " });
        let mut inputs = self.inputs();
        let mut index = 0;
        let mut listed = 0;
        while let Some(input) = inputs.advance() {
            if !contains(given, index) && input.needed {
                if listed > 0 {
                    message = message.push(", ");
                }
                message = message.push("`").push(input.ident).push(": ").push(input.ty).push("`");
                listed += 1;
            }
            index += 1;
        }
        message
    }

    /// "node `KSampler`", "branch `scale dimensions`", "row".
    const fn subject(self) -> Message {
        if self.class().is_empty() {
            return Message::new().push("row");
        }
        let what = if self.is_branch() { "branch `" } else { "node `" };
        Message::new().push(what).push(self.class()).push("`")
    }

    /// A literal as the value of the field `field`.
    ///
    /// # Panics
    ///
    /// At compile time, as the error message: when the input does not take the literal.
    #[track_caller]
    pub const fn lit(self, field: &[u8], lit: Lit) -> Lit {
        if !self.surely_takes(field, lit.value) {
            self.look_closer(field, lit);
        }
        lit
    }

    #[track_caller]
    const fn look_closer(self, field: &[u8], lit: Lit) {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.fault(&input, lit.value, lit.json)
        {
            refuse(&message);
        }
    }

    /// A literal inside a list that is the value of the field `field`.
    ///
    /// # Panics
    ///
    /// At compile time, as the error message: when the input's items do not take the literal.
    #[track_caller]
    pub const fn item(self, field: &[u8], lit: Lit) -> Lit {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.item_fault(&input, lit.value, lit.json)
        {
            refuse(&message);
        }
        lit
    }

    /// The length of a list that is the value of the field `field`.
    ///
    /// # Panics
    ///
    /// At compile time, as the error message: when the input takes fewer or more items.
    #[track_caller]
    pub const fn count(self, field: &[u8], count: usize) {
        if let Some(input) = self.inputs().find(field)
            && let Some(message) = self.count_fault(&input, count)
        {
            refuse(&message);
        }
    }

    /// What is wrong with a value for an input, if anything. `text` is the value as messages show it.
    pub(crate) const fn fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::AUTOGROW | kind::GROUP => {
                Some(self.about(input).push(" takes a list, not ").push(text).push(": write `[…]`"))
            }
            kind::MANY | kind::OPEN_MANY => {
                Some(self.about(input).push(" takes a list of options, not ").push(text).push(": write `[…]`"))
            }
            kind::DYNAMIC_COMBO => self.branch_fault(input, value, text),
            _ => self.scalar_fault(input, value, text),
        }
    }

    /// What is wrong with a value inside a list for an input, if anything.
    pub(crate) const fn item_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::AUTOGROW => {
                let (_, _, mut element) = input.autogrow();
                element.ident = input.ident;
                self.fault(&element, value, text)
            }
            kind::GROUP => Some(self.about(input).push(" takes a list of rows, and ").push(text).push(" is none")),
            kind::MANY => self.option_fault(input, value, text),
            _ => None,
        }
    }

    /// What is wrong with the length of a list for an input, if anything.
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
        Some(
            self.about(input)
                .push(" takes ")
                .push_num(min)
                .push(" to ")
                .push_num(max)
                .push(" entries, not ")
                .push_num(count),
        )
    }

    const fn scalar_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        match input.kind {
            kind::INT => match value {
                LitValue::Int(_) => self.range_fault(input, value, text),
                LitValue::Float(_) => {
                    Some(self.about(input).push(" is an INT, and ").push(text).push(" is not a whole number"))
                }
                _ => Some(self.wrong_type(input, "an INT", text)),
            },
            kind::FLOAT => match value {
                LitValue::Int(_) | LitValue::Float(_) => self.range_fault(input, value, text),
                _ => Some(self.wrong_type(input, "a FLOAT", text)),
            },
            kind::STRING => match value {
                LitValue::Str(_) => None,
                _ => Some(self.wrong_type(input, "a STRING", text)),
            },
            kind::BOOLEAN => match value {
                LitValue::Bool(_) => None,
                _ => Some(self.wrong_type(input, "a BOOLEAN", text)),
            },
            kind::COMBO => self.option_fault(input, value, text),
            kind::OPEN_COMBO | kind::WIDGET | kind::ANY | kind::RAW => None,
            kind::UNION if union_takes(input.ty, value) => None,
            _ => Some(self.about(input).push(" takes a link of type ").push(input.ty).push(", not ").push(text)),
        }
    }

    /// "`KSampler.steps`"
    pub(crate) const fn about(self, input: &InputDesc) -> Message {
        Message::new().push("`").push(self.class()).push(".").push(input.ident).push("`")
    }

    const fn wrong_type(self, input: &InputDesc, what: &str, text: &str) -> Message {
        self.about(input).push(" is ").push(what).push(", not ").push(text)
    }

    const fn range_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
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
        let message = self.about(input).push(" must be ");
        let message = match (min, max) {
            (Some(min), Some(max)) => message.push("in ").push(min.text()).push("..=").push(max.text()),
            (Some(min), None) => message.push("at least ").push(min.text()),
            (None, Some(max)) => message.push("at most ").push(max.text()),
            (None, None) => message,
        };
        Some(message.push(", not ").push(text))
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
        let message = self.about(input).push(" has no option ").push(text);
        let message = match value {
            LitValue::Str(text) => nearest(input.values(), text).ask(message),
            _ => message.push(";"),
        };
        Some(list_options(message, input.values()))
    }

    const fn branch_fault(self, input: &InputDesc, value: LitValue<'_>, text: &str) -> Option<Message> {
        let LitValue::Str(key) = value else {
            return Some(self.about(input).push(" takes one of its branches, not ").push(text));
        };
        match input.branches().find(key) {
            Some(branch) if branch.implied.is_some() => None,
            Some(_) => Some(
                self.about(input)
                    .push(": option ")
                    .push(text)
                    .push(" has required inputs of its own, so it is written as its branch, `")
                    .push(input.ident)
                    .push("::… { … }`"),
            ),
            None => {
                let mut near = Nearest::to(key);
                let mut branches = input.branches();
                while let Some(branch) = branches.advance() {
                    near = near.or(branch.key);
                }
                let mut message = near.ask(self.about(input).push(" has no option ").push(text)).push(" options: ");
                let mut branches = input.branches();
                let mut listed = 0;
                while let Some(branch) = branches.advance() {
                    if listed > 0 {
                        message = message.push(", ");
                    }
                    message = message.push("\"").push(branch.key).push("\"");
                    listed += 1;
                }
                Some(message)
            }
        }
    }
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

/// Whether a union names a type that has literals of this kind.
const fn union_takes(types: &str, value: LitValue<'_>) -> bool {
    match value {
        LitValue::Int(_) => has_word(types, "INT") || has_word(types, "FLOAT"),
        LitValue::Float(_) => has_word(types, "FLOAT"),
        LitValue::Str(_) => has_word(types, "STRING") || has_word(types, "COMBO"),
        LitValue::Bool(_) => has_word(types, "BOOLEAN"),
    }
}

/// Whether a comma list holds a word.
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

/// `value < bound`, exact between integers.
pub(super) const fn less(value: LitValue<'_>, bound: Bound) -> bool {
    match (value, bound) {
        (LitValue::Int(value), Bound::Int(bound, _)) => value < bound,
        _ => match (as_float(value), as_float(bound.value())) {
            (Some(value), Some(bound)) => value < bound,
            _ => false,
        },
    }
}

/// `value > bound`, exact between integers.
pub(super) const fn greater(value: LitValue<'_>, bound: Bound) -> bool {
    match (value, bound) {
        (LitValue::Int(value), Bound::Int(bound, _)) => value > bound,
        _ => match (as_float(value), as_float(bound.value())) {
            (Some(value), Some(bound)) => value > bound,
            _ => false,
        },
    }
}

/// Python's equality: 1, 1.0 and true are equal, texts compare exactly.
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

/// Appends ` options: "a", "b", … (44 in all)`.
const fn list_options(message: Message, mut values: List) -> Message {
    let total = values.len();
    let mut message = message.push(" options: ");
    let mut listed = 0;
    while let Some(packed) = values.advance() {
        if listed == LISTED_OPTIONS {
            return message.push(", … (").push_num(total).push(" in all)");
        }
        if listed > 0 {
            message = message.push(", ");
        }
        if let Some(option) = Bound::read(packed) {
            let quote = if matches!(option, Bound::Text(_)) { "\"" } else { "" };
            message = message.push(quote).push(option.text()).push(quote);
        }
        listed += 1;
    }
    message
}

/// The option nearest to a text.
const fn nearest(mut values: List, text: &str) -> Nearest<'_> {
    let mut near = Nearest::to(text);
    while let Some(packed) = values.advance() {
        if let Some(Bound::Text(option)) = Bound::read(packed) {
            near = near.or(option);
        }
    }
    near
}

/// The word nearest to another, if it is near: at most a third of its characters differ.
#[derive(Clone, Copy)]
struct Nearest<'a> {
    text: &'a str,
    best: Option<&'static str>,
    distance: usize,
}

impl<'a> Nearest<'a> {
    const fn to(text: &'a str) -> Self {
        Self { text, best: None, distance: text.len() / 3 + 1 }
    }

    const fn or(self, word: &'static str) -> Self {
        let distance = distance(self.text.as_bytes(), word.as_bytes());
        if distance < self.distance { Self { best: Some(word), distance, ..self } } else { self }
    }

    /// "; did you mean …?", or what else stands before the options.
    const fn ask(self, message: Message) -> Message {
        match self.best {
            Some(word) => message.push("; did you mean \"").push(word).push("\"?"),
            None => message.push(";"),
        }
    }
}

/// Levenshtein distance in bytes, ASCII case ignored; of long words, "far".
const fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > LONGEST_WORD || b.len() > LONGEST_WORD {
        return usize::MAX;
    }
    let mut row = [0; LONGEST_WORD + 1];
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
