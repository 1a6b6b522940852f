//! Checks of the workspace itself: import cycles, language, printers, dependencies, the picture of the crates and the content of
//! packages. The tests in `checks/tests` run them.
//!
//! The checks are in a separate crate because they only read sources: they report a mistake within seconds, before the
//! crates that they read are built.

pub mod imports;
pub mod language;
pub mod picture;
pub mod printers;
mod syntax;
pub mod workspace;
