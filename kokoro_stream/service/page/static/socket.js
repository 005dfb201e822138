// The connection to the server: opens it, comes back by itself, and says in which state it is.

import { readAudio } from "./wire.js";

const PROTOCOL = "kokoro-stream.v1";
const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const ABNORMAL = 1006; // what a browser calls a connection that broke, or was never made
const UNAUTHORISED = 4401;
const IDLE = 4408;

// How long to wait before the attempt after `failures` of them; `random` (0 … 1) keeps pages from coming all at once.
export function delayMs(failures, random) {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + random / 2);
}

// Where the server is for a page at `address`: beside it, whatever the path.
export function socketUrl(address) {
  const url = new URL("v1/stream", address);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

export class Socket {
  state = "closed"; // connecting | open | waiting | resting | refused
  #address;
  #key;
  #handlers;
  #socket = null;
  #failures = 0;
  #retryMs = 0; // what the server asked for
  #timer = 0;

  // `key()` gives the API key or "". `handlers`: state(name, detail), message(object), audio({number, samples, …}).
  constructor(address, key, handlers) {
    this.#address = address;
    this.#key = key;
    this.#handlers = handlers;
  }

  // Connects, or does so now rather than later. Does nothing while a connection is there or being made.
  connect() {
    if (this.state === "connecting" || this.state === "open") return;
    clearTimeout(this.#timer);
    const key = this.#key();
    this.#enter("connecting");
    try {
      this.#use(new WebSocket(socketUrl(this.#address), key ? [PROTOCOL, `bearer.${key}`] : [PROTOCOL]));
    } catch (error) {
      if (error.name !== "SyntaxError") throw error; // that one is about the subprotocol
      this.#enter("refused", "This key has characters that a browser cannot send. Please check it.");
    }
  }

  // Drops the connection and makes a new one, for another key.
  reconnect() {
    const former = this.#socket;
    this.#socket = null;
    former?.close();
    this.state = "closed";
    this.#failures = 0;
    this.connect();
  }

  // Sends a control message. Tells whether there was a connection to do so.
  send(message) {
    if (this.state !== "open" || this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #use(socket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    const current = (handle) => (event) => this.#socket === socket && handle(event);
    socket.onmessage = current(({ data }) => this.#receive(data));
    socket.onclose = current(({ code }) => this.#lose(code));
  }

  #receive(data) {
    if (typeof data !== "string") {
      this.#handlers.audio(readAudio(data));
      return;
    }
    const message = JSON.parse(data);
    this.#retryMs = message.fatal ? (message.retry_after_ms ?? 0) : 0;
    if (message.type === "session.created") {
      this.#failures = 0;
      this.#enter("open", message);
    }
    this.#handlers.message(message);
  }

  async #lose(code) {
    const wasOpen = this.state === "open";
    this.#socket = null;
    if (code === IDLE) {
      this.#enter("resting", "Nothing was said for a while. It connects again when you speak.");
    } else if (code === UNAUTHORISED) {
      this.#enter("refused", this.#key() ? "The server does not accept this key." : "The server wants an API key.");
    } else {
      this.#failures += 1;
      const delay = Math.max(this.#retryMs, delayMs(this.#failures, Math.random()));
      this.#enter("waiting", delay);
      this.#timer = setTimeout(() => this.connect(), delay);
      if (code === ABNORMAL && !wasOpen) await this.#explain();
    }
  }

  // A browser does not say why a handshake failed. A server that is well has refused it, for where the page is from.
  async #explain() {
    const well = await fetch(new URL("healthz", this.#address)).then(({ ok }) => ok, () => false);
    if (!well || this.state !== "waiting") return;
    clearTimeout(this.#timer);
    this.#enter("refused", "The server is there, but turns pages of this address away.");
  }

  #enter(state, detail) {
    this.state = state;
    this.#handlers.state(state, detail);
  }
}
