// Who gets in: refuses handshakes or all requests while it is told to, and does to single
// requests of a session what proxies and overloaded servers do. Remembers the requests of each
// session, so that tests can ask for them.

const REMEMBERED_REQUESTS = 1000;

export class Gate {
  #requiredHeader;
  /** Why handshakes are refused, if they are. */
  #forbidden;
  #failing = false;
  /** Session id → HTTP method → what happens to the next such request. */
  #faults = new Map();
  /** Session id → its requests after the handshake. */
  #requests = new Map();

  constructor(requiredHeader) {
    this.require(requiredHeader);
  }

  /** Refuses handshakes that lack the header, `name` or `name: value`. */
  require(header) {
    const [name, value] = header?.split(": ") ?? [];
    this.#requiredHeader = name && { name: name.toLowerCase(), value };
  }

  /** Refuses handshakes with 403 and a message; lets them in again if there is none. */
  forbid(message) {
    this.#forbidden = message;
  }

  /** Answers all requests with 400, as socket.io does where an engine's middleware fails. */
  fail(isFailing) {
    this.#failing = isFailing;
  }

  /** Does `fault` to the next request of a session: `{status, body}`, "end" or "hang". */
  spoil(sessionId, method, fault) {
    const faults = this.#faults.get(sessionId) ?? new Map();
    this.#faults.set(sessionId, faults.set(method, fault));
  }

  /** The requests of a session until now, its handshake first. */
  requests({ id, request }) {
    return [describe(request), ...(this.#requests.get(id) ?? [])];
  }

  /** Nobody can ask for the requests of a session that has ended. */
  forget(sessionId) {
    this.#requests.delete(sessionId);
    this.#faults.delete(sessionId);
  }

  allowRequest = (request, decide) => {
    if (this.#forbidden !== undefined) return decide(this.#forbidden, false);
    if (this.#requiredHeader) {
      const { name, value } = this.#requiredHeader;
      const found = request.headers[name];
      if (found === undefined) return decide(`no ${name} header`, false);
      if (value !== undefined && found !== value) return decide(`wrong ${name} header`, false);
    }
    decide(null, true);
  };

  middleware = (request, response, next) => {
    if (this.#failing) return next(new Error("a middleware that fails"));
    const { sid } = request._query;
    if (!sid) return next();
    const remembered = this.#requests.get(sid) ?? [];
    this.#requests.set(sid, remembered);
    if (remembered.length < REMEMBERED_REQUESTS) remembered.push(describe(request));

    const faults = this.#faults.get(sid);
    const fault = faults?.get(request.method);
    if (fault === undefined) return next();
    faults.delete(request.method);
    if (fault === "hang") return;
    if (fault === "end") return request.socket.destroy();
    response.writeHead(fault.status, { "content-type": "text/plain" });
    response.end(fault.body);
  };
}

function describe({ method, url, headers }) {
  return { method, url, headers };
}
