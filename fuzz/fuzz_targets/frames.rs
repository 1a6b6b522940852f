//! Runs the target [`comfy_fuzz::frames`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::frames::run(bytes));
