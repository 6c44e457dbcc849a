import { type Namespace, Server } from "socket.io";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = new Server().of("/chat");
chat.emit("room:updated", { id: "1", name: "lobby" }); // TS2345
