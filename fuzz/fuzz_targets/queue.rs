//! Runs the target [`comfy_fuzz::queue`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::queue::run(bytes));
