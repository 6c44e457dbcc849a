//! The chat service's contract is what its committed file says.

socketio_runtime::hold_schema!("schema.json", schema_examples::catalogue());
