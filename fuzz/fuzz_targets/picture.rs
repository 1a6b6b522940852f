//! Runs the target [`comfy_fuzz::picture`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::picture::run(bytes));
