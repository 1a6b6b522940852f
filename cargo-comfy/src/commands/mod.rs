//! The subcommands, one file each.

pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod generate;
pub(crate) mod import;
#[cfg(feature = "run")]
pub(crate) mod run;
#[cfg(feature = "serve")]
pub(crate) mod serve;
