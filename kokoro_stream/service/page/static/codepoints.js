// The protocol counts Unicode code points, JavaScript UTF-16 units; a text knows both, and grows.

export class CodePoints {
  #wide = []; // code point indices of the characters that take two units, in order
  #length = 0;

  // How many code points there are. Half a surrogate pair counts as one.
  get length() {
    return this.#length;
  }

  append(text) {
    for (const character of text) {
      if (character.length === 2) this.#wide.push(this.#length);
      this.#length += 1;
    }
  }

  // Where the code point `index` begins, in UTF-16 units.
  toUnits(index) {
    return index + this.#wideBefore(index);
  }

  #wideBefore(index) {
    let [low, high] = [0, this.#wide.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#wide[middle] < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

// The text in pieces of at most `most` code points; no pair is torn apart.
export function* pieces(text, most) {
  const points = new CodePoints();
  points.append(text);
  for (let start = 0; start < points.length; start += most) {
    yield text.slice(points.toUnits(start), points.toUnits(Math.min(start + most, points.length)));
  }
}
