// The reference server, keeping books of what it hears and says. What each run needs of it is a
// file of its own beside this one.
//
// Prints one line of JSON, `{"port":…}`, once it listens; then takes orders, one line of JSON each
// on standard input, answered by one on standard output. It ends when standard input does.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { Server } from "socket.io";
import msgpackParser from "socket.io-msgpack-parser";

import { serveActive } from "./active.mjs";
import { serveHour } from "./hour.mjs";
import { serveNeighbours } from "./neighbours.mjs";

/** How long a lost session can be restored: long enough for most cuts, too short for some. */
const RECOVERY_MS = 3000;
/** Connections that may wait to be accepted: as many as are opened at once, and some. */
const BACKLOG = 1024;

const { values } = parseArgs({
  options: {
    "ping-interval": { type: "string", default: "25000" },
    "ping-timeout": { type: "string", default: "20000" },
    msgpack: { type: "boolean", default: false },
  },
});

const http = createServer();
const io = new Server(http, {
  pingInterval: Number(values["ping-interval"]),
  pingTimeout: Number(values["ping-timeout"]),
  cleanupEmptyChildNamespaces: true,
  connectionStateRecovery: { maxDisconnectionDuration: RECOVERY_MS },
  ...(values.msgpack && { parser: msgpackParser }),
});

const engines = { heartbeats: 0, closed: {} };
io.engine.on("connection", (engine) => {
  engine.on("heartbeat", () => (engines.heartbeats += 1));
  engine.on("close", (reason) => (engines.closed[reason] = (engines.closed[reason] ?? 0) + 1));
});

const orders = {
  /** What the engine has seen, and what the server itself has used. */
  census: () => ({
    ...engines,
    open: io.engine.clientsCount,
    cpu_ms: Math.round((process.cpuUsage().user + process.cpuUsage().system) / 1000),
    resident: process.memoryUsage().rss,
  }),
  ...serveHour(io),
};
serveActive(io.of("/active"));
serveNeighbours(io.of(/^\/neighbours-\d$/));

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { order, ...parameters } = JSON.parse(line);
    console.log(JSON.stringify(orders[order](parameters) ?? null));
  })
  .on("close", () => process.exit());

http.listen(0, "127.0.0.1", BACKLOG, () => {
  console.log(JSON.stringify({ port: http.address().port }));
});
