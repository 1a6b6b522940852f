//! Import cycles between the files of a crate.
//!
//! A file imports another when a `use` declaration or a path in its code names something that the other file defines.
//! Names are resolved as rustc does, so that a name re-exported by a `mod.rs` belongs to the file that defines it.
//! A re-export by itself is no import: it passes a name on. Tests, documentation and generated code (`quote!`) do not
//! count.

mod cycles;
mod modules;
mod resolve;

pub use cycles::{Cycle, Files};
pub use modules::{Crate, ParseError};
