//! The directory of a descriptor, which has a few marks of the name of every input, at fixed positions.
//!
//! The compiler looks up inputs for every literal of a workflow, step by step in an interpreter. With the marks it
//! rejects most wrong inputs after one comparison.

use std::collections::HashMap;

use super::encoder::Encoder;
use super::input;
use crate::plan::Field;

/// The flag of an input that must be given.
const NEEDED: u8 = 1;
/// The flag of an input whose marks another input of the node has too.
const AMBIGUOUS: u8 = 2;

/// The number of fields of a record with the same marks.
pub(super) struct Marks(HashMap<[usize; 3], usize>);

impl Marks {
    pub(super) fn of(fields: &[Field<'_>]) -> Self {
        let mut counts = HashMap::new();
        for field in fields {
            *counts.entry(marks(field.ident.name())).or_default() += 1;
        }
        Self(counts)
    }

    /// Writes the entry of a field whose body begins at `offset`, counted from the end of the directory.
    pub(super) fn entry(&self, field: &Field<'_>, offset: usize, out: &mut Encoder) {
        let marks = marks(field.ident.name());
        for mark in marks {
            out.digit(mark);
        }
        let is_ambiguous = self.0.get(&marks).is_some_and(|&count| count > 1);
        let flags = [(input::is_needed(field), NEEDED), (is_ambiguous, AMBIGUOUS)];
        out.flags(flags.into_iter().filter_map(|(set, flag)| set.then_some(flag)).sum());
        out.offset(offset);
    }
}

/// Returns the marks of a name: the low five bits of its length, of its first byte and of its last byte.
fn marks(ident: &str) -> [usize; 3] {
    let bytes = ident.as_bytes();
    [bytes.len(), bytes.first().copied().unwrap_or_default().into(), bytes.last().copied().unwrap_or_default().into()]
        .map(|number| number & 31)
}

#[cfg(test)]
mod tests {
    use super::marks;

    #[test]
    fn length_first_and_last_letter_tell_names_apart() {
        assert_ne!(marks("conditioning_1"), marks("conditioning_2"));
        assert_ne!(marks("positive"), marks("negative"));
        assert_ne!(marks("model"), marks("models"));
        assert_eq!(marks("width"), marks("worth"));
        assert_eq!(marks(""), [0, 0, 0]);
    }
}
