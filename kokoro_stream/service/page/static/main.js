// Puts the page together. Everything it asks for is below the folder that the page itself is in.

import { Composer } from "./composer.js";
import { Notices, worded } from "./notices.js";
import { Settings } from "./settings.js";
import { Stage } from "./stage.js";
import { Studio } from "./studio.js";
import { themeButton } from "./theme.js";

const find = (selector) => document.querySelector(selector);

const CONNECTION = {
  connecting: () => "Connecting …",
  open: () => "Connected",
  waiting: (delayMs) => `Connection lost. Trying again in ${Math.max(1, Math.round(delayMs / 1000))} s …`,
  resting: (why) => why,
  refused: (why) => why,
};

let rest = ""; // what was not heard of the last speech
let following = false;

const settings = new Settings(find("#settings"), {
  change: () => studio.apply(),
  key: () => studio.socket.reconnect(),
});
const notices = new Notices(find("#notices"));
const stage = new Stage(find("#stage"), () => speak(rest));
const composer = new Composer(find("#composer"), () => studio.state === "speaking" || studio.state === "waiting", {
  speak,
  interrupt: () => {
    studio.interrupt();
    show();
  },
});

export const studio = new Studio(document.baseURI, {
  settings: () => settings.chosen,
  key: () => settings.key,
  view: {
    connection(state, detail) {
      find("#connection").dataset.state = state;
      find("#connection p").textContent = CONNECTION[state](detail);
      find("#connection button").hidden = state === "connecting" || state === "open";
      show();
    },
    server: (created) => settings.offer(created),
    began: () => stage.begin(studio.speech),
    text: (text) => stage.append(text),
    ended(outcome) {
      rest = outcome.rest;
      stage.end(outcome, studio.underruns);
      const { code, message, retry_after_ms: retryMs } = outcome.terminal;
      if (outcome.kind === "failed") notices.show(worded(code, message, retryMs));
      show();
    },
    problem: (code, message, retryMs) => notices.show(worded(code, message, retryMs)),
  },
});

function speak(text, perSecond = null) {
  notices.clear();
  studio.speak(text, perSecond);
  show();
  if (!following) requestAnimationFrame(follow);
}

// Says in which state the speech is: to the styles, and on the button.
function show() {
  document.body.dataset.speech = studio.state;
  composer.show(studio.state === "speaking" || studio.state === "waiting");
}

// Keeps the picture in step with the sound while there is any.
function follow() {
  if (document.body.dataset.speech !== studio.state) show();
  following = studio.state !== "quiet";
  if (studio.state === "speaking") stage.show(studio.player.heardMs(), studio.underruns);
  if (following) requestAnimationFrame(follow);
}

// Mistakes of ours: the console has the details.
addEventListener("error", ({ message }) => notices.show(`Something went wrong in this page: ${message}`));
addEventListener("unhandledrejection", ({ reason }) => notices.show(`Something went wrong in this page: ${reason}`));

find("#connection button").addEventListener("click", () => studio.socket.connect());
themeButton(find("#theme"), () => stage.waveform.redraw());
studio.socket.connect();
