//! Runs the target [`comfy_fuzz::history`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::history::run(bytes));
