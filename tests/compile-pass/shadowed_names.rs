//! Names of the prelude, of primitive types and of generated type parameters mean something
//! else here.
#![allow(non_camel_case_types, dead_code)]

use socketio_runtime::{client_to_server, server_to_client};

struct Ok;
struct Err;
struct Some;
struct None;
struct Option;
struct Result;
struct String;
struct Vec;
struct Box;
struct str;
struct u64;
struct usize;
struct Debug;
struct Clone;
struct Copy;
trait Send {}
trait FnMut {}
trait Future {}
trait Schema {}
trait Listens {}
mod core {}
mod std {}
mod serde_json {}
mod socketio_runtime_ {}

/// Named like the type parameters of a listener method.
#[derive(serde::Serialize, serde::Deserialize)]
struct F;
#[derive(serde::Serialize, serde::Deserialize)]
struct R;
#[derive(serde::Serialize, serde::Deserialize)]
struct M;

#[server_to_client]
trait H {
    fn shadowed(f: F, r: R, m: M) -> F;
    fn locals(
        listener: F,
        arguments: u32,
        values: u32,
        incoming: u32,
        inbox: u32,
        handler: u32,
        registrar: u32,
        name: u32,
        event: u32,
    );
    fn tail(last: ::std::option::Option<F>);
}

#[client_to_server]
trait Out {
    #[event(timeout = "5s")]
    fn locals(packet: F, element: u32, emitter: u32) -> F;
    fn tail(last: ::std::option::Option<F>, #[event(rest)] element: &[u32]);
}

fn listen(on: HOn<'_>) {
    on.shadowed(|f, _r, _m| f);
    on.shadowed(async |f, _r, _m| f);
}

fn main() {}
