// The colours of the canvas, taken from the style sheet so that both have one source.

const names = [
  "card", "ink", "soft", "line", "rim", "accent", "accent-wash",
  "replicated", "short", "joining", "suspected", "crashed",
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
