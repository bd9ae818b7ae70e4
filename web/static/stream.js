// The stream: the ring's state over a WebSocket, as a snapshot and numbered
// deltas behind it. A lost delta would leave the picture wrong for good, so a
// gap in the numbers asks for a fresh snapshot, and nothing is applied until
// it has come.

const firstPause = 500;
const longestPause = 15_000;
const beat = 5000; // between two looks at the clock
const nap = 90_000; // a clock that has jumped so far means sleep; a page in the background looks once a minute
const patience = 5000; // for a snapshot after that

/**
 * Stream keeps one connection alive. It emits "snapshot" and "delta" with the
 * message as detail, and "state" with {state, retryAt} where state is
 * "connecting", "live" or "waiting".
 */
export class Stream extends EventTarget {
  #socket = null;
  #pause = firstPause;
  #timer = 0;
  #seq = -1; // of the last message applied; -1 while a snapshot is awaited
  #looked = Date.now(); // at the clock

  constructor() {
    super();
    setInterval(() => this.#look(), beat);
  }

  /** connect opens the stream now, also out of a pause. */
  connect() {
    clearTimeout(this.#timer);
    if (this.#socket) return;
    this.#tell("connecting");
    const socket = new WebSocket(address());
    this.#socket = socket;
    this.#seq = -1;
    socket.addEventListener("message", (event) => this.#receive(event.data));
    socket.addEventListener("close", () => this.#lost(socket));
  }

  /** on calls what to do with each message of a type. */
  on(type, act) {
    this.addEventListener(type, (event) => act(/** @type {CustomEvent} */ (event).detail));
  }

  #receive(text) {
    const message = parse(text);
    if (message?.type === "snapshot") {
      this.#accept(message);
    } else if (message?.type === "delta") {
      this.#follow(message);
    }
  }

  #accept(snapshot) {
    this.#seq = snapshot.seq;
    this.#pause = firstPause;
    this.#tell("live");
    this.#emit("snapshot", snapshot);
  }

  #follow(delta) {
    if (this.#seq < 0) return;
    if (delta.seq !== this.#seq + 1) {
      this.resync();
      return;
    }
    this.#seq = delta.seq;
    this.#emit("delta", delta);
  }

  /** resync asks for a snapshot; nothing is applied until it has come. */
  resync() {
    this.#seq = -1;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type: "resync" }));
  }

  #look() {
    const slept = Date.now() - this.#looked > nap;
    this.#looked = Date.now();
    if (slept) this.#wake();
  }

  // After a sleep the other side may have gone without a word, and what was not sent
  // meanwhile would leave a picture that looks as if it were of now.
  #wake() {
    const socket = this.#socket;
    if (!socket) {
      this.connect();
      return;
    }
    this.resync();
    setTimeout(() => {
      if (this.#socket !== socket || this.#seq >= 0) return;
      this.#lost(socket);
      socket.close();
      this.connect();
    }, patience);
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    // Many dashboards lose one server together; they should not return together.
    const wait = this.#pause * (0.75 + Math.random() / 2);
    this.#pause = Math.min(this.#pause * 2, longestPause);
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#tell("waiting", Date.now() + wait);
  }

  #tell(state, retryAt = 0) {
    this.#emit("state", { state, retryAt });
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function address() {
  const url = new URL("v1/events", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
