//! Outputs as values of inputs: the server's type match, expressed as trait implementations.

use super::{AnyInput, Anything, Array, Combo, Field, Input, IntoField, Listed, Many, Match, OneOf, Raw, Widget, Word};
use crate::out::{AnyOut, Out, UnionOut};
use crate::slot::{Slot, Value};
use crate::types::COMBO;

/// A type that is one of the types of the union `U`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one of the types of `{U}`",
    label = "this type is not part of the union"
)]
pub trait MemberOf<U> {}

impl<T> MemberOf<Anything> for T {}

/// A union that shares a type with the union `U`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` shares no type with `{U}`",
    label = "these unions have no type in common"
)]
pub trait Overlaps<U> {}

/// A kind of input that can be linked to an output. Lists and dynamic combos cannot, but their children can.
pub trait Linkable: Field {}

impl<T> Linkable for Input<T> {}
impl<T> Linkable for Widget<T> {}
impl<O, S> Linkable for Combo<O, S> {}
impl<O> Linkable for Many<O> {}
impl<U> Linkable for OneOf<U> {}
impl<T, U> Linkable for Match<T, U> {}
impl Linkable for AnyInput {}
impl Linkable for Raw {}

/// Implements one rule of the type match per line: which output feeds which input.
macro_rules! feeds {
    ($(impl[$($generics:tt)*] $out:ty => $kind:ty $(where [$($bound:tt)*])?;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> IntoField<$kind> for $out $(where $($bound)*)? {
                fn into_slot(self) -> Slot {
                    Slot(Value::Link(self.link))
                }
            }
        )*
    };
}

feeds! {
    impl[T] Out<T> => Input<T>;
    impl[T] Out<T> => Widget<T>;
    impl[T] Out<T> => AnyInput;
    impl[T] Out<T> => Raw;
    impl[T, U] Out<T> => OneOf<U> where [T: MemberOf<U>];
    impl[T, U] Out<T> => Match<T, U> where [T: MemberOf<U>];
    impl[O] Out<COMBO> => Combo<O, Word>;
    impl[O] Out<COMBO> => Many<O>;
    impl[O, P] Out<Listed<P>> => Combo<O, Word>;
    impl[O] Out<Listed<O>> => Combo<O, Array>;
    impl[U, T] UnionOut<U> => Input<T> where [T: MemberOf<U>];
    impl[U, T] UnionOut<U> => Widget<T> where [T: MemberOf<U>];
    impl[U, V] UnionOut<U> => OneOf<V> where [U: Overlaps<V>];
    impl[U] UnionOut<U> => AnyInput;
    impl[U] UnionOut<U> => Raw;
    impl[F] AnyOut => F where [F: Linkable];
}
