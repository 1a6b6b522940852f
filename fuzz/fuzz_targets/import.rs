//! Runs the target [`comfy_fuzz::import`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::import::run(bytes));
