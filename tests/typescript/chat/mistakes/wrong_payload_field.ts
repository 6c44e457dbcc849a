import { type Namespace, Server } from "socket.io";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const chat: Namespace<ClientToServerEvents, ServerToClientEvents> = new Server().of("/chat");
chat.emit("user:joined", { id: "1", userName: "Ada" }); // TS2561
