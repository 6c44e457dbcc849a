//! See `targets::socket_packet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::socket_packet(data));
