// One run of the reference client: `node contender.js <workload> <count> <port>`, which prints what
// the Rust contenders print. With WS_NO_BUFFER_UTIL=1 it masks in JavaScript, as it comes.

import { readFileSync } from "node:fs";
import { io } from "socket.io-client";

const BATCH = 64;
const BATCH_OF_ATTACHMENTS = 4;
const IN_FLIGHT = 64;
const ATTACHMENT_SIZE = 65_536;

const [workload, countText, port] = process.argv.slice(2);
const count = Number(countText);

const message = {
  id: "01JD8Z3C5W8QK2V7N4M6T9R1XF",
  content: "0123456789".repeat(10),
  senderId: "alice",
  roomId: "lobby",
  createdAt: "2026-11-23T10:00:00Z",
};
const metadata = { name: "photo.png", size: ATTACHMENT_SIZE };

const works = {
  async receive(socket) {
    let received = 0;
    let bytes = 0;
    await new Promise((done) => {
      socket.on("message", (message) => {
        bytes += message.content.length;
        if (++received === count) done();
      });
      socket.emit("flood", count);
    });
    check("bytes of content", bytes, count * message.content.length);
  },

  async emit(socket) {
    for (let n = 1; n <= count; n++) {
      socket.emit("message", message);
      if (n % BATCH === 0) await drained(socket);
    }
    check("messages at the server", await socket.emitWithAck("count"), count);
  },

  async "in-flight"(socket) {
    const waiting = [];
    let next = 0;
    let answered = 0;
    for (let n = 0; n < count; n++) {
      if (waiting.length - next === IN_FLIGHT) answered += await waiting[next++];
      if (next === IN_FLIGHT) {
        waiting.splice(0, next);
        next = 0;
      }
      waiting.push(socket.emitWithAck("ask", message));
    }
    for (const answer of waiting.slice(next)) answered += await answer;
    check("answers", answered, count);
  },

  async "one-by-one"(socket) {
    let answered = 0;
    for (let n = 0; n < count; n++) answered += await socket.emitWithAck("ask", message);
    check("answers", answered, count);
  },

  async "attachments-down"(socket) {
    let received = 0;
    let bytes = 0;
    await new Promise((done) => {
      socket.on("attachment", (metadata, content) => {
        bytes += Math.min(content.length, metadata.size);
        if (++received === count) done();
      });
      socket.emit("attachments", count);
    });
    check("bytes of attachments", bytes, count * ATTACHMENT_SIZE);
  },

  async "attachments-up"(socket) {
    const content = Buffer.alloc(ATTACHMENT_SIZE, 7);
    for (let n = 1; n <= count; n++) {
      socket.emit("upload", metadata, content);
      if (n % BATCH_OF_ATTACHMENTS === 0) await drained(socket);
    }
    check("attachments at the server", await socket.emitWithAck("count"), count);
  },
};

async function connect() {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true });
  await new Promise((resolve, reject) => {
    socket.on("connect", resolve);
    socket.on("connect_error", reject);
  });
  return socket;
}

/** Until the engine has handed everything to the network. */
async function drained(socket) {
  const { engine } = socket.io;
  if (engine.writeBuffer.length > 0) await new Promise((done) => engine.once("drain", done));
}

function check(what, seen, expected) {
  if (seen !== expected) throw new Error(`${what}: ${seen}, not ${expected}`);
}

function startMeter() {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return (operations, rest) => {
    const { user, system } = process.cpuUsage(cpu);
    const sample = {
      operations,
      cpuSeconds: (user + system) / 1e6,
      wallSeconds: (performance.now() - wall) / 1e3,
      ...rest,
    };
    console.log(JSON.stringify(sample));
  };
}

function residentKib() {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]);
}

if (workload === "connect") {
  const sockets = [];
  const before = residentKib();
  const stop = startMeter();
  for (let n = 0; n < count; n++) sockets.push(await connect());
  stop(sockets.length, { residentKib: residentKib() - before });
} else {
  const socket = await connect();
  const stop = startMeter();
  await works[workload](socket);
  stop(count);
}
process.exit();
