// One client whose listeners differ: each event is for one of them, and all are sent alike.

/** Serves it. */
export function serveNeighbours(namespace) {
  namespace.on("connection", (socket) => {
    let timer;
    let sent = 0;
    // Sends every event once each interval, numbered from 0.
    socket.on("start", (events, interval) => {
      sent = 0;
      timer = setInterval(() => {
        for (const event of events) socket.emit(event, sent);
        sent += 1;
      }, interval);
    });
    socket.on("stop", (ack) => {
      clearInterval(timer);
      ack(sent);
    });
    socket.on("disconnect", () => clearInterval(timer));
    socket.on("echo", (at) => socket.emit("echoed", at));
    socket.on("ask", (number, ack) => ack(number));
  });
}
