// Which voices speak, and how much of each.

const MOST = 8; // in a blend, for the server
const DEFAULT = ""; // the model's own choice, which has no name to be blended by
const LANGUAGES = {
  a: "US English",
  b: "British English",
  e: "Spanish",
  f: "French",
  h: "Hindi",
  i: "Italian",
  j: "Japanese",
  p: "Portuguese",
  z: "Mandarin",
};
const GENDERS = { f: "female", m: "male" };

// The name of a voice for people, and its group: af_june is June, US English, female.
export function naming(voice) {
  const [, language, gender, name] = voice.match(/^([a-z])([fm])_(.+)$/) ?? [];
  if (!LANGUAGES[language]) return { name: voice, group: "Other" };
  return {
    name: name[0].toUpperCase() + name.slice(1),
    group: `${LANGUAGES[language]}, ${GENDERS[gender]}`,
  };
}

// What the protocol calls a blend of `parts` ({voice, weight}); weights count in relation to each other.
export function blended(parts) {
  if (parts.length === 0) return "";
  if (parts.length === 1) return parts[0].voice;
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.map(({ voice, weight }) => `${voice}:${Number((weight / total).toFixed(3))}`).join("+");
}

// The parts of a blend as the protocol writes it.
export function partsOf(blend) {
  if (!blend) return [];
  return blend.split("+").map((part) => {
    const [voice, weight] = part.split(":");
    return { voice: voice.trim(), weight: Math.round(100 * (weight ?? 1)) };
  });
}

export class VoicePicker {
  #fieldset;
  #template;
  #add;
  #written;
  #onChange;
  #voices = [];

  constructor(fieldset, onChange) {
    this.#fieldset = fieldset;
    this.#template = fieldset.querySelector("template");
    this.#add = fieldset.querySelector("[data-add]");
    this.#written = fieldset.querySelector("output");
    this.#onChange = onChange;
    this.#add.addEventListener("click", () => {
      const first = this.#rows()[0].querySelector("select");
      if (first.value === DEFAULT) first.value = this.#unused();
      this.#row({ voice: this.#unused(), weight: 50 });
      this.#rows().at(-1).querySelector("select").focus();
      this.#change();
    });
  }

  // What was chosen, as the protocol writes it; "" before the server has said what it has.
  get value() {
    return blended(this.#parts());
  }

  // The server's voices; keeps what was chosen where it still can.
  offer(voices, blend) {
    const chosen = this.#parts().length ? this.#parts() : partsOf(blend);
    const kept = chosen.filter(({ voice }) => voice === DEFAULT || voices.includes(voice));
    this.#voices = voices;
    this.#rows().forEach((row) => row.remove());
    for (const part of kept.length ? kept : [{ voice: DEFAULT, weight: 100 }]) this.#row(part);
    this.#show();
  }

  #rows() {
    return [...this.#fieldset.querySelectorAll(".voice")];
  }

  #parts() {
    return this.#rows().map((row) => ({
      voice: row.querySelector("select").value,
      weight: Number(row.querySelector("input").value),
    }));
  }

  #unused() {
    const used = this.#parts().map(({ voice }) => voice);
    return this.#voices.find((voice) => !used.includes(voice));
  }

  #row({ voice, weight }) {
    const row = this.#template.content.cloneNode(true).firstElementChild;
    row.querySelector("select").append(...this.#options());
    row.querySelector("select").value = voice;
    row.querySelector("input").value = weight;
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      this.#add.focus();
      this.#change();
    });
    row.addEventListener("input", () => this.#show());
    row.addEventListener("change", this.#onChange); // once a slider is let go
    this.#add.before(row);
  }

  #options() {
    const groups = new Map();
    for (const voice of this.#voices) {
      const { name, group } = naming(voice);
      if (!groups.has(group)) groups.set(group, Object.assign(document.createElement("optgroup"), { label: group }));
      groups.get(group).append(new Option(name, voice));
    }
    return [new Option("Default", DEFAULT), ...groups.values()];
  }

  #change() {
    this.#show();
    this.#onChange();
  }

  #show() {
    const rows = this.#rows();
    this.#fieldset.classList.toggle("blend", rows.length > 1);
    this.#add.disabled = rows.length >= Math.min(MOST, this.#voices.length);
    this.#written.value = this.value;
    for (const row of rows) {
      row.querySelector("option").disabled = rows.length > 1;
      const { name } = naming(row.querySelector("select").value);
      row.querySelector("input").setAttribute("aria-label", `Weight of ${name}`);
      row.querySelector("button").setAttribute("aria-label", `Leave ${name} out`);
    }
  }
}
