//! The kinds of input fields, and the values that each kind accepts.
//!
//! A field of a node holds nothing. Its type is the kind of the input, and [`IntoField`] is implemented for every
//! value that the kind accepts. `docs/generated-code.md` has the table of kinds.
//!
//! A function that takes any value for an input names the kind:
//!
//! ```
//! use comfy_runtime::field::{IntoField, Raw};
//! use comfy_runtime::{Graph, NodeRef};
//!
//! fn preview(graph: &Graph, source: impl IntoField<Raw>) -> NodeRef {
//!     graph.raw("PreviewAny").input("source", source).add()
//! }
//! ```

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

pub use crate::slot::Slot;

use std::marker::PhantomData;

use crate::graph::site::Site;

/// A kind of input field.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the type of an input",
    label = "this field does not belong to a node",
    note = "inside `workflow!` every struct literal places a node; mark an ordinary one: `#[plain] Name {{ … }}`"
)]
pub trait Field: Copy {
    /// The value of the field in a node literal.
    #[doc(hidden)]
    const GIVEN: Self;
}

/// A value that a field of kind `F` accepts.
///
/// This trait is implemented for literals and values of the matching Rust types, for outputs whose type matches, for
/// `Option` of any of these (`None` is the same as leaving the input out), and, for lists, for arrays, vectors and
/// iterators. The rules follow the server's type match: equal types, overlapping unions, or `*` on either side.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot feed `{F}`", label = "this is `{Self}`, the input is `{F}`")]
pub trait IntoField<F: Field>: Sized {
    /// Converts the value into the form in which a graph stores it.
    fn into_slot(self) -> Slot;

    /// Stores the value for the next input of `site`, whose field is `field`.
    #[doc(hidden)]
    fn put(field: F, site: &Site<'_>, value: Self) {
        let _ = field;
        site.push(value.into_slot());
    }

    /// Converts the value into one whose type depends only on the kind, so that all arms of an `if` have the same type.
    #[doc(hidden)]
    fn convert(self) -> Given<F> {
        Given { slot: self.into_slot(), kind: PhantomData }
    }
}

/// A value that has been converted for a field of kind `F`.
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
