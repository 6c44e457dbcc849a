import { type Socket, io } from "socket.io-client";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat");
socket.emitWithAck("file:upload", [1, 2, 3], { name: "a", type: "b", size: 3 }); // TS2345
