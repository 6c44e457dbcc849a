import { type Socket, io } from "socket.io-client";

import type { ClientToServerEvents, ServerToClientEvents } from "./chat.js";

const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io("/chat");
socket.emit("message:send", "hello", (response: string) => response); // TS2345
