// The reference server that tests run against: arguments, listening, and nothing else. What it
// serves is in `chat.mjs` (the service of the schema) and `probes.mjs` (behaviours to test with);
// `gate.mjs` decides who gets in, and `control.mjs` takes orders while it runs.
//
// Prints one line of JSON, `{"port":…}`, once it listens. `node main.mjs --help` lists the options.

import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { parseArgs } from "node:util";

import { Server } from "socket.io";
import msgpackParser from "socket.io-msgpack-parser";

import { serveChat } from "./chat.mjs";
import { takeOrders } from "./control.mjs";
import { Gate } from "./gate.mjs";
import { serveLedger } from "./ledger.mjs";
import { serveProbes } from "./probes.mjs";
import { serveRecovery } from "./recovery.mjs";

const OPTIONS = {
  host: { type: "string", default: "127.0.0.1", help: "address to listen at" },
  port: { type: "string", default: "0", help: "port there; 0 lets the system choose" },
  path: { type: "string", help: "of the endpoint, /socket.io/ if not given" },
  transports: { type: "string", help: "the ones to accept, separated by commas" },
  "no-upgrades": { type: "boolean", default: false, help: "offer no upgrade of the transport" },
  "upgrade-timeout": { type: "string", help: "milliseconds that an upgrade may take" },
  "ping-interval": { type: "string", help: "milliseconds between heartbeats" },
  "ping-timeout": { type: "string", help: "milliseconds that a heartbeat may stay unanswered" },
  "max-http-buffer-size": { type: "string", help: "largest message in bytes" },
  "connect-timeout": { type: "string", help: "milliseconds to join a first namespace" },
  "http-compression": { type: "string", help: "bytes from which polling responses are compressed" },
  "per-message-deflate": { type: "string", help: "bytes from which WebSocket messages are compressed" },
  cookie: { type: "string", help: "name of a cookie with the session's id" },
  msgpack: { type: "boolean", default: false, help: "speak socket.io-msgpack-parser" },
  recovery: { type: "boolean", default: false, help: "keep missed events of lost connections" },
  "recovery-duration": { type: "string", help: "milliseconds to keep them" },
  "recovery-runs-middlewares": { type: "boolean", default: false, help: "after a recovery, too" },
  "require-header": { type: "string", help: "`name` or `name: value` that a handshake must have" },
  "tls-cert": { type: "string", help: "PEM text (not a path) of the certificate: serve TLS" },
  "tls-key": { type: "string", help: "PEM text (not a path) of its key" },
  "tls-client-ca": { type: "string", help: "PEM text of who must have issued a client's certificate" },
  ledger: { type: "string", help: "file in which `/ledger` writes down what comes" },
  control: { type: "boolean", default: false, help: "take orders on standard input, and exit with it" },
  help: { type: "boolean", default: false, help: "print this" },
};

const { values } = parseArgs({ options: OPTIONS });

if (values.help) {
  for (const [name, { help }] of Object.entries(OPTIONS)) console.log(`--${name}: ${help}`);
  process.exit();
}

const http = values["tls-cert"]
  ? createHttpsServer({
      cert: values["tls-cert"],
      key: values["tls-key"],
      ...(values["tls-client-ca"] && { ca: values["tls-client-ca"], requestCert: true }),
    })
  : createHttpServer();

const gate = new Gate(values["require-header"]);

const io = new Server(http, {
  ...(values.path && { path: values.path }),
  ...(values.transports && { transports: values.transports.split(",") }),
  ...(values["no-upgrades"] && { allowUpgrades: false }),
  ...number("upgradeTimeout", values["upgrade-timeout"]),
  ...number("pingInterval", values["ping-interval"]),
  ...number("pingTimeout", values["ping-timeout"]),
  ...number("maxHttpBufferSize", values["max-http-buffer-size"]),
  ...number("connectTimeout", values["connect-timeout"]),
  ...threshold("httpCompression", values["http-compression"]),
  ...threshold("perMessageDeflate", values["per-message-deflate"]),
  ...(values.cookie && { cookie: { name: values.cookie } }),
  ...(values.msgpack && { parser: msgpackParser }),
  ...(values.recovery && {
    connectionStateRecovery: {
      ...number("maxDisconnectionDuration", values["recovery-duration"]),
      skipMiddlewares: !values["recovery-runs-middlewares"],
    },
  }),
  allowRequest: gate.allowRequest,
});
io.engine.use(gate.middleware);
io.engine.on("connection", (engine) => engine.once("close", () => gate.forget(engine.id)));

serveChat(io.of("/chat"));
serveProbes(io, gate);
serveRecovery(io.of("/recovery"));
if (values.ledger) serveLedger(io.of("/ledger"), values.ledger);
if (values.control) takeOrders(io, gate);

http.listen(Number(values.port), values.host, () => {
  console.log(JSON.stringify({ port: http.address().port }));
});

/** `{[key]: Number(text)}`, or nothing where the option was not given, to keep its default. */
function number(key, text) {
  return text === undefined ? {} : { [key]: Number(text) };
}

function threshold(key, text) {
  return text === undefined ? {} : { [key]: number("threshold", text) };
}
