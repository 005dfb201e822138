// Plays samples on the audio thread, and reports how far it is. One speech at a time; a new one replaces the old.

import { Playout } from "./playout.js";

const REPORT_MS = 20;

class Player extends AudioWorkletProcessor {
  #playout = null;
  #turn = 0;
  #unreported = 0;
  #capacity;

  constructor({ processorOptions }) {
    super();
    this.#capacity = processorOptions.capacity;
    this.port.onmessage = ({ data }) => this[data.order](data);
  }

  begin({ turn }) {
    this.#playout = new Playout(this.#capacity, sampleRate);
    this.#turn = turn;
    this.#unreported = 0;
  }

  push({ samples }) {
    this.#playout.push(samples);
  }

  end() {
    this.#playout.end();
    if (this.#playout.drained) this.#report();
  }

  stop() {
    this.#playout = null;
  }

  process(_inputs, [[channel]]) {
    const playout = this.#playout;
    if (playout) {
      const { underruns, drained } = playout;
      this.#unreported += playout.pull(channel);
      const news = playout.underruns !== underruns || (playout.drained && !drained);
      if (news || this.#unreported >= (sampleRate * REPORT_MS) / 1000) this.#report();
    }
    return true;
  }

  #report() {
    const { played, underruns, drained } = this.#playout;
    this.#unreported = 0;
    this.port.postMessage({ turn: this.#turn, played, underruns, drained });
  }
}

registerProcessor("player", Player);
