//! See `targets::engine_packet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::engine_packet(data));
