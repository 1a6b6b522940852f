//! Compiles and runs imported workflows, and checks that they send the prompts of their files.

pub mod any_workflow;
pub mod project;
pub mod same;
