//! Runs the target [`comfy_fuzz::prompt`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::prompt::run(bytes));
