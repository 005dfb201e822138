// What can be seen of a speech: its text, its sound, its figures, and how it ended.

import { Transcript } from "./transcript.js";
import { Waveform } from "./waveform.js";

const ENDINGS = {
  heard: ({ ms }) => `Heard to the end, ${seconds(ms)}.`,
  interrupted: ({ ms, heard, unheard }) => `Interrupted after ${seconds(ms)}: ${heard} heard, ${unheard} not.`,
  lost: ({ ms, heard, unheard }) => `The connection broke after ${seconds(ms)}: ${heard} heard, ${unheard} not.`,
  failed: ({ heard, unheard }) => `The server could not go on: ${heard} heard, ${unheard} not.`,
};

export class Stage {
  waveform;
  #section;
  #transcript;
  #speech = null;

  // `onRest()`: the user wants to hear what was not heard.
  constructor(section, onRest) {
    this.#section = section;
    this.#transcript = new Transcript(this.#find("#transcript"));
    this.waveform = new Waveform(this.#find("#waveform"));
    this.#transcript.welcome(this.#find("#transcript").textContent.indexOf(" before"));
    this.#find("#rest").addEventListener("click", onRest);
  }

  begin(speech) {
    this.#speech = speech;
    this.#transcript.begin();
    this.#find("#outcome p").textContent = "";
    this.#find("#rest").hidden = true;
    this.#find("#download").hidden = true;
    this.#find("#warnings").hidden = true;
    URL.revokeObjectURL(this.#find("#download").href);
  }

  append(text) {
    this.#transcript.append(text);
  }

  // As it is at this moment, `heardMs` of it having sounded.
  show(heardMs, underruns) {
    const { recording } = this.#speech;
    this.#transcript.show(this.#speech.borderAt(heardMs), this.#speech.wordAt(heardMs));
    this.#transcript.unspoken(this.#speech.warnings);
    this.waveform.follow(recording, heardMs);
    this.#measure(heardMs, underruns);
  }

  // As it ended.
  end(outcome, underruns) {
    const { recording, warnings } = this.#speech;
    if (outcome.kind === "heard") this.#transcript.show(outcome.border);
    else this.#transcript.cut(outcome.border);
    this.#transcript.unspoken(warnings);
    this.waveform.whole(recording, outcome.ms);
    this.#measure(outcome.ms, underruns);
    this.#find("#outcome p").textContent = ENDINGS[outcome.kind]({ ...outcome, ...this.#counted(outcome) });
    this.#find("#rest").hidden = !outcome.rest.trim();
    this.#offerDownload(recording);
    this.#warn(warnings);
  }

  // How many words of the text were heard, and how many not: those that were never written included.
  #counted({ border, rest }) {
    return { heard: words(this.#speech.text.slice(0, border)), unheard: words(rest).replace(/ words?$/, "") };
  }

  #measure(heardMs, underruns) {
    const { firstAudioMs, soundedMs, recording } = this.#speech;
    const figures = {
      first: firstAudioMs === null ? "–" : `${Math.round(firstAudioMs)} ms`,
      sound: soundedMs === null ? "–" : `${Math.round(soundedMs)} ms`,
      lead: seconds(Math.max(0, recording.ms - heardMs)),
      underruns: String(underruns),
      heard: `${(heardMs / 1000).toFixed(1)} / ${seconds(recording.ms)}`,
    };
    for (const [name, figure] of Object.entries(figures)) {
      this.#find(`[data-meter=${name}]`).textContent = figure;
    }
  }

  #offerDownload(recording) {
    const link = this.#find("#download");
    link.hidden = recording.samples === 0;
    link.href = URL.createObjectURL(recording.wav());
    link.download = "speech.wav";
    link.textContent = recording.complete ? "Download WAV" : "Download WAV (the first hour)";
  }

  #warn(warnings) {
    const details = this.#find("#warnings");
    details.hidden = warnings.length === 0;
    const [verb, things] = warnings.length === 1 ? ["was", "thing"] : ["were", "things"];
    details.querySelector("summary").textContent = `${warnings.length} ${things} ${verb} not spoken as written`;
    details.querySelector("ul").replaceChildren(...warnings.map((warning) => this.#item(warning)));
  }

  #item({ message, start, end }) {
    const quote = start === undefined ? "" : ` — “${this.#speech.text.slice(start, end)}”`;
    return Object.assign(document.createElement("li"), { textContent: message + quote });
  }

  #find(selector) {
    return this.#section.querySelector(selector);
  }
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function words(text) {
  const count = (text.match(/[\p{L}\p{N}][^\s]*/gu) ?? []).length;
  return `${count} ${count === 1 ? "word" : "words"}`;
}
