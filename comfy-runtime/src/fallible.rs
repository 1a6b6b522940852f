//! The declared return types of `#[workflow]` functions: which of them are a [`Result`].
//!
//! The macro sees only the name of a type. A type that is called `Result`, with any number of arguments, is taken apart
//! by [`Fallible`]. Every other type passes through [`Declared::is_no_result`], which refuses a [`Result`] with another
//! name: its error would otherwise become a value of the workflow, which nobody looks at.

use std::marker::PhantomData;

/// A [`Result`], whatever its alias is: `anyhow::Result<T>`, `std::io::Result<T>`.
#[diagnostic::on_unimplemented(
    message = "the return type `{Self}` is called `Result`, but is not `std::result::Result`",
    label = "not a `Result`",
    note = "a `#[workflow]` function returns its outputs, or a `Result` of them and an error; import a type of its own \
            under another name"
)]
pub trait Fallible {
    /// The type of the outputs.
    type Ok;
    /// The type of the error.
    type Error;
}

impl<T, E> Fallible for Result<T, E> {
    type Ok = T;
    type Error = E;
}

/// The declared return type of a `#[workflow]` function that is not called `Result`.
#[derive(Debug)]
pub struct Declared<T>(PhantomData<fn() -> T>);

impl<T> Declared<T> {
    /// Creates the probe of a type.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T> Default for Declared<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// A type that is implemented for nothing, so that the message is reported.
#[diagnostic::on_unimplemented(
    message = "the return type is a `Result` with another name, so that `#[workflow]` does not see its error",
    label = "this is a `Result`",
    note = "write it with the name `Result`: `-> Result<Out<IMAGE>, MyError>` or `-> anyhow::Result<Out<IMAGE>>`"
)]
pub trait CalledResult {}

impl<T, E> Declared<Result<T, E>> {
    /// Does not compile. For a [`Result`], this method takes precedence over that of [`NoResult`].
    pub fn is_no_result(&self)
    where
        Self: CalledResult,
    {
    }
}

/// The method for every type that is no [`Result`].
pub trait NoResult {
    /// Does nothing.
    fn is_no_result(&self) {}
}

impl<T> NoResult for Declared<T> {}
