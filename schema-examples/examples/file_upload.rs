//! A file of some size, uploaded in parts: each part has an answer, and the answers are the
//! progress.

use std::error::Error;

use schema_examples::{
    payload::{Credentials, FileMetadata},
    schema::Chat,
    server::ChatServer,
};
use socketio_runtime::{Bytes, Client};

/// Below the hundred thousand bytes that this server accepts in one message; on Node the default
/// is a million. A larger part would be refused by the emit, and would not be sent.
const PART: usize = 64 * 1024;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut server = ChatServer::start("127.0.0.1:0").await?;
    let client = Client::builder(server.url()).build()?;
    let credentials = Credentials { token: "alice".to_owned() };
    let chat = client.socket::<Chat>().auth(credentials).connect().await?;
    chat.emit().room_join("lobby").await?;

    let file = vec![7; 500_000];
    let mut sent = 0;
    for (number, part) in file.chunks(PART).enumerate() {
        let metadata = FileMetadata {
            name: format!("holiday.jpg.{number}"),
            mime_type: "image/jpeg".to_owned(),
            size: part.len() as u64,
        };
        let upload = chat.emit().file_upload(Bytes::copy_from_slice(part), &metadata).await?;
        let id = upload.file_id.ok_or_else(|| upload.error.unwrap_or_default())?;
        sent += part.len();
        println!("{:>3} %: {} is {id}", sent * 100 / file.len(), metadata.name);
    }

    chat.disconnect().await;
    server.stop().await;
    Ok(())
}
