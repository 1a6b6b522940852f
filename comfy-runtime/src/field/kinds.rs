//! The kinds of input fields, as zero-sized types.

use std::fmt;
use std::marker::PhantomData;

use super::Field;

/// Declares a kind. It is `Copy` regardless of its arguments, and only this crate can create values of it.
macro_rules! kind {
    ($(#[$doc:meta])* $name:ident<$($arg:ident $(= $default:ty)?),*>) => {
        $(#[$doc])*
        pub struct $name<$($arg $(= $default)?),*>(PhantomData<fn() -> ($($arg,)*)>);

        #[allow(clippy::expl_impl_clone_on_copy, reason = "a derive would require it of the arguments")]
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
    /// An input of type `T`, which accepts a link of `T` and, for `INT`, `FLOAT`, `STRING` and `BOOLEAN`, a value.
    Input<T>
}
kind! {
    /// An input whose widget edits JSON (`COLOR`, `CURVE`, `BOUNDING_BOX`, …). It accepts a link of `T` or any JSON
    /// value.
    Widget<T>
}
kind! {
    /// A combo: one of a list of options.
    ///
    /// `O` is the generated enum of the options, or [`AnyOption`]. `S` is the form in which the server declares the
    /// combo, [`Word`] or [`Array`], which determines the links that it accepts.
    Combo<O = AnyOption, S = Word>
}
kind! {
    /// A multi-select combo: several of a list of options, sent as `{"__value__": [...]}`.
    Many<O = AnyOption>
}
kind! {
    /// An input that accepts any type of the union `U`.
    OneOf<U>
}
kind! {
    /// A socket whose type equals that of other sockets of the node (MATCHTYPE) and is a member of `U`.
    Match<T, U = Anything>
}
kind! {
    /// A growing list of inputs of kind `K` (AUTOGROW).
    Grow<K>
}
kind! {
    /// A dynamic combo (DYNAMICCOMBO): each option has inputs of its own. `B` marks the branches.
    Choice<B>
}
kind! {
    /// A list of rows of inputs (DYNAMICGROUP). `R` marks the row.
    Rows<R>
}
kind! {
    /// An input of type `*`, which accepts anything.
    AnyInput<>
}
kind! {
    /// An input without a typed form, which accepts JSON or a link and sends it unchanged.
    Raw<>
}

/// The options of a combo without an enum: an open list (such as files on the server), or options that are not strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyOption(());

/// The type argument of a MATCHTYPE node whose type is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown(());

/// The union of all types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anything(());

/// The form of a combo declared as `["COMBO", {"options": [...]}]`, which accepts links of any combo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word(());

/// The form of a combo declared as `[["a", "b"], {...}]`, which accepts only links of a combo with the same options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Array(());

/// The type of an output that is declared as a list of options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<O>(PhantomData<fn() -> O>);
