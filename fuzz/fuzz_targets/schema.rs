//! Runs the target [`comfy_fuzz::schema`].

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| comfy_fuzz::schema::run(bytes));
