//! The packets that the server sends.
//!
//! Must not know: connections.

/// The same for every connection: nobody asks for it again over WebSocket.
pub(crate) const SID: &str = "engine";
pub(crate) const CONNECTED: &str = r#"40{"sid":"socket"}"#;
pub(crate) const MESSAGE: &str = r#"42["message",{"id":"01JD8Z3C5W8QK2V7N4M6T9R1XF","content":"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789","senderId":"alice","roomId":"lobby","createdAt":"2026-11-23T10:00:00Z"}]"#;
/// Followed by so many bytes as it says.
pub(crate) const ATTACHMENT: &str =
    r#"451-["attachment",{"name":"photo.png","size":65536},{"_placeholder":true,"num":0}]"#;
pub(crate) const ATTACHMENT_SIZE: usize = 65_536;

/// No heartbeat comes in between.
pub(crate) fn handshake(sid: &str) -> String {
    format!(
        r#"0{{"sid":"{sid}","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}}"#
    )
}
