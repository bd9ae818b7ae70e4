// Tabs: several views in one place. Left and right move between them.

/** wireTabs makes the buttons of a tab list show their panels, and calls chosen then. It gives a way to choose one by name. */
export function wireTabs(list, chosen = () => {}) {
  /** @type {HTMLElement[]} */
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const other of tabs) {
      const shown = other === tab;
      other.setAttribute("aria-selected", String(shown));
      other.tabIndex = shown ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !shown;
    }
    chosen();
  };
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  list.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = tabs.at((tabs.indexOf(/** @type {HTMLElement} */ (event.target)) + by) % tabs.length);
    next.focus();
    choose(next);
  });
  choose(tabs[0]);
  return (id) => choose(document.getElementById(id));
}
