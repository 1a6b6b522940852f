//! The subcommands, each in a file or folder of its own.

#[cfg(feature = "run")]
pub(crate) mod attach;
#[cfg(feature = "run")]
pub(crate) mod cancel;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod diff;
#[cfg(feature = "run")]
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod graph;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod nodes;
#[cfg(feature = "run")]
pub(crate) mod queue;
#[cfg(feature = "run")]
pub(crate) mod run;
#[cfg(feature = "serve")]
pub(crate) mod serve;
#[cfg(feature = "run")]
pub(crate) mod snapshot;
