use socketio_runtime::namespace;

#[namespace("chat")]
struct WithoutSlash;

#[namespace("")]
struct Empty;

#[namespace("/a,b")]
struct Comma;

#[namespace("/a?x=1")]
struct Query;

#[namespace("/a b")]
struct Space;

#[namespace]
struct Nothing;

#[namespace(chat)]
struct Word;

fn main() {}
