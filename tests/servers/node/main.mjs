// The reference server that tests run against: arguments, listening, and nothing else. What it
// serves is in `chat.mjs` (the service of the schema) and `probes.mjs` (behaviours to test with).
//
// Prints one line of JSON, `{"port":…}`, once it listens. `node main.mjs --help` lists the options.

import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { parseArgs } from "node:util";

import { Server } from "socket.io";
import msgpackParser from "socket.io-msgpack-parser";

import { serveChat } from "./chat.mjs";
import { serveProbes } from "./probes.mjs";
import { serveRecovery } from "./recovery.mjs";

const OPTIONS = {
  port: { type: "string", default: "0", help: "port on 127.0.0.1; 0 lets the system choose" },
  "ping-interval": { type: "string", help: "milliseconds between heartbeats" },
  "ping-timeout": { type: "string", help: "milliseconds that a heartbeat may stay unanswered" },
  "max-http-buffer-size": { type: "string", help: "largest message in bytes" },
  "connect-timeout": { type: "string", help: "milliseconds to join a first namespace" },
  recovery: { type: "boolean", default: false, help: "keep missed events of lost connections" },
  msgpack: { type: "boolean", default: false, help: "speak socket.io-msgpack-parser" },
  "tls-cert": { type: "string", help: "PEM text (not a path) of the certificate: serve TLS" },
  "tls-key": { type: "string", help: "PEM text (not a path) of its key" },
  "exit-with-stdin": { type: "boolean", default: false, help: "exit when standard input ends" },
  help: { type: "boolean", default: false, help: "print this" },
};

const { values } = parseArgs({ options: OPTIONS });

if (values.help) {
  for (const [name, { help }] of Object.entries(OPTIONS)) console.log(`--${name}: ${help}`);
  process.exit();
}

if (values["exit-with-stdin"]) {
  process.stdin.on("end", () => process.exit()).resume();
}

const http = values["tls-cert"]
  ? createHttpsServer({ cert: values["tls-cert"], key: values["tls-key"] })
  : createHttpServer();

const io = new Server(http, {
  ...number("pingInterval", values["ping-interval"]),
  ...number("pingTimeout", values["ping-timeout"]),
  ...number("maxHttpBufferSize", values["max-http-buffer-size"]),
  ...number("connectTimeout", values["connect-timeout"]),
  ...(values.recovery && { connectionStateRecovery: {} }),
  ...(values.msgpack && { parser: msgpackParser }),
});

serveChat(io.of("/chat"));
serveProbes(io);
serveRecovery(io.of("/recovery"));

http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(JSON.stringify({ port: http.address().port }));
});

/** `{[key]: Number(text)}`, or nothing where the option was not given, to keep its default. */
function number(key, text) {
  return text === undefined ? {} : { [key]: Number(text) };
}
