// Unusual events in use: what is optional stands before a callback, several values answer.

import { type Namespace, Server } from "socket.io";
import { type Socket, io } from "socket.io-client";

import type { AdminToldEvents, AskedEvents, CommandedEvents, OddToldEvents, Problem, Shape } from "./odd.js";

const odd: Namespace<AskedEvents, OddToldEvents> = new Server().of("/odd");
const socket: Socket<OddToldEvents, AskedEvents> = io("/odd");
const admin: Socket<AdminToldEvents, CommandedEvents> = io("/admin");
const shape: Shape = { type: "circle", radiusLength: 1 };

admin.on("shape", (name) => name.trim());
admin.emit("stop");

// With and without what is optional.
socket.emit("optional_ack", "title", (response) => response.toFixed());
socket.emit("optional_ack", "title", "note", (response) => response.toFixed());
socket.emit("optional_ack", "title", null, 5, (response) => response.toFixed());
socket.emit("rest_ack", "title", (response) => response.toFixed());
socket.emit("rest_ack", "title", "a", "b", (response) => response.toFixed());
socket.emit("optional_rest_ack", "title", "a", "b", (response) => response.toFixed());
socket.emitWithAck("optional_ack", "title", "note").then((response: number) => response);
socket.emit("divide", 6, 3, (error, value) => {
  if (error) error.code.toFixed();
  else value?.toFixed();
});
socket.emit("done", (error) => {
  error?.trim();
});
socket.emitWithAck("divide", 6, 3).then((error: Problem | null) => error);
socket.emitWithAck("optional_ack", "title").then((response: number) => response);
// @ts-expect-error: a tag is a string
socket.emit("rest_ack", "title", 5, (response) => response.toFixed());
// @ts-expect-error: the callback is missing
socket.emit("optional_ack", "title", "note");

odd.on("connection", (socket) => {
  socket.on("optional_ack", (...args) => {
    const note = args.length === 2 ? undefined : args[1];
    const callback = args[args.length - 1];
    if (typeof callback === "function") callback(note?.length ?? 0);
  });
  socket.on("rest_ack", (title, ...tagsAndCallback) => {
    const callback = tagsAndCallback[tagsAndCallback.length - 1];
    if (typeof callback === "function") callback(title.length);
  });
  socket.on("divide", (dividend, divisor, callback) => {
    if (divisor === 0) callback({ code: 1 });
    else callback(null, dividend / divisor);
  });
  socket.on("done", (callback) => callback(null));
  socket.on("tuple_ack", (id, callback) => callback(id, null, Buffer.from("bytes")));
  socket.on("unit_ack", (callback) => callback());
  socket.on("order:place", (item, note, isNew, idempotencyKey, callback) => {
    callback([item, note, isNew, idempotencyKey].length);
  });

  socket.emit("maybe", 1);
  socket.emit("maybe", 1, null, "very-good");
  socket.emit("several", 1, shape, { type: "nothing" });
  socket.emit("maybe_several", null, "a");
  socket.emit("album", { title: "a", pages: [new Uint8Array(1)] }, new ArrayBuffer(1));
  socket.emit("shape", shape, "Unit", 5, { kind: "B", value: { point: [1, 2] } });
  socket.emit("page", { items: ["1"], next: null }, { items: [shape], next: "2" });
  socket.emit("maps", { a: shape }, { bad: 5 }, [1, { a: null }]);
  socket.emit("nothing", null, {}, 5, [1, "a"]);
  socket.emit('it\'s "quoted" \\ with\n everything 🎉', "a", true, 1, 2, 3);
  socket.emit("constructor", "a", (response) => response.trim());
  // @ts-expect-error: the length has another name
  socket.emit("several", 1, { type: "circle", radius_length: 1 });
});
