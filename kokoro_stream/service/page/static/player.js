// Plays a speech through an AudioWorklet and knows what of it has really sounded.

const CAPACITY_SECONDS = 5; // of the audio thread's buffer; what is beyond it waits here

export class Player {
  node = null; // the AudioWorkletNode, once there is one
  #rate;
  #onReport;
  #context = null;
  #loading = null;
  #turn = 0; // tells the reports about this speech from those about a former
  #waiting = []; // orders to the audio thread; their samples lie in the recording too, and take no room of their own
  #handed = 0; // samples given to the audio thread
  #report = null; // its last
  #reportedAt = 0; // ms, when it came

  // `onReport({played, underruns, drained})` comes every 20 ms of sound, and when either of the latter changes.
  constructor(rate, onReport) {
    this.#rate = rate;
    this.#onReport = onReport;
  }

  // Milliseconds from a sample's leaving us to the loudspeaker.
  get latencyMs() {
    return 1000 * (this.#context?.outputLatency || this.#context?.baseLatency || 0);
  }

  // Opens the sound device, or wakes it; call it when the user does something. Rejects when there is none.
  async open() {
    this.#context ??= new AudioContext({ sampleRate: this.#rate, latencyHint: "interactive" });
    const running = this.#context.resume(); // before anything is awaited: the user's action counts no longer then
    try {
      await (this.#loading ??= this.#load());
    } catch (error) {
      this.#loading = null; // the next try may find the server again
      throw error;
    }
    await running;
  }

  // A new speech; what is left of the former is dropped.
  begin() {
    this.#turn += 1;
    this.#waiting = [{ order: "begin", turn: this.#turn }];
    this.#handed = 0;
    this.#report = null;
    this.#hand();
  }

  feed(samples) {
    if (!samples.length) return;
    this.#waiting.push({ order: "push", samples });
    this.#hand();
  }

  // Nothing follows.
  end() {
    this.#waiting.push({ order: "end" });
    this.#hand();
  }

  // Silence, at once.
  stop() {
    this.#turn += 1;
    this.#waiting = [{ order: "stop" }];
    this.#hand();
  }

  // How much of the speech has left the loudspeaker, in milliseconds.
  heardMs() {
    if (!this.#report) return 0;
    const playedMs = (1000 * this.#report.played) / this.#rate;
    return Math.max(0, playedMs + Math.min(0, performance.now() - this.#reportedAt - this.latencyMs));
  }

  async #load() {
    await this.#context.audioWorklet.addModule(new URL("worklet.js", import.meta.url));
    this.node = new AudioWorkletNode(this.#context, "player", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { capacity: CAPACITY_SECONDS * this.#rate },
    });
    this.node.onprocessorerror = () => {
      throw new Error("the audio thread has failed; please load the page again");
    };
    this.node.port.onmessage = ({ data }) => this.#receive(data);
    this.node.connect(this.#context.destination);
    this.#hand();
  }

  #receive(report) {
    if (report.turn !== this.#turn) return;
    this.#report = report;
    this.#reportedAt = performance.now();
    this.#hand();
    this.#onReport(report);
  }

  #hand() {
    while (this.node && this.#waiting.length) {
      const { samples = [] } = this.#waiting[0];
      if (this.#handed - (this.#report?.played ?? 0) + samples.length > CAPACITY_SECONDS * this.#rate) break;
      this.#handed += samples.length;
      this.node.port.postMessage({ ...this.#waiting.shift(), samples: Float32Array.from(samples, (s) => s / 32768) });
    }
  }
}
