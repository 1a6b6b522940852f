//! Runs the target [`comfy_fuzz::routes`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::routes::run(bytes));
