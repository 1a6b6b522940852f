//! Compiles and runs imported workflows, and checks that they send what their files hold.

pub mod any_workflow;
pub mod project;
pub mod same;
