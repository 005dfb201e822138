// The text on the page, in which words light up as they sound. It stays one text node: what lights up are ranges of
// the CSS Custom Highlight API, so selecting, copying and screen readers find plain text.

const KINDS = ["heard", "now", "unheard", "unspoken"];
const Mark = globalThis.Highlight ?? Set; // where there are none, nothing lights up, and everything else works

export class Transcript {
  #element;
  #text;
  #marks;
  #unspoken = 0; // pieces marked so
  #gentle = matchMedia("(prefers-reduced-motion: reduce)");

  constructor(element) {
    this.#element = element;
    this.#text = element.firstChild;
    this.#marks = Object.fromEntries(KINDS.map((kind) => [kind, new Mark()]));
    this.#marks.now.priority = 1; // over heard
    for (const [kind, mark] of Object.entries(this.#marks)) CSS.highlights?.set(kind, mark);
  }

  // The first text of the page counts as half heard, which shows what this is about.
  welcome(border) {
    this.#light("heard", 0, border);
  }

  begin() {
    for (const mark of Object.values(this.#marks)) mark.clear();
    this.#unspoken = 0;
    this.#text.data = "";
    this.#element.scrollTop = 0;
  }

  append(text) {
    this.#text.appendData(text);
  }

  // Everything before `border` has been heard; `word` ({start, end}) sounds now, or none does.
  show(border, word) {
    this.#light("heard", 0, border);
    if (word) this.#follow(this.#light("now", word.start, word.end));
    else this.#marks.now.clear();
  }

  // These pieces of the text are not spoken as written; there may be more of them than at the last call.
  unspoken(pieces) {
    if (pieces.length === this.#unspoken) return;
    for (const { start, end } of pieces.slice(this.#unspoken)) {
      if (start !== undefined) this.#marks.unspoken.add(this.#range(start, end));
    }
    this.#unspoken = pieces.length;
  }

  // The speech was cut off at `border`.
  cut(border) {
    this.show(border);
    this.#light("unheard", border, this.#text.length);
  }

  #light(kind, start, end) {
    const range = this.#range(start, end);
    this.#marks[kind].clear();
    if (start < end) this.#marks[kind].add(range);
    return range;
  }

  #range(start, end) {
    const range = new Range();
    range.setStart(this.#text, Math.min(start, this.#text.length));
    range.setEnd(this.#text, Math.min(end, this.#text.length));
    return range;
  }

  // Keeps the word in sight where the text is longer than its frame.
  #follow(range) {
    const frame = this.#element;
    if (frame.scrollHeight <= frame.clientHeight) return;
    const below = range.getBoundingClientRect().bottom - frame.getBoundingClientRect().top;
    if (below > 0 && below < frame.clientHeight * 0.8) return;
    const behavior = this.#gentle.matches ? "instant" : "smooth";
    frame.scrollTo({ top: frame.scrollTop + below - frame.clientHeight / 3, behavior });
  }
}
