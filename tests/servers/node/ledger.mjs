// A namespace that writes down every event that comes, in a file that outlives this process, and
// that counts aloud: for tests of what gets lost on the way, in either direction.

import { appendFileSync } from "node:fs";

/** Serves it. A line is `[session's id, event's name, number, size of the rest]`. */
export function serveLedger(namespace, file) {
  namespace.on("connection", (socket) => {
    socket.onAny((event, number, ...rest) => {
      const ack = typeof rest.at(-1) === "function" ? rest.pop() : undefined;
      // Texts, and lists of buffers.
      const size = rest.flat().reduce((sum, value) => sum + value.length, 0);
      // Written before it is answered, so that the answer is true whatever happens then.
      appendFileSync(file, `${JSON.stringify([socket.conn.id, event, number, size])}\n`);
      ack?.(number);
    });
  });
}

/** Counts aloud to everybody in the namespace, while it is told to. */
export class Teller {
  #namespace;
  #next;
  #timer;

  constructor(namespace) {
    this.#namespace = namespace;
  }

  start(from, everyMs) {
    this.#next = from;
    this.#timer = setInterval(() => this.#namespace.emit("number", this.#next++), everyMs);
  }

  /** The last number. */
  stop() {
    clearInterval(this.#timer);
    return this.#next - 1;
  }
}
