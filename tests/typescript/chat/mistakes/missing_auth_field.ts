import { type Socket, io } from "socket.io-client";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat");
import type { ChatAuth } from "./chat.js";
io("/chat", { auth: {} satisfies ChatAuth }); // TS1360
