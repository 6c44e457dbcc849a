//! See `targets::polling_payload`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::polling_payload(data));
