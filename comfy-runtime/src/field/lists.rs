//! Lists as values of inputs: autogrow inputs, multi-select combos, rows.

use super::{AnyInput, Choice, Combo, Field, Given, Grow, IntoField, Many, Raw, Rows, Widget, Word};
use crate::slot::{Slot, Value};

/// The converted items of an array literal. The macro creates it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Items<F, const N: usize>(pub [Given<F>; N]);

impl<F: Field, const N: usize> Items<F, N> {
    fn into_list(self) -> Slot {
        Slot(Value::List(self.0.into_iter().map(IntoField::into_slot).collect()))
    }
}

/// Implements [`IntoField`] for lists: each line maps the kind of the items to the kind of the field.
macro_rules! list_kinds {
    ($([$($generics:tt)*] $item:ty => $list:ty;)*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$($generics)* const N: usize> IntoField<$list> for Items<$item, N> {
                fn into_slot(self) -> Slot {
                    self.into_list()
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($generics)* V: IntoField<$item>> IntoField<$list> for Vec<V> {
                fn into_slot(self) -> Slot {
                    collect::<$item, V>(self)
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($generics)* V: IntoField<$item>, const N: usize> IntoField<$list> for [V; N] {
                fn into_slot(self) -> Slot {
                    collect::<$item, V>(self)
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($generics)* V: IntoField<$item> + Clone> IntoField<$list> for &[V] {
                fn into_slot(self) -> Slot {
                    collect::<$item, V>(self.iter().cloned())
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($generics)* V: IntoField<$item> + Clone> IntoField<$list> for &Vec<V> {
                fn into_slot(self) -> Slot {
                    collect::<$item, V>(self.iter().cloned())
                }
            }

            #[diagnostic::do_not_recommend]
            impl<$($generics)* I: Iterator> IntoField<$list> for List<I>
            where
                I::Item: IntoField<$item>,
            {
                fn into_slot(self) -> Slot {
                    collect::<$item, I::Item>(self.0)
                }
            }
        )*
    };
}

list_kinds! {
    [K: Field,] K => Grow<K>;
    [O,] Combo<O, Word> => Many<O>;
    [R,] Choice<R> => Rows<R>;
    [T,] Raw => Widget<T>;
    [] Raw => Raw;
    [] Raw => AnyInput;
}

fn collect<F: Field, V: IntoField<F>>(items: impl IntoIterator<Item = V>) -> Slot {
    Slot(Value::List(items.into_iter().map(IntoField::<F>::into_slot).collect()))
}

/// An iterator as the value of a list input. Created by [`list`].
#[derive(Debug, Clone)]
#[must_use = "the iterator is read only as the value of an input"]
pub struct List<I>(I);

/// Returns an iterator as a value for a list input: `images: list(frames.iter().map(|f| LoadImage { image: f }.image))`.
///
/// The iterator is read once, when the node is placed. The number of items is checked when the graph is finished.
pub fn list<I: IntoIterator>(items: I) -> List<I::IntoIter> {
    List(items.into_iter())
}
