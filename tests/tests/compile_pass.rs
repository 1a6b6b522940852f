//! Workflows that must compile without a warning of rustc or clippy, one file per topic under `cases/pass/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![deny(warnings)]

#[path = "../cases/pass/contexts.rs"]
mod contexts;
#[path = "../cases/pass/dynamic.rs"]
mod dynamic;
#[path = "../cases/pass/forms.rs"]
mod forms;
#[path = "../cases/pass/hygiene.rs"]
mod hygiene;
#[path = "../cases/pass/values.rs"]
mod values;
