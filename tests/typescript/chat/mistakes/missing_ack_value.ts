import { type Namespace, Server } from "socket.io";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = new Server().of("/chat");
chat.on("connection", (socket) => {
  socket.on("room:join", (_roomId, callback) => {
    callback(); // TS2554
  });
});
