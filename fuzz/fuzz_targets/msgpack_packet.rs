//! See `targets::msgpack_packet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::msgpack_packet(data));
