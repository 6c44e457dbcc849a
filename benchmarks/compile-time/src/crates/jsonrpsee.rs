//! jsonrpsee: a method, its implementation and a call for each event of both directions.
//!
//! Must not know: the other libraries.

use std::fmt::Write as _;

use super::methods;
use crate::service::{EVENTS_A_FUNCTION, Event, Type};

pub fn code() -> String {
    let methods = methods();
    format!(
        "use jsonrpsee::{{RpcModule, core::{{RpcResult, async_trait, client}}, proc_macros::rpc}};

use crate::{{payload::*, take}};

{}
{}
{}",
        service(&methods),
        server(&methods),
        client(&methods),
    )
}

fn service(methods: &[Event]) -> String {
    let mut code = String::from("#[rpc(client, server)]\npub trait Service {\n");
    for method in methods {
        let _ = write!(
            code,
            "    {}
    #[method(name = \"{}\")]
    async fn {};

",
            method.docs(),
            method.wire_name(),
            signature(method)
        );
    }
    code + "}\n"
}

fn server(methods: &[Event]) -> String {
    let mut code =
        String::from("pub struct Server;\n\n#[async_trait]\nimpl ServiceServer for Server {\n");
    for method in methods {
        let (signature, taken) = (signature(method), method.taken());
        let value = method.ack.map_or_else(|| "()".to_owned(), Type::owned_value);
        let _ = write!(
            code,
            "    async fn {signature} {{
        {taken};
        Ok({value})
    }}

"
        );
    }
    code + "}

pub fn serve() -> RpcModule<Server> {
    Server.into_rpc()
}
"
}

fn signature(method: &Event) -> String {
    let (function, parameters) = (method.function(), method.parameters(Type::owned));
    let output = method.ack.map_or_else(|| "()".to_owned(), Type::owned);
    format!("{function}(&self, {parameters}) -> RpcResult<{output}>")
}

fn client(methods: &[Event]) -> String {
    let mut code =
        String::from("pub async fn call(client: client::Client) -> Result<(), client::Error> {\n");
    for group in 0..methods.len().div_ceil(EVENTS_A_FUNCTION) {
        let _ = writeln!(code, "    call_{group}(&client).await?;");
    }
    code.push_str("    Ok(())\n}\n");
    for (group, methods) in methods.chunks(EVENTS_A_FUNCTION).enumerate() {
        let _ = writeln!(
            code,
            "\nasync fn call_{group}(client: &client::Client) -> Result<(), client::Error> {{"
        );
        for method in methods {
            let (function, values) = (method.function(), method.values(Type::owned_value));
            let _ = match method.ack {
                None => writeln!(code, "    client.{function}({values}).await?;"),
                Some(_) => writeln!(code, "    take(client.{function}({values}).await?);"),
            };
        }
        code.push_str("    Ok(())\n}\n");
    }
    code + "
pub fn task(client: client::Client) -> crate::Task {
    Box::pin(async move { call(client).await.is_ok() })
}
"
}
