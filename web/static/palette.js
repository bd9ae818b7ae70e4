// The colours of the canvas, taken from the style sheet so that both have one source.

const names = [
  "card", "ink", "soft", "line", "rim", "accent", "accent-wash",
  "replicated", "short", "joining", "suspected", "crashed", "marked", "flow",
  "shade-0", "shade-1", "shade-2", "shade-3", "shade-4",
];

/** palette reads the colours as they are now, under the theme in force. */
export function palette(element) {
  const colours = {};
  for (const name of names) {
    // A custom property reads back unresolved; a real colour property does not.
    element.style.color = `var(--${name})`;
    colours[name] = getComputedStyle(element).color;
  }
  element.style.color = "";
  return colours;
}
