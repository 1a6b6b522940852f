//! The directory of a descriptor: enough of every input's name to find it, in places that need no search.
//!
//! The compiler looks inputs up for every literal of a workflow, step by step in an interpreter; here a wrong input costs
//! it one comparison.

use super::encoder::Encoder;
use super::input;
use crate::plan::Field;

/// It must be given.
const NEEDED: u8 = 1;
/// Another input of the node has the same marks.
const AMBIGUOUS: u8 = 2;

/// Writes the entry of a field whose body begins at `offset`, counted from the end of the directory.
pub(super) fn entry(field: &Field<'_>, all: &[Field<'_>], offset: usize, out: &mut Encoder) {
    let marks = marks(field.ident.name());
    for mark in marks {
        out.digit(mark);
    }
    let alike = all.iter().filter(|other| self::marks(other.ident.name()) == marks).count();
    let flags = [(input::is_needed(field), NEEDED), (alike > 1, AMBIGUOUS)];
    out.flags(flags.into_iter().filter_map(|(set, flag)| set.then_some(flag)).sum());
    out.offset(offset);
}

/// What tells names apart at a glance: the low five bits of the length, of the first and of the last byte.
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
