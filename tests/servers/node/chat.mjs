// The chat service, as a Node team would write it. `schema-examples/src/server/chat.rs` is its
// twin: members of a room all receive its messages and files, their sender included; comings,
// goings and typing go to the others alone.

const PRESENCE_TIMEOUT_MS = 2000;

const PROBLEMS = {
  empty_message: "a message needs content",
  invalid_room: "a room needs a name",
  no_presence: "the presence check was not answered correctly",
  not_in_room: "join a room first",
  size_mismatch: "the size does not fit the content",
};

let lastNumber = 0;
const nextNumber = () => ++lastNumber;

/** Serves the chat in `namespace`. */
export function serveChat(namespace) {
  namespace.use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (typeof token !== "string") return next(refusal("a token is required", "missing_token"));
    if (token === "" || token === "wrong") return next(refusal("invalid token", "invalid_token"));
    socket.data.user = { id: `user-${token}`, username: token };
    next();
  });

  namespace.on("connection", (socket) => {
    socket.on("message:send", (content, ack) => sendMessage(namespace, socket, content, ack));
    socket.on("room:join", (roomId, ack) => joinRoom(namespace, socket, roomId, ack));
    socket.on("room:leave", (roomId) => leaveRoom(namespace, socket, roomId));
    socket.on("typing:start", (roomId) => {
      const { id: userId, username } = socket.data.user;
      if (isMember(socket, roomId)) socket.to(roomId).emit("typing:start", { userId, username });
    });
    socket.on("typing:stop", (roomId) => {
      const { id: userId } = socket.data.user;
      if (isMember(socket, roomId)) socket.to(roomId).emit("typing:stop", { userId });
    });
    socket.on("ping", () => socket.emit("pong"));
    socket.on("file:upload", (content, metadata, ack) => {
      uploadFile(namespace, socket, content, metadata, ack);
    });
    socket.on("disconnecting", () => {
      // The rooms still count this socket.
      for (const roomId of roomsOf(socket)) sayGoodbye(namespace, socket, roomId, 1);
    });
  });
}

function sendMessage(namespace, socket, content, ack) {
  const code = content === "" ? "empty_message" : roomsOf(socket).length === 0 && "not_in_room";
  if (code) return ack?.({ success: false, error: report(socket, code) });
  const id = `message-${nextNumber()}`;
  for (const roomId of roomsOf(socket)) {
    const senderId = socket.data.user.id;
    const message = { id, content, senderId, roomId, createdAt: new Date() };
    namespace.to(roomId).emit("message:received", message);
  }
  ack?.({ success: true, messageId: id });
}

function joinRoom(namespace, socket, roomId, ack) {
  if (roomId === "") return ack?.({ success: false, error: report(socket, "invalid_room") });
  socket.join(roomId);
  const room = describe(namespace, roomId, 0);
  socket.to(roomId).emit("user:joined", socket.data.user);
  socket.to(roomId).emit("room:updated", room);
  ack?.({ success: true, room });
  checkPresence(socket);
}

function leaveRoom(namespace, socket, roomId) {
  if (!isMember(socket, roomId)) return report(socket, "not_in_room");
  socket.leave(roomId);
  sayGoodbye(namespace, socket, roomId, 0);
}

function uploadFile(namespace, socket, content, metadata, ack) {
  const rooms = roomsOf(socket);
  const code = rooms.length === 0 ? "not_in_room" : content.length !== metadata.size && "size_mismatch";
  if (code) return ack?.({ success: false, error: report(socket, code) });
  namespace.to(rooms).emit("file:received", content, metadata);
  ack?.({ success: true, fileId: `file-${nextNumber()}` });
}

/** Asks a client for its presence, and tells it if the answer is wrong or does not come. */
async function checkPresence(socket) {
  const nonce = nextNumber();
  try {
    const presence = await socket.timeout(PRESENCE_TIMEOUT_MS).emitWithAck("presence:check", nonce);
    if (presence?.nonce !== nonce) report(socket, "no_presence");
  } catch {
    report(socket, "no_presence");
  }
}

function sayGoodbye(namespace, socket, roomId, leaving) {
  socket.to(roomId).emit("user:left", socket.data.user.id);
  socket.to(roomId).emit("room:updated", describe(namespace, roomId, leaving));
}

/** The room as it will be when `leaving` of its members are gone. */
function describe(namespace, roomId, leaving) {
  const members = namespace.adapter.rooms.get(roomId)?.size ?? 0;
  return { id: roomId, name: roomId, memberCount: members - leaving };
}

/** The rooms that were joined: socket.io puts each socket in one named by its own id, too. */
function roomsOf(socket) {
  return [...socket.rooms].filter((room) => room !== socket.id);
}

function isMember(socket, roomId) {
  return roomsOf(socket).includes(roomId);
}

/** Emits the `error` event and returns its message. */
function report(socket, code) {
  const message = PROBLEMS[code];
  socket.emit("error", { code, message });
  return message;
}

/** What the client gets as `connect_error`, with `data`. */
function refusal(message, code) {
  return Object.assign(new Error(message), { data: { code } });
}
