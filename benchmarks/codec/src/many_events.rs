//! A schema to find one event in.
//!
//! Must not know: how events are found.

use socketio_runtime::server_to_client;

/// As many events as a service of middle size has.
#[server_to_client]
pub trait ManyEvents {
    #[event("user:joined")] fn user_joined(id: u64);
    #[event("user:left")] fn user_left(id: u64);
    #[event("user:renamed")] fn user_renamed(id: u64);
    #[event("user:banned")] fn user_banned(id: u64);
    #[event("user:typing")] fn user_typing(id: u64);
    #[event("user:idle")] fn user_idle(id: u64);
    #[event("user:muted")] fn user_muted(id: u64);
    #[event("user:unmuted")] fn user_unmuted(id: u64);
    #[event("room:created")] fn room_created(id: u64);
    #[event("room:closed")] fn room_closed(id: u64);
    #[event("room:renamed")] fn room_renamed(id: u64);
    #[event("room:archived")] fn room_archived(id: u64);
    #[event("room:pinned")] fn room_pinned(id: u64);
    #[event("room:unpinned")] fn room_unpinned(id: u64);
    #[event("message:sent")] fn message_sent(id: u64);
    #[event("message:edited")] fn message_edited(id: u64);
    #[event("message:deleted")] fn message_deleted(id: u64);
    #[event("message:pinned")] fn message_pinned(id: u64);
    #[event("message:read")] fn message_read(id: u64);
    #[event("message:reported")] fn message_reported(id: u64);
    #[event("file:added")] fn file_added(id: u64);
    #[event("file:removed")] fn file_removed(id: u64);
    #[event("file:scanned")] fn file_scanned(id: u64);
    #[event("call:started")] fn call_started(id: u64);
    #[event("call:joined")] fn call_joined(id: u64);
    #[event("call:left")] fn call_left(id: u64);
    #[event("call:muted")] fn call_muted(id: u64);
    #[event("call:ended")] fn call_ended(id: u64);
    #[event("poll:opened")] fn poll_opened(id: u64);
    #[event("poll:voted")] fn poll_voted(id: u64);
    #[event("poll:closed")] fn poll_closed(id: u64);
    #[event("service:restarting")] fn service_restarting(id: u64);
}
