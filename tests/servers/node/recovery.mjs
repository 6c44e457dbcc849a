// A namespace for tests of connection state recovery: whatever a client has the server say to
// everybody, also while others are away, or to itself when its connection is lost.

import { dropEngine } from "./probes.mjs";

/** Serves it; the server needs the option `connectionStateRecovery`. */
export function serveRecovery(namespace) {
  namespace.on("connection", (socket) => {
    socket.on("join", (room, ack) => {
      socket.join(room);
      ack();
    });
    socket.on("rooms", (ack) => ack([...socket.rooms].filter((room) => room !== socket.id)));
    socket.on("auth", (ack) => ack(socket.handshake.auth));
    socket.on("say", (event, ...args) => namespace.emit(event, ...args));
    socket.on("say:volatile", (event, ...args) => namespace.volatile.emit(event, ...args));
    socket.on("say:room", (room, event, ...args) => namespace.to(room).emit(event, ...args));
    socket.on("ask", async (event, ...args) => {
      socket.emit("asked", await socket.timeout(ASK_TIMEOUT_MS).emitWithAck(event, ...args));
    });
    socket.on("tell", (event, ...args) => socket.emit(event, ...args));
    socket.on("tell:volatile", (event, ...args) => socket.volatile.emit(event, ...args));
    socket.on("state", (ack) => ack({ id: socket.id, recovered: socket.recovered }));
    // Ends the connection without a word, and then says what the client misses: events as
    // `[name, ...arguments]`.
    socket.on("drop", (...missed) => {
      socket.once("disconnect", () => {
        for (const [event, ...args] of missed) socket.emit(event, ...args);
      });
      dropEngine(socket.conn);
    });
    // Answers once the server knows that nobody else is there.
    socket.on("alone", (ack) => {
      const check = () => (namespace.sockets.size > 1 ? setTimeout(check, 5) : ack());
      check();
    });
  });
}

const ASK_TIMEOUT_MS = 2000;
