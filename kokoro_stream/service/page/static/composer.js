// Where the text comes from: written by the user, or one of the examples; all at once, or as a model would write it.

import { EXAMPLES } from "./examples.js";

export class Composer {
  #form;
  #text;

  // `on`: speak(text, tokensPerSecond or null), interrupt(), both when the user asks for it. `speaking()` tells
  // whether there is something to interrupt.
  constructor(form, speaking, on) {
    this.#form = form;
    this.#text = form.querySelector("textarea");
    this.#offerExamples(form.querySelector("#examples"));
    const speak = () => form.reportValidity() && this.#text.value.trim() && on.speak(this.#text.value, this.#pace());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (speaking()) on.interrupt();
      else speak();
    });
    this.#text.addEventListener("input", () => speaking() && on.interrupt());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && speaking()) on.interrupt();
      else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) speak();
      else return;
      event.preventDefault();
    });
  }

  // The button says what it does.
  show(speaking) {
    this.#form.querySelector("#speak").textContent = speaking ? "Interrupt" : "Speak";
  }

  #pace() {
    const { arrival, pace } = this.#form.elements;
    return arrival.value === "written" ? pace.valueAsNumber : null;
  }

  #offerExamples(select) {
    select.append(...EXAMPLES.map(({ name }, index) => new Option(name, index)));
    const take = () => {
      this.#text.value = EXAMPLES[select.value].text;
      this.#text.dispatchEvent(new Event("input"));
    };
    select.addEventListener("change", take);
    this.#text.value = EXAMPLES[0].text;
  }
}
