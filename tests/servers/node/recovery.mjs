// A namespace for tests of connection state recovery: whatever a client has the server say to
// everybody, also while others are away.

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
    // Answers once the server knows that nobody else is there.
    socket.on("alone", (ack) => {
      const check = () => (namespace.sockets.size > 1 ? setTimeout(check, 5) : ack());
      check();
    });
  });
}

const ASK_TIMEOUT_MS = 2000;
