// Conducts one speech at a time: text to the server, audio to the player, acknowledged as it sounds; knows no DOM.

import { CodePoints, pieces } from "./codepoints.js";
import { Player } from "./player.js";
import { Socket } from "./socket.js";
import { Speech } from "./speech.js";
import { Writer } from "./writer.js";

export const RATE = 24_000; // what Kokoro speaks at
const DELIVERY = {
  format: "pcm_s16le",
  sample_rate: RATE,
  frame_ms: 40,
  timestamps: "word",
  max_lead_ms: 2000,
  binary_header: true,
};
const ACK_MS = 100; // of audio between two acknowledgements

export class Studio {
  state = "quiet"; // waiting (for the connection) | speaking | stopping (what was heard is being told) | quiet
  speech = null; // the present one, or the last
  underruns = 0;
  socket;
  player;
  #settings;
  #view;
  #limits = null;
  #pending = null;
  #writer = null;
  #drained = false;
  #ackedMs = 0;
  #count = 0;

  // `settings()` gives the fields of session.update that the user has chosen, `key()` the API key. `view`:
  // connection(state, detail), server(session.created), began(), text(), ended(outcome), problem(code, message, retryMs).
  constructor(address, { settings, key, view }) {
    this.#settings = settings;
    this.#view = view;
    this.player = new Player(RATE, (report) => this.#play(report));
    this.socket = new Socket(address, key, {
      state: (state, detail) => this.#connection(state, detail),
      message: (message) => this.#receive(message),
      audio: (audio) => this.#hear(audio),
    });
  }

  // Says the text, `perSecond` tokens at a time or, when that is null, all at once. Who is speaking is interrupted.
  speak(text, perSecond = null) {
    this.interrupt();
    this.player.open().catch((error) => this.#view.problem("no_sound", error.message));
    this.#pending = { text, perSecond };
    this.state = "waiting";
    if (this.socket.state === "open") this.#begin();
    else this.socket.connect();
  }

  // Silence at once; `view.ended` tells what was heard when the server has said so.
  interrupt() {
    this.#pending = null;
    if (this.state === "waiting") this.state = "quiet";
    if (this.state !== "speaking") return;
    this.#writer?.stop();
    const ms = this.player.heardMs();
    this.player.stop();
    this.state = "stopping";
    this.#ackedMs = ms;
    if (this.speech.terminal) this.#end(this.#cut(ms));
    else this.socket.send({ type: "interrupt", context: this.speech.context, played_ms: ms });
  }

  // Tells the server what the user has chosen now.
  apply() {
    this.socket.send({ type: "session.update", ...this.#settings() });
  }

  #begin() {
    const { text, perSecond } = this.#pending;
    this.#pending = null;
    if (this.#tooLong(text)) {
      this.state = "quiet";
      return;
    }
    this.state = "speaking";
    this.#count += 1;
    this.speech = new Speech(`page-${this.#count}`, RATE, performance.now());
    this.underruns = 0;
    this.#drained = false;
    this.#ackedMs = 0;
    this.#writer = null;
    this.player.begin();
    this.#view.began();
    if (perSecond === null) {
      for (const piece of pieces(text, this.#limits.max_text_chars)) this.#append(piece);
      this.#complete();
    } else {
      this.#writer = new Writer(text, perSecond, { token: (token) => this.#append(token), end: () => this.#complete() });
      this.#writer.start();
    }
  }

  #tooLong(text) {
    const points = new CodePoints();
    points.append(text);
    const most = this.#limits.max_waiting_chars;
    if (points.length <= most) return false;
    this.#view.problem("text_limit", `The text has ${points.length} characters; the server takes ${most} at a time.`);
    return true;
  }

  #append(text) {
    this.speech.append(text);
    this.socket.send({ type: "text.append", context: this.speech.context, text });
    this.#view.text(text);
  }

  #complete() {
    this.socket.send({ type: "text.end", context: this.speech.context });
  }

  #connection(state, detail) {
    this.#view.connection(state, detail);
    if (state === "refused") this.interrupt();
    if (state === "open" || !this.speech || this.speech.terminal) return;
    this.#writer?.stop();
    this.speech.terminal = { type: "lost" };
    if (this.state === "stopping") this.#end(this.#cut(this.#ackedMs));
    else if (this.state === "speaking") this.player.end(); // what has arrived is still heard
  }

  #receive(message) {
    if (message.type === "session.created") {
      this.#limits = message.limits;
      this.socket.send({ type: "session.update", ...DELIVERY });
      this.#view.server(message);
      this.apply();
      if (this.#pending) this.#begin();
      return;
    }
    const speech = this.speech;
    if (message.type === "error" && !message.ends_context) this.#refused(message);
    // A piece of the text was not taken: what follows must not be spoken behind the hole.
    if (message.code === "rate_limit" && message.context && message.context === speech?.context) this.interrupt();
    if (!speech || message.context !== speech.context || speech.terminal) return;
    speech.receive(message);
    if (speech.terminal) this.#terminate();
  }

  #refused({ code, message, context, retry_after_ms: retryMs }) {
    // An interruption may cross the end of its context, and text that of a context that has failed. A key that is
    // refused is a state of the connection.
    const late = context && (context !== this.speech?.context || this.speech.terminal || this.state === "stopping");
    if (!late && code !== "unauthorized") this.#view.problem(code, message, retryMs);
  }

