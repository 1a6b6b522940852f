//! Runs the target [`comfy_fuzz::ui_workflow`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::ui_workflow::run(bytes));
