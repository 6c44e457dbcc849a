//! A server that does as little as it can, so that the client is what is measured. It reads,
//! sends packets that were encoded beforehand, and answers acks without looking at the arguments.

use std::{env, error::Error};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    accept_async_with_config,
    tungstenite::{Bytes, Message, Utf8Bytes, protocol::WebSocketConfig},
};

const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}"#;
const CONNECTED: &str = r#"40{"sid":"socket"}"#;
const MESSAGE: &str = r#"42["message",{"id":"01JD8Z3C5W8QK2V7N4M6T9R1XF","content":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789","senderId":"alice","roomId":"lobby","createdAt":"2026-11-23T10:00:00Z"}]"#;
/// `42["flood",<how many>]`
const FLOOD: &str = r#"42["flood","#;
const EVENT: &str = "42";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::args().nth(1).unwrap_or_else(|| "7070".to_owned()).parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            // A client that is done just goes away.
            let _ = serve(stream).await;
        });
    }
}

async fn serve(stream: TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(4 << 10);
    let mut websocket = accept_async_with_config(stream, Some(config)).await?;
    websocket.send(text(HANDSHAKE)).await?;
    let message = Utf8Bytes::from_static(MESSAGE);
    while let Some(received) = websocket.next().await {
        let Message::Text(packet) = received? else { continue };
        if packet.starts_with("40") {
            websocket.send(text(CONNECTED)).await?;
        } else if let Some(count) = packet.strip_prefix(FLOOD) {
            for _ in 0..count.trim_end_matches(']').parse()? {
                websocket.feed(Message::Text(message.clone())).await?;
            }
            websocket.flush().await?;
        } else if let Some(event) = packet.strip_prefix(EVENT) {
            if let Some((id, _)) = event.split_once('[').filter(|(id, _)| !id.is_empty()) {
                websocket.send(Message::Text(format!("43{id}[true]").into())).await?;
            }
        }
    }
    Ok(())
}

fn text(text: &'static str) -> Message {
    Message::Text(Utf8Bytes::try_from(Bytes::from_static(text.as_bytes())).unwrap_or_default())
}
