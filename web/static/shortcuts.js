// Keys that work anywhere on the page, but never while something is typed.

/** wireShortcuts maps single keys to actions. */
export function wireShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.key !== "Escape" && typing(target)) return;
    if (event.key === " " && target.matches("button, summary, [tabindex]:not(canvas)")) return;
    const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

const typing = (element) => element.matches("input:not([type=range]), textarea, select");
