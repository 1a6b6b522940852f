//! Checks of the workspace itself, which its own tests in `checks/tests` run: import cycles, language, dependencies, the picture of the crates and
//! the content of packages.
//!
//! The crate is a workspace member of its own because the checks read sources and compile nothing: they tell of a mistake
//! within seconds, before the crates they read are built.

pub mod imports;
pub mod language;
pub mod picture;
mod syntax;
pub mod workspace;
