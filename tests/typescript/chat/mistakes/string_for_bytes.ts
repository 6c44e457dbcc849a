import { type Namespace, Server } from "socket.io";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = new Server().of("/chat");
chat.emit("file:received", "abc", { name: "a", type: "b", size: 3 }); // TS2345
