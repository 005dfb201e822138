// A language model, simulated: gives a text token by token, at a steady pace.

// The text as tokenizers cut it: a word with the space before it, long ones in pieces; never within a character.
export function tokens(text) {
  return text.match(/\s?[\p{L}\p{M}\p{N}_]{1,6}|\s?[^\p{L}\p{M}\p{N}_\s]+|\s+/gu) ?? [];
}

export class Writer {
  #tokens;
  #perSecond;
  #handlers;
  #startedAt = 0;
  #written = 0;
  #timer = 0;

  // `handlers`: token(text), end().
  constructor(text, perSecond, handlers) {
    this.#tokens = tokens(text);
    this.#perSecond = perSecond;
    this.#handlers = handlers;
  }

  // What has not been written yet.
  get rest() {
    return this.#tokens.slice(this.#written).join("");
  }

  start() {
    this.#startedAt = performance.now();
    this.#write();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  // By the clock: where a browser lets timers come late, as in hidden tabs, several tokens come at once.
  #write() {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const due = Math.min(this.#tokens.length, 1 + Math.floor(seconds * this.#perSecond));
    while (this.#written < due) this.#handlers.token(this.#tokens[this.#written++]);
    if (due === this.#tokens.length) this.#handlers.end();
    else this.#timer = setTimeout(() => this.#write(), 1000 / this.#perSecond);
  }
}
