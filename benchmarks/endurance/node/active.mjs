// Many clients that ask, and that are told something all the time. Everything is numbered, so that
// either side knows what it has missed.

/** Serves it; a client says how often it is told something, and where in that time. */
export function serveActive(namespace) {
  namespace.on("connection", (socket) => {
    const books = { sent: 0, received: 0, wrong: 0 };
    const receive = (number) => {
      if (number !== books.received) books.wrong += 1;
      books.received += 1;
    };
    socket.on("ask", (number, text, ack) => {
      receive(number);
      ack(number);
    });
    socket.on("upload", (number, content, ack) => {
      receive(number);
      ack(content);
    });

    const { interval, phase } = socket.handshake.auth;
    const tell = () => {
      const number = books.sent++;
      if (number % 10 === 9) socket.emit("blob", number, BLOB);
      else socket.emit("number", number);
    };
    let timer;
    // From the client's word on, so that none is told before all are there.
    socket.on("start", () => {
      timer = setTimeout(() => (timer = setInterval(tell, interval)), phase);
    });
    // What was sent before is there before the answer.
    socket.on("finish", (ack) => {
      clearInterval(timer);
      ack(books);
    });
    socket.on("disconnect", () => clearInterval(timer));
  });
}

const BLOB = Buffer.alloc(1024, 7);
