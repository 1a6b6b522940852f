//! One small case per rule of the front end's conversion.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api;
mod empty;
mod errors;
mod groups;
mod links;
mod primitives;
mod subgraphs;
mod support;
mod texts;
mod types;
mod widgets;
