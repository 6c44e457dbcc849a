import { type Namespace, Server } from "socket.io";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = new Server().of("/chat");
chat.on("connection", (socket) => {
  socket.on("file:upload", (_content, _metadata, callback) => {
    callback({ fileId: "1" }); // TS2345
  });
});