  #terminate() {
    this.#writer?.stop();
    if (this.state === "stopping") this.#end(this.#cut(this.#ackedMs));
    else if (this.#drained) this.#end(this.#outcome());
    else if (this.speech.terminal.type === "error") this.player.end();
  }

  #hear(audio) {
    if (this.state !== "speaking" || audio.number !== this.speech.number) return; // it crossed an interruption
    this.speech.hear(audio, performance.now());
    this.player.feed(audio.samples);
    if (audio.last) this.player.end();
  }

  #play({ played, underruns, drained }) {
    if (this.state !== "speaking") return;
    const { latencyMs } = this.player;
    if (played) this.speech.sounded(performance.now() + latencyMs);
    this.underruns = underruns;
    const heardMs = this.player.heardMs();
    if (drained || heardMs - this.#ackedMs >= ACK_MS) {
      this.#ackedMs = heardMs;
      this.socket.send({ type: "playback.ack", context: this.speech.context, played_ms: heardMs });
    }
    if (drained) setTimeout((speech) => this.#drain(speech), latencyMs, this.speech);
  }

  #drain(speech) {
    if (this.state !== "speaking" || this.speech !== speech) return;
    this.#drained = true;
    if (speech.terminal) this.#end(this.#outcome());
    else this.socket.send({ type: "playback.ack", context: speech.context, played_ms: speech.recording.ms });
  }

  // How a speech ended that played to its end.
  #outcome() {
    const { terminal, recording, text } = this.speech;
    if (terminal.type === "context.done") return { kind: "heard", ms: recording.ms, border: text.length, rest: "" };
    const kind = terminal.type === "lost" ? "lost" : "failed";
    return { ...this.#cut(recording.ms), kind };
  }

  // How a speech ended that was cut off after `ms`.
  #cut(ms) {
    const { terminal, text } = this.speech;
    const exact = terminal.type === "context.interrupted"; // the server knows the words that are still on their way
    const border = exact ? this.speech.toUnits(terminal.char_index) : this.speech.borderAt(ms);
    const rest = text.slice(border) + (this.#writer?.rest ?? "");
    return { kind: "interrupted", ms: exact ? terminal.audio_played_ms : ms, border, rest };
  }

  #end(outcome) {
    this.state = "quiet";
    this.#view.ended({ ...outcome, terminal: this.speech.terminal });
  }
}
