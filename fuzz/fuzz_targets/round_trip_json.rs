//! See `targets::round_trip_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| socketio_fuzz::targets::round_trip_json(data));
