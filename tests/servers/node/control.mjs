// Orders from the test that runs this server, for what no client can ask for: one line of JSON
// each on standard input, answered by one on standard output.

import { createInterface } from "node:readline";

import { Teller } from "./ledger.mjs";
import { dropEngine } from "./probes.mjs";

/** Takes orders, and ends the process with them. */
export function takeOrders(io, gate) {
  const teller = new Teller(io.of("/ledger"));
  const orders = {
    forbid: ({ message }) => gate.forbid(message),
    fail: () => gate.fail(true),
    require: ({ header }) => gate.require(header),
    admit() {
      gate.forbid();
      gate.fail(false);
      gate.require();
    },
    broadcast: ({ namespace, event, values }) => io.of(namespace).emit(event, ...values),
    drop: () => Object.values(io.engine.clients).forEach(dropEngine),
    tell: ({ from, everyMs }) => teller.start(from, everyMs),
    hush: () => teller.stop(),
    census: ({ namespace }) => ({
      engines: io.engine.clientsCount,
      sockets: io.of(namespace).sockets.size,
    }),
  };
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const { order, ...parameters } = JSON.parse(line);
      console.log(JSON.stringify({ done: order, result: orders[order](parameters) ?? null }));
    })
    .on("close", () => process.exit());
}
