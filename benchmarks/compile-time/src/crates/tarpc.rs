//! tarpc: a method, its implementation and a call for each event of both directions.
//!
//! Must not know: the other libraries.

use std::fmt::Write as _;

use super::methods;
use crate::service::{EVENTS_A_FUNCTION, Event, Type};

pub fn code() -> String {
    let methods = methods();
    format!(
        "use futures::StreamExt as _;
use tarpc::{{client, context, serde_transport, server::{{BaseChannel, Channel as _}}}};
use tokio::net::TcpStream;
use tokio_serde::formats::Json;
use tokio_util::codec::{{Framed, LengthDelimitedCodec}};

use crate::{{payload::*, take}};

type Result = std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>;

{}
{}
{}",
        service(&methods),
        server(&methods),
        client(&methods),
    )
}

fn service(methods: &[Event]) -> String {
    let mut code = String::from("#[tarpc::service]\npub trait Service {\n");
    for method in methods {
        let (docs, function) = (method.docs(), method.function());
        let parameters = method.parameters(Type::owned);
        let output = method.ack.map(|ack| format!(" -> {}", ack.owned())).unwrap_or_default();
        let _ = write!(code, "    {docs}\n    async fn {function}({parameters}){output};\n\n");
    }
    code + "}\n"
}

fn server(methods: &[Event]) -> String {
    let mut code = String::from(
        "#[derive(Clone)]
pub struct Server;

impl Service for Server {
",
    );
    for method in methods {
        let (function, taken) = (method.function(), method.taken());
        let parameters = method.parameters(Type::owned);
        let output = method.ack.map(|ack| format!(" -> {}", ack.owned())).unwrap_or_default();
        let value = method.ack.map(Type::owned_value).unwrap_or_default();
        let _ = write!(
            code,
            "    async fn {function}(self, _: context::Context, {parameters}){output} {{
        {taken};
        {value}
    }}

"
        );
    }
    code + "}

pub fn serve(stream: TcpStream) -> crate::Task {
    let framed = Framed::new(stream, LengthDelimitedCodec::new());
    let transport = serde_transport::new(framed, Json::default());
    let requests = BaseChannel::with_defaults(transport).execute(Server.serve());
    Box::pin(async move {
        requests.for_each(|response| async { drop(tokio::spawn(response)) }).await;
        true
    })
}
"
}

fn client(methods: &[Event]) -> String {
    let mut code = String::from("pub async fn call(client: ServiceClient) -> Result {\n");
    for group in 0..methods.len().div_ceil(EVENTS_A_FUNCTION) {
        let _ = writeln!(code, "    call_{group}(&client).await?;");
    }
    code.push_str("    Ok(())\n}\n");
    for (group, methods) in methods.chunks(EVENTS_A_FUNCTION).enumerate() {
        let _ = writeln!(code, "\nasync fn call_{group}(client: &ServiceClient) -> Result {{");
        for method in methods {
            let (function, values) = (method.function(), method.values(Type::owned_value));
            let _ = match method.ack {
                None => {
                    writeln!(code, "    client.{function}(context::current(), {values}).await?;")
                }
                Some(_) => writeln!(
                    code,
                    "    take(client.{function}(context::current(), {values}).await?);"
                ),
            };
        }
        code.push_str("    Ok(())\n}\n");
    }
    code + "
pub fn connect(stream: TcpStream) -> crate::Task {
    let framed = Framed::new(stream, LengthDelimitedCodec::new());
    let transport = serde_transport::new(framed, Json::default());
    let client::NewClient { client, dispatch } =
        ServiceClient::new(client::Config::default(), transport);
    Box::pin(async move {
        tokio::spawn(dispatch);
        call(client).await.is_ok()
    })
}
"
}
