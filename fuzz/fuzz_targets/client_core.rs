//! See `targets::client_core`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::client_core(data));
