// The chat server of a Node.js team, on the generated types. It uses every event once.

import { createServer } from "node:http";
import { type Namespace, Server, type Socket } from "socket.io";

import type {
  ChatAuth,
  ChatMessage,
  ChatRefusal,
  ClientToServerEvents,
  JoinResult,
  ServerToClientEvents,
} from "./chat.js";

const io = new Server(createServer());
const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = io.of("/chat");

chat.use((socket, next) => {
  const { token } = socket.handshake.auth as ChatAuth;
  if (token === "") return next(refusal({ code: "invalid_token" }));
  next();
});

chat.on("connection", (socket) => {
  serve(socket);
});

function serve(socket: Socket<ClientToServerEvents, ServerToClientEvents>) {
  socket.on("message:send", (content, callback) => {
    const id = crypto.randomUUID();
    const createdAt = new Date().toISOString();
    const message: ChatMessage = { id, content, senderId: "1", roomId: "lobby", createdAt };
    chat.to("lobby").emit("message:received", message);
    callback({ success: true, messageId: id });
  });
  socket.on("room:join", async (roomId, callback) => {
    await socket.join(roomId);
    const result: JoinResult = { success: true, room: { id: roomId, name: roomId, memberCount: 1 } };
    socket.to(roomId).emit("room:updated", { id: roomId, name: roomId, memberCount: 1 });
    socket.to(roomId).emit("user:joined", { id: "1", username: "Ada" });
    callback(result);
    const presence = await socket.timeout(1000).emitWithAck("presence:check", 7);
    const isBack: boolean = presence.status === "online" && presence.nonce === 7;
    if (!isBack) socket.emit("error", { code: "no_presence", message: "nobody is there" });
  });
  socket.on("room:leave", (roomId) => {
    socket.to(roomId).emit("user:left", "1");
  });
  socket.on("typing:start", (roomId) => {
    socket.to(roomId).emit("typing:start", { userId: "1", username: "Ada" });
  });
  socket.on("typing:stop", (roomId) => {
    socket.to(roomId).emit("typing:stop", { userId: "1" });
  });
  socket.on("ping", () => {
    socket.emit("pong");
  });
  socket.on("file:upload", (content, metadata, callback) => {
    const size: number = content.byteLength;
    chat.emit("file:received", Buffer.from([1, 2, 3]), { ...metadata, size });
    chat.emit("file:received", content, metadata);
    callback({ success: true, fileId: "1" });
  });
  socket.emit("presence:check", 8, (presence) => {
    const nonce: number = presence.nonce;
    console.log(nonce);
  });
}

function refusal(data: ChatRefusal): Error {
  return Object.assign(new Error("refused"), { data });
}

// A server whose only namespace is the main one takes them just so.
new Server<ClientToServerEvents, ServerToClientEvents>().emit("pong");
