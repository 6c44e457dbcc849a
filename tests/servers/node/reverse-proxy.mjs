// An HTTP reverse proxy as operators put before Socket.IO servers, with their mistakes: it can
// refuse WebSockets, and spread requests over several servers with or without a sticky cookie.
//
// Prints one line of JSON, `{"port":…}`, once it listens, and takes orders as `control.mjs` does.

import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const OPTIONS = {
  port: { type: "string", default: "0", help: "port on 127.0.0.1; 0 lets the system choose" },
  targets: { type: "string", help: "ports on 127.0.0.1, separated by commas" },
  websocket: { type: "string", default: "forward", help: "`forward`, `hang` or a status to refuse with" },
  "sticky-cookie": { type: "string", help: "name of a cookie that keeps a client at its server" },
  control: { type: "boolean", default: false, help: "take orders on standard input, and exit with it" },
  help: { type: "boolean", default: false, help: "print this" },
};

const { values } = parseArgs({ options: OPTIONS });

if (values.help) {
  for (const [name, { help }] of Object.entries(OPTIONS)) console.log(`--${name}: ${help}`);
  process.exit();
}

const targets = values.targets.split(",").map(Number);
const cookieName = values["sticky-cookie"];
let webSocketPolicy = values.websocket;
/** A status that every plain request is answered with, as by a proxy whose servers are down. */
let outage;
let turn = 0;

const http = createServer((request, response) => {
  if (outage) return response.writeHead(outage).end("the servers are down");
  const { target, cookie } = choose(request);
  const forwarded = httpRequest({ port: targets[target], ...common(request) }, (answer) => {
    const headers = answer.rawHeaders;
    if (cookie) headers.push("set-cookie", cookie);
    response.writeHead(answer.statusCode, headers);
    answer.pipe(response);
  });
  forwarded.on("error", () => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end("no answer");
  });
  response.on("close", () => forwarded.destroy());
  request.pipe(forwarded);
});

http.on("upgrade", (request, client, head) => {
  client.on("error", () => client.destroy());
  if (webSocketPolicy === "hang") return;
  if (webSocketPolicy !== "forward") {
    return client.end(`HTTP/1.1 ${webSocketPolicy} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  }
  const server = connect(targets[choose(request).target], "127.0.0.1");
  server.on("connect", () => {
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
    }
    server.write(`${lines.join("\r\n")}\r\n\r\n`);
    server.write(head);
    server.pipe(client).pipe(server);
  });
  server.on("error", () => client.destroy());
  for (const [one, other] of [[client, server], [server, client]]) one.on("close", () => other.destroy());
});

http.listen(Number(values.port), "127.0.0.1", () => {
  console.log(JSON.stringify({ port: http.address().port }));
});

if (values.control) {
  const orders = {
    websocket: ({ policy }) => (webSocketPolicy = policy),
    outage: ({ status }) => (outage = status),
  };
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const { order, ...parameters } = JSON.parse(line);
      orders[order](parameters);
      console.log(JSON.stringify({ done: order, result: null }));
    })
    .on("close", () => process.exit());
}

/** The server whose turn it is, or the one that the client's cookie names. */
function choose(request) {
  const cookies = (request.headers.cookie ?? "").split("; ");
  const sticky = cookies.find((cookie) => cookie.startsWith(`${cookieName}=`));
  if (cookieName && sticky) return { target: Number(sticky.slice(cookieName.length + 1)) };
  const target = turn++ % targets.length;
  return { target, cookie: cookieName && `${cookieName}=${target}; Path=/; HttpOnly` };
}

function common({ method, url, rawHeaders }) {
  return { host: "127.0.0.1", method, path: url, headers: rawHeaders };
}
