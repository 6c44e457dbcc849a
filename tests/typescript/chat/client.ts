// A browser's chat client on the generated types. It uses every event once.

import { type Socket, io } from "socket.io-client";

import type {
  ChatAuth,
  ChatRefusal,
  ClientToServerEvents,
  MessageResponse,
  ServerToClientEvents,
  Status,
} from "./chat.js";

const auth: ChatAuth = { token: "Ada" };
const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat", { auth });
io("/chat", { auth: (callback) => callback(auth) });

socket.on("connect_error", (error) => {
  const data = (error as Error & { data?: ChatRefusal }).data;
  show(data?.code ?? error.message);
});
socket.on("user:joined", (user) => show(user.avatar ?? user.username));
socket.on("user:left", (userId) => show(userId));
socket.on("message:received", ({ content, createdAt }) => show(content + createdAt));
socket.on("room:updated", (room) => show(room.memberCount.toFixed()));
socket.on("typing:start", ({ username }) => show(username));
socket.on("typing:stop", ({ userId }) => show(userId));
socket.on("error", ({ message }) => show(message));
socket.on("pong", () => show("pong"));
socket.on("presence:check", (nonce, callback) => {
  const status: Status = document.hidden ? "away" : "online";
  callback({ status, nonce });
});
socket.on("file:received", (content, { type }) => {
  const blob = new Blob([content as ArrayBuffer], { type });
  show(blob.size.toFixed());
});

async function use(file: File) {
  const response: MessageResponse = await socket.emitWithAck("message:send", "hello");
  show(response.messageId ?? response.error ?? "");
  socket.emit("message:send", "hello", ({ success }) => show(success ? "sent" : "not sent"));
  socket.timeout(1000).emit("room:join", "lobby", (error, result) => {
    show(error ? error.message : (result.room?.name ?? ""));
  });
  socket.emit("room:leave", "lobby");
  socket.volatile.emit("typing:start", "lobby");
  socket.volatile.emit("typing:stop", "lobby");
  socket.emit("ping");
  const { name, type, size } = file;
  const content = await file.arrayBuffer();
  await socket.emitWithAck("file:upload", content, { name, type, size });
  await socket.emitWithAck("file:upload", new Uint8Array(content), { name, type, size });
}

function show(text: string) {
  document.body.append(text);
}

document.querySelector("input")?.addEventListener("change", ({ target }) => {
  const file = (target as HTMLInputElement).files?.[0];
  if (file) void use(file);
});
