//! Runs the target [`comfy_fuzz::api_workflow`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::api_workflow::run(bytes));
