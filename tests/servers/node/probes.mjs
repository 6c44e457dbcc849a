// Namespaces for tests, each with one behaviour that a client has to cope with. Clients choose
// what happens by the auth payload or by events, so that each test reads in one place.

const ASK_TIMEOUT_MS = 2000;

/** Serves all of them. */
export function serveProbes(io, gate) {
  serveEcho(io.of("/echo"), gate);
  serveRefuse(io.of("/refuse"));
  serveSlow(io.of("/slow"));
  serveEarly(io.of("/early"));
  serveKick(io.of("/kick"));
  serveJobs(io.of("/jobs"));
  serveFaults(io, gate);
}

/** Ends an engine's TCP connections without a word on the layers above. */
export function dropEngine(engine) {
  const { transport } = engine;
  if (transport.name === "websocket") return transport.socket.terminate();
  const requests = [transport.req, transport.dataReq].filter(Boolean);
  if (requests.length === 0) transport.onError("dropped between two requests");
  for (const request of requests) request.socket.destroy();
}

/** Answers, and emits whatever it is told to. Says `welcome` first of all. */
function serveEcho(namespace, gate) {
  namespace.on("connection", (socket) => {
    socket.emit("welcome", socket.id);
    answerInManyWays(socket);
    answerAboutTheConnection(socket, gate);

    // Reports what the client answers to an event, or that it does not.
    socket.on("ask", (event, ...args) => {
      socket.timeout(ASK_TIMEOUT_MS).emit(event, ...args, (error, ...answer) => {
        socket.emit("ask:report", error ? error.message : null, answer);
      });
    });
    // Any event with any arguments: undeclared ones, payloads of the wrong type, many at once.
    socket.on("tell", (event, ...args) => socket.emit(event, ...args));
    socket.on("tell:all", (event, ...args) => namespace.emit(event, ...args));
    socket.on("tell:many", (count, event) => {
      for (let index = 0; index < count; index++) socket.emit(event, index);
    });
  });
}

function answerInManyWays(socket) {
  // Back as the ack's values where one is asked for, as an event otherwise.
  socket.on("echo", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    if (ack) ack(...args);
    else socket.emit("echo", ...args);
  });
  // Node's convention: an error, or null and a value.
  socket.on("divide", (dividend, divisor, ack) => {
    if (divisor === 0) ack({ code: "division_by_zero", message: "cannot divide by zero" });
    else ack(null, dividend / divisor);
  });
  // Values that JSON has no form of its own for.
  socket.on("time", (ack) => {
    const now = new Date();
    ack(now, { now, again: [now] });
  });
  socket.on("ack:never", () => {});
  socket.on("ack:late", (delayMs, ack) => setTimeout(ack, delayMs, "late"));
  // The second answer is written by hand, since the server's own ack function works once only.
  socket.on("ack:twice", (ack) => ack("first"));
  socket.conn.on("packet", ({ data }) => {
    const [, id] = /^2\/echo,(\d+)\["ack:twice"/.exec(data) ?? [];
    if (id) setImmediate(() => socket.conn.write(`3/echo,${id}["second"]`));
  });
}

function answerAboutTheConnection(socket, gate) {
  // What the client sent to get here.
  socket.on("handshake", (ack) => {
    const { auth, query, headers } = socket.handshake;
    ack({ auth, query, headers });
  });
  // `upgraded` is false on a connection that began with the transport that it has.
  socket.on("transport", (ack) => {
    const { id, transport, upgraded } = socket.conn;
    ack({ engineId: id, name: transport.name, upgraded });
  });
  // Every HTTP request of this connection, the handshake first.
  socket.on("requests", (ack) => ack(gate.requests(socket.conn)));
}

/** Refuses, with the message and data of the auth payload. */
function serveRefuse(namespace) {
  namespace.use((socket, next) => {
    const { message = "refused", data = { code: "refused" } } = socket.handshake.auth;
    next(Object.assign(new Error(message), { data }));
  });
}

/** Accepts after `delayMs` of the auth payload. */
function serveSlow(namespace) {
  namespace.use((socket, next) => setTimeout(next, socket.handshake.auth.delayMs));
}

/** Sends an event before it accepts, as the recovery of missed events does. */
function serveEarly(namespace) {
  namespace.use((socket, next) => {
    socket.conn.write('2/early,["early",1]');
    next();
  });
  namespace.on("connection", (socket) => socket.emit("early", 2));
}

/** Disconnects a client at its wish; at once with `{atOnce: true}` as auth payload. */
function serveKick(namespace) {
  namespace.on("connection", (socket) => {
    if (socket.handshake.auth.atOnce) socket.disconnect();
    socket.on("kick", () => socket.disconnect());
    socket.on("kick:engine", () => socket.disconnect(true));
  });
}

/**
 * Does jobs once per idempotency key, however often they come, and keeps the answers to
 * as many deliveries to itself as it is told to. What it knows outlives connections.
 */
function serveJobs(namespace) {
  const deliveries = [];
  const results = new Map();
  let unanswered = 0;
  namespace.on("connection", (socket) => {
    // The answers to the next so many deliveries get lost.
    socket.on("silence", (count, ack) => {
      unanswered = count;
      ack();
    });
    socket.on("job", (name, key, ack) => {
      const answered = unanswered === 0;
      deliveries.push({ name, key, answered });
      if (!results.has(key)) results.set(key, `${name} is done`);
      if (answered) ack?.(results.get(key));
      else unanswered--;
    });
    socket.on("report", (ack) => ack({ deliveries, done: [...results.keys()] }));
  });
}

/** Breaks the connection, or the protocol, in the way it is told to. */
function serveFaults(io, gate) {
  io.of("/faults").on("connection", (socket) => {
    // In good order, as Engine.IO closes.
    socket.on("close", () => socket.conn.close());
    socket.on("close:websocket", (code, reason) => webSocket(socket).close(code, reason));
    // The TCP connection ends with no word on the layers above.
    socket.on("terminate", () => dropEngine(socket.conn));
    // The server forgets the session; with long-polling the next request is of an unknown one.
    socket.on("forget", () => delete io.engine.clients[socket.conn.id]);
    // What happens to the next request of this connection, as in `Gate.spoil`: to the next after
    // the one that takes the answer along.
    socket.on("spoil", (method, fault, ack) => {
      socket.conn.once("drain", () => gate.spoil(socket.conn.id, method, fault));
      ack();
    });
    // Socket.IO packets as written: strings as text, buffers as attachments.
    socket.on("packets", (...packets) => packets.forEach((packet) => socket.conn.write(packet)));
    // WebSocket messages as written, the Engine.IO packet type included.
    socket.on("frames", (...frames) => frames.forEach((frame) => webSocket(socket).send(frame)));
    // How many engine connections and sockets of a namespace the server holds.
    socket.on("census", (namespace, ack) => {
      ack({ engines: io.engine.clientsCount, sockets: io.of(namespace).sockets.size });
    });
  });
}

/** The `ws` object below a connection that uses the WebSocket transport. */
function webSocket(socket) {
  return socket.conn.transport.socket;
}
