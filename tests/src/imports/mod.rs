//! Imports compiled and run: does a program that `cargo comfy import` wrote send what the file has?

pub mod any_workflow;
pub mod project;
pub mod same;
