// One speech as the page knows it: its text, when its words sound, its audio, and how it ended. No I/O.

import { CodePoints } from "./codepoints.js";
import { Recording } from "./recording.js";

export class Speech {
  context;
  number = 0; // in the headers of its audio
  text = "";
  words = []; // {startMs, endMs, start, end}: when each sounds, and where it stands, in UTF-16 units
  warnings = []; // {message, start, end}: what is not spoken as written
  recording;
  firstAudioMs = null; // from its first text to its first audio, here
  soundedMs = null; // … to its first sound
  terminal = null; // the message that ended it
  #points = new CodePoints();
  #startedAt;

  // `now` is performance.now() when its first text went out.
  constructor(context, rate, now) {
    this.context = context;
    this.recording = new Recording(rate);
    this.#startedAt = now;
  }

  append(text) {
    this.text += text;
    this.#points.append(text);
  }

  // A message about this context.
  receive(message) {
    switch (message.type) {
      case "context.started":
        this.number = message.number;
        break;
      case "words":
        this.words.push(...message.words.map((word) => this.#word(word)));
        break;
      case "warning":
        this.warnings.push({ message: message.message, ...this.#span(message) });
        break;
      case "context.done":
      case "context.interrupted":
        this.terminal ??= message;
        break;
      case "error":
        if (message.ends_context) this.terminal ??= message;
    }
  }

  // Its next samples. Throws when some are missing.
  hear({ offset, samples }, now) {
    if (offset !== this.recording.samples) throw new Error(`audio is missing before sample ${offset}`);
    if (samples.length) this.firstAudioMs ??= now - this.#startedAt;
    this.recording.append(samples);
  }

  // The first sound left the loudspeaker at `now`.
  sounded(now) {
    this.soundedMs ??= now - this.#startedAt;
  }

  // How many words have begun by then.
  begunBy(ms) {
    let [low, high] = [0, this.words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words[middle].startMs < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // Where the text heard by then ends, in UTF-16 units: with the last word that has begun.
  borderAt(ms) {
    return this.words[this.begunBy(ms) - 1]?.end ?? 0;
  }

  // The word that sounds then, or undefined.
  wordAt(ms) {
    const word = this.words[this.begunBy(ms) - 1];
    return word && ms < word.endMs ? word : undefined;
  }

  // Where a code point of its text begins, in UTF-16 units.
  toUnits(index) {
    return this.#points.toUnits(index);
  }

  #word(word) {
    return { startMs: word.start_ms, endMs: word.end_ms, ...this.#span(word) };
  }

  #span({ char_start, char_end }) {
    return char_start == null ? {} : { start: this.toUnits(char_start), end: this.toUnits(char_end) };
  }
}
