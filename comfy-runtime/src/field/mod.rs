//! The kinds of input fields, and what may be given for each.
//!
//! A field of a node holds nothing. Its type says what the input takes, and [`IntoField`] is implemented for every
//! value that may stand there. `docs/generated-code.md` has the table of kinds.

mod kinds;
mod links;
mod lists;
mod values;

pub use kinds::{
    AnyInput, AnyOption, Anything, Array, Choice, Combo, Grow, Input, Listed, Many, Match, OneOf, Raw, Rows, Unknown,
    Widget, Word,
};
pub use links::{Linkable, MemberOf, Overlaps};
pub use lists::{Items, List, list};
pub use values::{ComboEnum, Unchecked, unchecked, unchecked_json};

use std::marker::PhantomData;

use crate::graph::Site;
use crate::slot::Slot;

/// A kind of input field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of an input",
    label = "this field belongs to no node",
    note = "inside `workflow!` every struct literal places a node; mark an ordinary one: `#[plain] Name {{ … }}`"
)]
pub trait Field: Copy {
    /// The field, once a value for it has been stored.
    #[doc(hidden)]
    const GIVEN: Self;
}

/// A value that may be given for a field of kind `F`.
///
/// Implemented for literals and values of the matching Rust types, for outputs whose type fits, for `Option` of any of
/// these (`None` is the same as leaving the input out), and, for lists, for arrays, vectors and iterators. The rules
/// follow the server's own type match: equal words, an overlap of unions, `*` on either side.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot feed `{F}`", label = "this is `{Self}`, the input is `{F}`")]
pub trait IntoField<F: Field>: Sized {
    /// The value as the graph stores it.
    fn into_slot(self) -> Slot;

    /// Stores the value for the next input of `site`, whose field is `field`.
    #[doc(hidden)]
    fn put(field: F, site: &Site<'_>, value: Self) {
        let _ = field;
        site.push(value.into_slot());
    }

    /// The value with its kind fixed, so that the arms of an `if` agree.
    #[doc(hidden)]
    fn convert(self) -> Given<F> {
        Given { slot: self.into_slot(), kind: PhantomData }
    }
}

/// A value that is already known to fit `F`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Given<F> {
    slot: Slot,
    kind: PhantomData<fn() -> F>,
}

#[diagnostic::do_not_recommend]
impl<F: Field> IntoField<F> for Given<F> {
    fn into_slot(self) -> Slot {
        self.slot
    }
}

#[diagnostic::do_not_recommend]
impl<F: Field, V: IntoField<F>> IntoField<F> for Option<V> {
    fn into_slot(self) -> Slot {
        self.map_or(Slot(crate::slot::Value::NotGiven), V::into_slot)
    }
}
