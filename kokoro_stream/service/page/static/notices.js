// Problems, said kindly; each stays until it is dismissed or the next speech begins.

const WORDS = {
  no_sound: () => "This browser could not open a sound device.",
  overloaded: () => "The server is busy with other listeners.",
  text_limit: (message) => message,
  session_closing: () => "The server is about to stop.",
};

// What is told about a problem: our words for its code if we have any, else the server's.
export function worded(code, message, retryMs) {
  const text = WORDS[code]?.(message) ?? message[0].toUpperCase() + message.slice(1);
  if (!retryMs) return text;
  return `${text} Please try again in ${Math.max(1, Math.ceil(retryMs / 1000))} s.`;
}

export class Notices {
  #list;

  constructor(list) {
    this.#list = list;
  }

  // The same is not said twice.
  show(text) {
    if ([...this.#list.children].some((item) => item.firstChild.textContent === text)) return;
    const item = document.createElement("li");
    const close = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "×" });
    close.setAttribute("aria-label", "Dismiss");
    close.addEventListener("click", () => item.remove());
    item.append(Object.assign(document.createElement("span"), { textContent: text }), close);
    this.#list.append(item);
  }

  clear() {
    this.#list.replaceChildren();
  }
}
