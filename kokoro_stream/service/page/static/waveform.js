// Draws the sound: what has been heard in the accent colour, what is waiting to be heard in grey.

const SPAN_MS = 6000; // in sight while it plays
const BEFORE = 0.66; // how much of that lies before the present
const BAR = 3; // CSS pixels, with the gap
const STILL_MS = 500; // between two pictures when motion is not wanted

export class Waveform {
  #canvas;
  #gentle = matchMedia("(prefers-reduced-motion: reduce)");
  #drawnAt = 0;
  #last = null;

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.redraw()).observe(canvas);
  }

  // While it plays: a window that moves with the sound. Drawn seldom, and standing still, when motion is not wanted.
  follow(recording, heardMs) {
    if (this.#gentle.matches) {
      if (performance.now() - this.#drawnAt < STILL_MS) return;
      this.whole(recording, heardMs);
    } else {
      this.#draw(recording, heardMs, heardMs - SPAN_MS * BEFORE, SPAN_MS);
    }
  }

  // All of it, in the canvas's width.
  whole(recording, heardMs) {
    this.#draw(recording, heardMs, 0, Math.max(recording.ms, 1));
  }

  // After a change of size or colours.
  redraw() {
    if (this.#last) this.#draw(...this.#last);
    else this.#draw({ peakAt: () => 0 }, 0, -1, 1);
  }

  #draw(recording, heardMs, fromMs, spanMs) {
    this.#last = [recording, heardMs, fromMs, spanMs];
    this.#drawnAt = performance.now();
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = devicePixelRatio;
    this.#canvas.width = width * scale; // also clears it
    this.#canvas.height = height * scale;
    const pen = this.#canvas.getContext("2d");
    pen.scale(scale, scale);
    const { color: heard, borderTopColor: waiting } = getComputedStyle(this.#canvas);
    const msPerBar = (spanMs * BAR) / width;
    const first = Math.floor(fromMs / msPerBar); // bars keep their places, so that they do not shimmer as they move
    for (let bar = first; (bar - first) * BAR <= width + BAR; bar += 1) {
      const ms = bar * msPerBar;
      const tall = Math.max(1.5, loudest(recording, ms, msPerBar) * (height - 4));
      pen.fillStyle = ms >= 0 && ms < heardMs ? heard : waiting;
      pen.beginPath();
      pen.roundRect(((ms - fromMs) / spanMs) * width, (height - tall) / 2, BAR - 1, tall, 1);
      pen.fill();
    }
  }
}

// The highest peak in a piece of time, made larger where it is small, as ears do.
function loudest(recording, ms, spanMs) {
  let peak = 0;
  for (let at = ms; at < ms + spanMs; at += 10) peak = Math.max(peak, recording.peakAt(at));
  return Math.sqrt(peak);
}
