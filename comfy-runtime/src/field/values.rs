//! Rust values as values of inputs.

#![allow(clippy::useless_conversion, reason = "one conversion for several types, of which it is one")]

use std::borrow::Cow;

use super::{AnyInput, Choice, Combo, Field, Input, IntoField, Many, MemberOf, OneOf, Raw, Widget};
use crate::desc::Lit;
use crate::out::Branch;
use crate::slot::{Slot, Value};
use crate::types::{BOOLEAN, FLOAT, INT, STRING};

/// Rust types as values of the kinds that take them.
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
    // A value of the primitive type `$marker`, which also stands where a combo, JSON or anything goes.
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
// Lossless: Rust supports no target whose pointers are wider than 64 bits.
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

/// The double nearest to the decimal that the float prints as: 0.1 stays 0.1.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

/// A JSON literal; an array is wrapped, because a bare array in a prompt is a link.
fn json(value: &serde_json::Value) -> Value {
    let text = if value.is_array() { format!("{{\"__value__\":{value}}}") } else { value.to_string() };
    Value::Json(text.into())
}

/// Literals fit every kind as far as types go; the descriptor has checked them when the program was compiled.
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

/// The key of a branch: stored as a text, because what the branch implies is written with it.
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
/// It has no `Debug` and no `Eq`: each would cost a tenth of the time to compile all nodes. Show and compare
/// [`value`](Self::value), or use `matches!`.
pub trait ComboEnum: Copy + 'static {
    /// The options, each with what ComfyUI calls it, in ComfyUI's order.
    const OPTIONS: &'static [(Self, &'static str)];

    /// Its place among the options.
    fn index(&self) -> usize;

    /// The option, exactly as ComfyUI has it.
    fn value(&self) -> &'static str {
        Self::OPTIONS.get(self.index()).map_or("", |(_, value)| value)
    }

    /// The option that ComfyUI calls this; `None` if there is none.
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

/// JSON for any input whatsoever, sent exactly as it is and checked by nobody but the server. See [`unchecked`].
#[derive(Debug, Clone)]
pub struct Unchecked(Value);

/// Lets `value` be given for any input, whatever its type. Nothing is checked and nothing is wrapped: an array of an
/// id and a number is a link.
///
/// For the rare case where the server is laxer than its schema, such as a literal on a socket.
#[must_use]
pub fn unchecked(value: impl Into<serde_json::Value>) -> Unchecked {
    Unchecked(Value::Json(value.into().to_string().into()))
}

/// JSON text for any input whatsoever, sent to the letter: for objects and lists, and for numbers that no Rust type
/// holds. Like [`unchecked`], nothing is wrapped.
///
/// Text that is no JSON is an error of the workflow when it is finished.
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
