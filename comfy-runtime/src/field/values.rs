//! Rust values as values of inputs.

#![allow(clippy::useless_conversion, reason = "one conversion serves several types, one of which is the target")]

use std::borrow::Cow;

use super::{AnyInput, Choice, Combo, Field, Input, IntoField, Many, MemberOf, OneOf, Raw, Widget};
use crate::desc::Lit;
use crate::out::Branch;
use crate::slot::{Slot, Value};
use crate::types::{BOOLEAN, FLOAT, INT, STRING};

/// Implements [`IntoField`] for Rust types and the kinds that accept them.
macro_rules! values {
    ($([$($ty:ty),*] => $into:expr, $kinds:tt)*) => {
        $(values!(@types [$($ty),*] $into, $kinds);)*
    };
    (@types [$($ty:ty),*] $into:expr, $kinds:tt) => {
        $(values!(@kinds $ty, $into, $kinds);)*
    };
    (@kinds $ty:ty, $into:expr, {$([$($generics:tt)*] $kind:ty $(where [$($bound:tt)*])?;)*}) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> IntoField<$kind> for $ty $(where $($bound)*)? {
                fn into_slot(self) -> Slot {
                    let into: fn($ty) -> Value = $into;
                    Slot(into(self))
                }
            }
        )*
    };
    // A value of the primitive type `$marker`, which combos, JSON widgets and inputs of any type accept as well.
    (@primitive [$($ty:ty),*] => $into:expr, $marker:ty, {$($also:tt)*}) => {
        values! {
            [$($ty),*] => $into, {
                [] Input<$marker>;
                $($also)*
                [O, S] Combo<O, S>;
                [U] OneOf<U> where [$marker: MemberOf<U>];
                [T] Widget<T>;
                [] AnyInput;
                [] Raw;
            }
        }
    };
}

values!(@primitive [i8, i16, i32, i64] => |value| Value::Int(i64::from(value)), INT, { [] Input<FLOAT>; });
values!(@primitive [u8, u16, u32, u64] => |value| Value::Unsigned(u64::from(value)), INT, { [] Input<FLOAT>; });
// These casts are lossless: Rust supports no target with pointers wider than 64 bits.
values!(@primitive [isize] => |value| Value::Int(value as i64), INT, { [] Input<FLOAT>; });
values!(@primitive [usize] => |value| Value::Unsigned(value as u64), INT, { [] Input<FLOAT>; });
values!(@primitive [f64] => Value::Float, FLOAT, {});
values!(@primitive [f32] => |value| Value::Float(shortest(value)), FLOAT, {});
values!(@primitive [bool] => Value::Bool, BOOLEAN, {});
values!(@primitive [&str, String, Box<str>, Cow<'_, str>] => |value| Value::Text(value.into()), STRING, {
    [B] Choice<B>;
});
values!(@primitive [&String] => |value| Value::Text(value.as_str().into()), STRING, { [B] Choice<B>; });
values! {
    [serde_json::Value] => |value| json(&value), {
        [O, S] Combo<O, S>;
        [T] Widget<T>;
        [] AnyInput;
        [] Raw;
    }
}

/// Returns the `f64` nearest to the shortest decimal form of an `f32`, so that 0.1 remains 0.1.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// Returns a JSON value. An array is wrapped, because a bare array in a prompt is a link.
fn json(value: &serde_json::Value) -> Value {
    let text = if value.is_array() { format!("{{\"__value__\":{value}}}") } else { value.to_string() };
    Value::Json(text.into())
}

/// Implements [`IntoField`] for literals without another check, because the descriptor checked them when the program was
/// compiled.
macro_rules! literals {
    ($([$($generics:tt)*] $kind:ty;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)*> IntoField<$kind> for Lit {
                fn into_slot(self) -> Slot {
                    Slot(Value::Checked(self.json))
                }
            }
        )*
    };
}

literals! {
    [F: super::Linkable] F;
}

#[diagnostic::do_not_recommend]
impl<K: Field> IntoField<super::Grow<K>> for Lit {
    fn into_slot(self) -> Slot {
        Slot(Value::Checked(self.json))
    }
}

#[diagnostic::do_not_recommend]
impl<R> IntoField<super::Rows<R>> for Lit {
    fn into_slot(self) -> Slot {
        Slot(Value::Checked(self.json))
    }
}

/// Stores the key of a branch as a string, with which the writer looks up the inputs that the key implies.
#[diagnostic::do_not_recommend]
impl<B> IntoField<Choice<B>> for Lit {
    fn into_slot(self) -> Slot {
        Slot(match self.value {
            crate::desc::LitValue::Str(text) => Value::Option(text),
            _ => Value::Checked(self.json),
        })
    }
}

#[diagnostic::do_not_recommend]
impl<B> IntoField<Choice<B>> for Branch<B> {
    fn into_slot(self) -> Slot {
        Slot(Value::Branch(self.node))
    }
}

/// A generated enum of the options of a closed combo.
///
/// Such enums implement neither `Debug` nor `Eq`, because each would add a tenth to the time to compile all nodes. Print
/// and compare [`value`](Self::value), or use `matches!`.
pub trait ComboEnum: Copy + 'static {
    /// The options, each with its ComfyUI spelling, in ComfyUI's order.
    const OPTIONS: &'static [(Self, &'static str)];

    /// Returns the index of the option in [`OPTIONS`](Self::OPTIONS).
    fn index(&self) -> usize;

    /// Returns the option exactly as ComfyUI spells it.
    fn value(&self) -> &'static str {
        Self::OPTIONS.get(self.index()).map_or("", |(_, value)| value)
    }

    /// Returns the option with this ComfyUI spelling.
    fn from_value(value: &str) -> Option<Self> {
        Self::OPTIONS.iter().find(|(_, text)| *text == value).map(|(option, _)| *option)
    }
}

#[diagnostic::do_not_recommend]
impl<O: ComboEnum, S> IntoField<Combo<O, S>> for O {
    fn into_slot(self) -> Slot {
        Slot(Value::Option(self.value()))
    }
}

#[diagnostic::do_not_recommend]
impl<O: ComboEnum> IntoField<Many<O>> for O {
    fn into_slot(self) -> Slot {
        Slot(Value::List([Slot(Value::Option(self.value()))].into()))
    }
}

/// JSON for any input, sent unchanged and checked only by the server. Created by [`unchecked`] and [`unchecked_json`].
#[derive(Debug, Clone)]
pub struct Unchecked(Value);

/// Returns `value` as a value for an input of any type. It is neither checked nor wrapped: an array of an id and a
/// number is a link.
///
/// This is for the rare case in which the server accepts more than its schema says, such as a literal on a socket.
#[must_use]
pub fn unchecked(value: impl Into<serde_json::Value>) -> Unchecked {
    Unchecked(Value::Json(value.into().to_string().into()))
}

/// Returns JSON text as a value for an input of any type. The text is sent unchanged, which also allows numbers that no
/// Rust type holds. As with [`unchecked`], nothing is wrapped.
///
/// Text that is not JSON is a mistake of the graph, which [`Graph::finish`](crate::Graph::finish) reports.
#[must_use]
pub fn unchecked_json(text: impl Into<String>) -> Unchecked {
    let text = text.into();
    Unchecked(match serde_json::from_str::<serde::de::IgnoredAny>(&text) {
        Ok(_) => Value::Json(text.into()),
        Err(error) => Value::NotJson(error.to_string().into()),
    })
}

#[diagnostic::do_not_recommend]
impl<F: Field> IntoField<F> for Unchecked {
    fn into_slot(self) -> Slot {
        Slot(self.0)
    }
}
