//! Runs the target [`comfy_fuzz::draw`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::draw::run(bytes));
