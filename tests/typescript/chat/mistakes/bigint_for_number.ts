import { type Socket, io } from "socket.io-client";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat");
socket.on("presence:check", (_nonce, callback) => {
  callback({ status: "online", nonce: 1n }); // TS2322
});
