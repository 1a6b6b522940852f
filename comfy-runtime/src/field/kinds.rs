//! The kinds themselves: zero-sized types.

use std::fmt;
use std::marker::PhantomData;

use super::Field;

/// Declares a kind: copyable whatever its arguments are, and made only by this crate.
macro_rules! kind {
    ($(#[$doc:meta])* $name:ident<$($arg:ident $(= $default:ty)?),*>) => {
        $(#[$doc])*
        pub struct $name<$($arg $(= $default)?),*>(PhantomData<fn() -> ($($arg,)*)>);

        #[allow(clippy::expl_impl_clone_on_copy, reason = "a derive would ask the same of the arguments")]
        impl<$($arg),*> Clone for $name<$($arg),*> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<$($arg),*> Copy for $name<$($arg),*> {}

        impl<$($arg),*> fmt::Debug for $name<$($arg),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl<$($arg),*> Field for $name<$($arg),*> {
            const GIVEN: Self = Self(PhantomData);
        }
    };
}

kind! {
    /// An input of type `T`: a link of `T`, and for `INT`, `FLOAT`, `STRING` and `BOOLEAN` a value.
    Input<T>
}
kind! {
    /// An input whose widget edits JSON (`COLOR`, `CURVE`, `BOUNDING_BOX`, …): a link of `T`, or any JSON value.
    Widget<T>
}
kind! {
    /// One of a list of options. `O` is the generated enum of the options, or [`AnyOption`]; `S` says how the server
    /// spells the combo, [`Word`] or [`Array`], which decides what it accepts as a link.
    Combo<O = AnyOption, S = Word>
}
kind! {
    /// Several of a list of options, sent as `{"__value__": [...]}`.
    Many<O = AnyOption>
}
kind! {
    /// A union: any of several types.
    OneOf<U>
}
kind! {
    /// A link whose type is shared with other sockets of the node (MATCHTYPE), limited to the members of `U`.
    Match<T, U = Anything>
}
kind! {
    /// A growing list (AUTOGROW) of inputs of kind `K`.
    Grow<K>
}
kind! {
    /// A choice that brings inputs of its own (DYNAMICCOMBO); `B` marks the branches.
    Choice<B>
}
kind! {
    /// Repeatable rows (DYNAMICGROUP) of inputs; `R` marks the row.
    Rows<R>
}
kind! {
    /// An input of type `*`: anything.
    AnyInput<>
}
kind! {
    /// An input that has no typed form: JSON or a link, sent as it is.
    Raw<>
}

/// The options of a combo that has no enum: open lists (files on the server) and options that are not texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyOption(());

/// The type argument of a MATCHTYPE node of which nothing is known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown(());

/// The union of all types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anything(());

/// A combo spelled `["COMBO", {"options": [...]}]`: it accepts links of any combo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(());

/// A combo spelled `[["a", "b"], {...}]`: it accepts links of a combo with the very same options only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array(());

/// What an output that is declared as a list of options carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<O>(PhantomData<fn() -> O>);
