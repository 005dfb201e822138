// A bounded buffer of samples, and when it plays: gapless once it has begun, silence while it has nothing.
// Pure; the worklet drives it.

// What must be there before the first sample, and after a gap: two frames, since the next may be on its way.
const START_MS = 60;

export class Ring {
  #samples;
  #read = 0; // samples ever taken out …
  #written = 0; // … and put in

  constructor(capacity) {
    this.#samples = new Float32Array(capacity);
  }

  get filled() {
    return this.#written - this.#read;
  }

  get room() {
    return this.#samples.length - this.filled;
  }

  // Throws RangeError, and takes nothing, when there is no room.
  push(samples) {
    if (samples.length > this.room) throw new RangeError(`${samples.length} samples, but room for ${this.room}`);
    const at = this.#written % this.#samples.length;
    const fitting = Math.min(samples.length, this.#samples.length - at);
    this.#samples.set(samples.subarray(0, fitting), at);
    this.#samples.set(samples.subarray(fitting), 0);
    this.#written += samples.length;
  }

  // Fills the beginning of `into` with what there is; tells how many samples.
  pull(into) {
    const count = Math.min(into.length, this.filled);
    const at = this.#read % this.#samples.length;
    const fitting = Math.min(count, this.#samples.length - at);
    into.set(this.#samples.subarray(at, at + fitting));
    into.set(this.#samples.subarray(0, count - fitting), fitting);
    this.#read += count;
    return count;
  }
}

export class Playout {
  played = 0; // samples
  underruns = 0; // times it ran dry although more was to come
  #ring;
  #start;
  #playing = false;
  #ended = false;

  constructor(capacity, rate) {
    this.#ring = new Ring(capacity);
    this.#start = (rate * START_MS) / 1000;
  }

  get buffered() {
    return this.#ring.filled;
  }

  get drained() {
    return this.#ended && this.buffered === 0;
  }

  push(samples) {
    this.#ring.push(samples);
  }

  // Nothing follows: what there is plays to the end, however short.
  end() {
    this.#ended = true;
  }

  // The next samples; what is missing stays as it was, silence. Tells how many sounded.
  pull(into) {
    if (!this.#playing && (this.#ended || this.buffered >= this.#start)) this.#playing = true;
    if (!this.#playing) return 0;
    const count = this.#ring.pull(into);
    this.played += count;
    if (count < into.length) {
      this.#playing = false;
      if (!this.#ended) this.underruns += 1;
    }
    return count;
  }
}
