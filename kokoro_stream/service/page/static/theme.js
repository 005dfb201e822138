// Light or dark: the system's choice until the user makes another, which this browser remembers.

const NAME = "kokoro_stream.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

// Storage may be forbidden; then the choice holds for this visit.
function remembered() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // It holds for this visit.
  }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
}

const chosen = remembered();
if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;

// Lets a button change the theme; `onChange` is for what is drawn rather than styled.
export function themeButton(button, onChange) {
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    onChange();
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    show();
  });
  dark.addEventListener("change", show);
  show();
}
