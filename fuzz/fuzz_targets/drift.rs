//! Runs the target [`comfy_fuzz::drift`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::drift::run(bytes));
