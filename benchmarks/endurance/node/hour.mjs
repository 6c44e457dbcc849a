// Clients that lose their connections all the time and come back, and the books of what was heard
// of each of them and said to each of them, over all of its sessions.

/** Serves it; gives the orders it takes. */
export function serveHour(io) {
  const regulars = new Map();
  let isCalm = false;

  const namespace = io.of("/hour");
  const counts = { taken_over: 0 };
  endFormerSessions(namespace, counts);
  namespace.on("connection", (socket) => {
    const { id } = socket.handshake.auth;
    if (!regulars.has(id)) regulars.set(id, new Books());
    socket.join(room(id));
    serveRegular(namespace, socket, regulars.get(id));
  });
  // What comes and goes; each is a namespace of its own, too, by its number.
  for (const passing of [io.of("/passing"), io.of(/^\/room-\d+$/)]) {
    passing.on("connection", (socket) => {
      socket.on("ask", (number, ack) => ack(number));
      socket.on("tell_me", (count) => {
        for (let number = 0; number < count; number++) socket.emit("told", number);
      });
      // From the namespace alone: others may be on the same connection.
      socket.on("send_me_away", () => socket.disconnect());
    });
  }

  setInterval(() => {
    if (isCalm) return;
    for (const [id, books] of regulars) feed(namespace, id, books);
  }, FEED_MS);
  setInterval(() => {
    if (isCalm) return;
    for (const socket of namespace.sockets.values()) {
      question(socket, regulars.get(socket.handshake.auth.id));
    }
  }, QUESTION_MS);

  return {
    calm() {
      isCalm = true;
      return counts;
    },
    storm: () => void (isCalm = false),
    // A fault on purpose: something that was never sent counts as sent.
    lose: ({ id }) => void (regulars.get(id).fed += 1),
    // A fault on purpose: something is sent twice.
    repeat: ({ id }) => void namespace.to(room(id)).emit("feed", regulars.get(id).fed - 1),
  };
}

/** What is known of one client. */
class Books {
  /** Sent without ack: heard, and how often against the rules. */
  notes = { received: 0, wrong: 0 };
  /** The numbers of notes in the latest session: the first one, and the next one. */
  session = { first: 0, next: 0 };
  /** Retried until they are answered: heard for the first time, and again. */
  retried = { received: 0, repeated: 0, wrong: 0 };
  asked = { received: 0 };
  uploaded = { received: 0 };
  volatile = { received: 0, next: 0, wrong: 0 };
  online = { received: 0, next: 0, wrong: 0 };
  /** Those that may have been withdrawn, since they were asked for last. */
  withdrawn = [];
  /** Said to the client, whether it was there or not. */
  fed = 0;
  questions = { asked: 0, answered: 0, unanswered: 0, wrong: 0 };
}

function serveRegular(namespace, socket, books) {
  // Within a session no note is missing; between two, some may be, and none comes again.
  let session;
  socket.on("note", (number) => {
    if (!session) {
      const isNew = number >= books.session.next;
      if (!isNew) books.notes.wrong += 1;
      session = { first: number, next: number };
      books.session = session;
    }
    const isLate = session !== books.session && number >= books.session.first;
    if (number !== session.next || isLate) books.notes.wrong += 1;
    session.next = number + 1;
    books.notes.received += 1;
  });
  socket.on("retried", (number, key, ack) => {
    if (number === books.retried.received) books.retried.received += 1;
    else if (number < books.retried.received) books.retried.repeated += 1;
    else books.retried.wrong += 1;
    ack(number);
  });
  socket.on("ask", (number, after, ack) => {
    books.asked.received += 1;
    if (after === 0) ack(number);
    else if (after > 0) setTimeout(() => ack(number), after);
    // Else never.
  });
  socket.on("upload", (number, content, ack) => {
    books.uploaded.received += 1;
    ack(content);
  });
  const increasing = (page) => (number) => {
    if (number < page.next) page.wrong += 1;
    page.next = number + 1;
    page.received += 1;
  };
  socket.on("tick", increasing(books.volatile));
  socket.on("online", increasing(books.online));
  socket.on("withdrawn", (number, ack) => {
    books.withdrawn.push(number);
    ack();
  });
  // The last feed comes before the answer, so that the client knows what it has missed.
  socket.on("books", (ack) => {
    feed(namespace, socket.handshake.auth.id, books);
    ack(books);
    books.withdrawn = [];
  });
}

/**
 * A client may come back before the server knows that its connection is lost. The server restores
 * the session all the same where it still keeps an older copy, so that two sockets have one id. When
 * the older one is cleaned up, the newer one loses its rooms with it, and what is kept for the
 * session is lost. So the older one is ended first: that is not what is looked for here.
 */
function endFormerSessions(namespace, counts) {
  const { adapter } = namespace;
  const restoreSession = adapter.restoreSession.bind(adapter);
  adapter.restoreSession = (pid, offset) => {
    for (const socket of namespace.sockets.values()) {
      if (socket.pid !== pid) continue;
      counts.taken_over += 1;
      socket.conn.close(true);
    }
    return restoreSession(pid, offset);
  };
}

/** To wherever the client is; what it misses is kept for a while. */
function feed(namespace, id, books) {
  namespace.to(room(id)).emit("feed", books.fed++);
}

function question(socket, { questions }) {
  const number = questions.asked++;
  socket.timeout(QUESTION_TIMEOUT_MS).emit("question", number, (error, answer) => {
    if (error) questions.unanswered += 1;
    else if (answer === number + 1) questions.answered += 1;
    else questions.wrong += 1;
  });
}

function room(id) {
  return `regular-${id}`;
}

const FEED_MS = 50;
const QUESTION_MS = 500;
const QUESTION_TIMEOUT_MS = 1000;
