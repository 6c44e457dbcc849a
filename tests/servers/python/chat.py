"""The chat service, as a Python team would write it: a twin of `../node/chat.mjs`."""

import itertools
from datetime import datetime, timezone

import socketio
from socketio.exceptions import ConnectionRefusedError, TimeoutError

PRESENCE_TIMEOUT_SECONDS = 2

PROBLEMS = {
    "empty_message": "a message needs content",
    "invalid_room": "a room needs a name",
    "no_presence": "the presence check was not answered correctly",
    "not_in_room": "join a room first",
    "size_mismatch": "the size does not fit the content",
}


class Chat(socketio.AsyncNamespace):
    def __init__(self, namespace):
        super().__init__(namespace)
        self.users = {}
        self.members = {}  # Of each room.
        self.numbers = itertools.count(1)

    async def trigger_event(self, event, *args):
        """The library's names of methods have no room for a colon."""
        return await super().trigger_event(event.replace(":", "_"), *args)

    async def on_connect(self, sid, environ, auth):
        token = (auth or {}).get("token")
        if not isinstance(token, str):
            raise ConnectionRefusedError("a token is required", {"code": "missing_token"})
        if token in ("", "wrong"):
            raise ConnectionRefusedError("invalid token", {"code": "invalid_token"})
        self.users[sid] = {"id": f"user-{token}", "username": token}

    async def on_disconnect(self, sid, reason):
        for room in self.rooms_of(sid):
            self.members[room].remove(sid)
            await self.say_goodbye(sid, room)
        self.users.pop(sid, None)

    async def on_message_send(self, sid, content):
        rooms = self.rooms_of(sid)
        if content == "" or not rooms:
            return await self.failure(sid, "not_in_room" if content else "empty_message")
        message_id = f"message-{next(self.numbers)}"
        for room in rooms:
            now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            message = {
                "id": message_id,
                "content": content,
                "senderId": self.users[sid]["id"],
                "roomId": room,
                "createdAt": now.replace("+00:00", "Z"),
            }
            await self.emit("message:received", message, room=room)
        return {"success": True, "messageId": message_id}

    async def on_room_join(self, sid, room):
        if room == "":
            return await self.failure(sid, "invalid_room")
        await self.enter_room(sid, room)
        self.members.setdefault(room, set()).add(sid)
        await self.emit("user:joined", self.users[sid], room=room, skip_sid=sid)
        await self.emit("room:updated", self.describe(room), room=room, skip_sid=sid)
        self.server.start_background_task(self.check_presence, sid)
        return {"success": True, "room": self.describe(room)}

    async def on_room_leave(self, sid, room):
        if room not in self.rooms_of(sid):
            return await self.failure(sid, "not_in_room")
        await self.leave_room(sid, room)
        self.members[room].remove(sid)
        await self.say_goodbye(sid, room)

    async def on_typing_start(self, sid, room):
        if room in self.rooms_of(sid):
            user = self.users[sid]
            typing = {"userId": user["id"], "username": user["username"]}
            await self.emit("typing:start", typing, room=room, skip_sid=sid)

    async def on_typing_stop(self, sid, room):
        if room in self.rooms_of(sid):
            typing = {"userId": self.users[sid]["id"]}
            await self.emit("typing:stop", typing, room=room, skip_sid=sid)

    async def on_ping(self, sid):
        await self.emit("pong", to=sid)

    async def on_file_upload(self, sid, content, metadata):
        rooms = self.rooms_of(sid)
        if not rooms or len(content) != metadata["size"]:
            return await self.failure(sid, "size_mismatch" if rooms else "not_in_room")
        for room in rooms:
            await self.emit("file:received", (content, metadata), room=room)
        return {"success": True, "fileId": f"file-{next(self.numbers)}"}

    async def check_presence(self, sid):
        """Asks a client for its presence, and tells it if the answer is wrong or missing."""
        nonce = next(self.numbers)
        try:
            presence = await self.call(
                "presence:check", nonce, to=sid, timeout=PRESENCE_TIMEOUT_SECONDS
            )
            is_present = isinstance(presence, dict) and presence.get("nonce") == nonce
        except TimeoutError:
            is_present = False
        if not is_present and sid in self.users:
            await self.failure(sid, "no_presence")

    async def say_goodbye(self, sid, room):
        await self.emit("user:left", self.users[sid]["id"], room=room, skip_sid=sid)
        await self.emit("room:updated", self.describe(room), room=room, skip_sid=sid)

    async def failure(self, sid, code):
        """Emits the `error` event, and is the answer to whoever caused it."""
        message = PROBLEMS[code]
        await self.emit("error", {"code": code, "message": message}, to=sid)
        return {"success": False, "error": message}

    def rooms_of(self, sid):
        return [room for room, members in self.members.items() if sid in members]

    def describe(self, room):
        return {"id": room, "name": room, "memberCount": len(self.members.get(room, ()))}
