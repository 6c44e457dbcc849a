//! A server that does as little as it can: it reads, sends packets that were written beforehand,
//! and answers acks without a look at the arguments.
//!
//! Must not know: who counts what.

use std::{error::Error, io, net::SocketAddr, thread};

use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime,
};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config,
    tungstenite::{Bytes, Message, Utf8Bytes, protocol::WebSocketConfig},
};

/// Serves on a thread of its own, as long as the program runs.
pub(super) fn start() -> io::Result<SocketAddr> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build()?;
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        runtime.block_on(async {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    // A client that is done just goes away.
                    let _ = serve(stream).await;
                });
            }
        });
    });
    Ok(address)
}

async fn serve(stream: TcpStream) -> Result<(), Box<dyn Error + Send + Sync>> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(64 << 10);
    let mut websocket = accept_async_with_config(stream, Some(config)).await?;
    websocket.send(text(HANDSHAKE)).await?;
    while let Some(received) = websocket.next().await {
        let Message::Text(packet) = received? else { continue };
        if packet.starts_with("40") {
            websocket.send(text(CONNECTED)).await?;
        } else if let Some(count) = packet.strip_prefix(MESSAGES) {
            flood(&mut websocket, &[text(MESSAGE)], count).await?;
        } else if let Some(count) = packet.strip_prefix(FILES) {
            let content = Bytes::from_static(&[0x5a; 64 << 10]);
            flood(&mut websocket, &[text(FILE), Message::Binary(content)], count).await?;
        } else if let Some(id) = ack_id(&packet) {
            websocket.send(Message::Text(format!("43{id}[true]").into())).await?;
        }
    }
    Ok(())
}

async fn flood(
    websocket: &mut WebSocketStream<TcpStream>,
    packet: &[Message],
    count: &str,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    for _ in 0..count.trim_end_matches(']').parse()? {
        for message in packet {
            websocket.feed(message.clone()).await?;
        }
    }
    Ok(websocket.flush().await?)
}

/// The id in an event that wants an answer.
fn ack_id(packet: &str) -> Option<&str> {
    let (id, _) = packet.strip_prefix("42")?.split_once('[')?;
    (!id.is_empty()).then_some(id)
}

fn text(text: &'static str) -> Message {
    Message::Text(Utf8Bytes::from_static(text))
}

const HANDSHAKE: &str = r#"0{"sid":"engine","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}"#;
const CONNECTED: &str = r#"40{"sid":"socket"}"#;
const MESSAGE: &str = r#"42["message",{"id":"01JD8Z3C5W8QK2V7N4M6T9R1XF","content":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789","senderId":"alice","roomId":"lobby","createdAt":"2026-11-23T10:00:00Z"}]"#;
const FILE: &str = r#"451-["file",{"name":"picture.png","mimeType":"image/png","size":65536},{"_placeholder":true,"num":0}]"#;
/// `42["messages",<how many>]`
const MESSAGES: &str = r#"42["messages","#;
const FILES: &str = r#"42["files","#;
