// The audio of a speech as it arrived: to be downloaded, and to be drawn.

import { wavHeader } from "./wav.js";

const BUCKET_MS = 10; // one peak each
const MOST_SECONDS = 3600; // kept; 173 MB

export class Recording {
  rate;
  peaks = []; // 0 … 1, of 10 ms each
  samples = 0;
  #pieces = [];
  #inBucket = 0;

  constructor(rate) {
    this.rate = rate;
  }

  get ms() {
    return (1000 * this.samples) / this.rate;
  }

  // Whether all of it is kept.
  get complete() {
    return this.samples <= MOST_SECONDS * this.rate;
  }

  append(samples) {
    this.samples += samples.length;
    if (this.complete) this.#pieces.push(samples);
    const bucket = (this.rate * BUCKET_MS) / 1000;
    for (const sample of samples) {
      if (this.#inBucket === 0) this.peaks.push(0);
      this.#inBucket = (this.#inBucket + 1) % bucket;
      const peak = Math.abs(sample) / 32768;
      if (peak > this.peaks.at(-1)) this.peaks[this.peaks.length - 1] = peak;
    }
  }

  // The peak at a time; 0 where there is no audio.
  peakAt(ms) {
    return this.peaks[Math.floor(ms / BUCKET_MS)] ?? 0;
  }

  // A WAV file: 16 bit, mono.
  wav() {
    const bytes = this.#pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    return new Blob([wavHeader(bytes, this.rate), ...this.#pieces], { type: "audio/wav" });
  }
}
