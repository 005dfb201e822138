// How it is spoken, and with which key: the controls beside the text.

import { VoicePicker } from "./voices.js";

const KEY = "kokoro_stream.key"; // in sessionStorage: gone with the tab

export class Settings {
  #form;
  #voices;
  #known = false; // whether the server's own settings have been taken over

  // `on`: change(), when something is to be spoken in another way; key(), when there is another key.
  constructor(form, on) {
    this.#form = form;
    this.#voices = new VoicePicker(form.querySelector("#voices"), on.change);
    const { speed, language, latency, key } = form.elements;
    speed.addEventListener("input", () => this.#showSpeed());
    for (const control of [speed, language, latency]) control.addEventListener("change", on.change);
    key.value = sessionStorage.getItem(KEY) ?? "";
    key.addEventListener("change", () => {
      sessionStorage.setItem(KEY, key.value.trim());
      on.key();
    });
    form.addEventListener("submit", (event) => event.preventDefault()); // Enter in the key's field; it has changed
  }

  // The fields of session.update.
  get chosen() {
    const { speed, language, latency } = this.#form.elements;
    return { voice: this.#voices.value, speed: speed.valueAsNumber, lang: language.value, latency: latency.value };
  }

  get key() {
    return this.#form.elements.key.value.trim();
  }

  // Takes the server's voices, and at first its settings.
  offer({ model, voices, config }) {
    this.#form.querySelector("#model").textContent = model;
    this.#voices.offer(voices, config.voice);
    if (this.#known) return;
    this.#known = true;
    const { speed, language, latency } = this.#form.elements;
    speed.value = config.speed;
    latency.value = config.latency;
    if (![...language.options].some(({ value }) => value === config.lang)) {
      language.add(new Option(config.lang, config.lang));
    }
    language.value = config.lang;
    this.#showSpeed();
  }

  #showSpeed() {
    this.#form.querySelector("#speed-shown").value = `${this.#form.elements.speed.valueAsNumber}×`;
  }
}
