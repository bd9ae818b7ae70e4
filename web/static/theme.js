// The theme: the system's, or the one the viewer chose. The choice is kept in
// this browser; where storage is refused, it lasts as long as the page.

const choices = ["auto", "light", "dark"];
const slot = "peal-theme";

let current = load();
apply();

/** wireTheme makes the button step through the choices; changed is called after each. */
export function wireTheme(button, changed) {
  const step = () => {
    current = choices[(choices.indexOf(current) + 1) % choices.length];
    save();
    apply();
    name(button);
    changed();
  };
  name(button);
  button.addEventListener("click", step);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

function name(button) {
  button.textContent = `Theme: ${current}`;
}

function apply() {
  if (current === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = current;
  }
}

function load() {
  try {
    const kept = localStorage.getItem(slot);
    return choices.includes(kept) ? kept : "auto";
  } catch {
    return "auto";
  }
}

function save() {
  try {
    localStorage.setItem(slot, current);
  } catch {
    // Storage is off in this browser; the page still follows the choice.
  }
}
