//! Runs the target [`comfy_fuzz::generate`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::generate::run(bytes));
