// How numbers, names and small pieces of the page are written.

const plain = new Intl.NumberFormat();

const dayTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** number groups thousands. */
export const number = (n) => plain.format(n);

/** bytesIn are the bytes that base64 stands for. */
export const bytesIn = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** count is a number and its noun: "1 peer", "3 peers". */
export const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;

/** brief is a position as the command line prints it. */
export const brief = (id) => (id ?? "").slice(0, 8);

/** millis keeps small times exact enough to compare and large ones short. */
export const millis = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** span writes a time since the start: 0:07.5, 12:00.0, 1:02:03.4. */
export function span(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const [s, minutes] = [tenths % 600, Math.floor(tenths / 600)];
  const text = `${String(Math.floor(s / 10)).padStart(2, "0")}.${s % 10}`;
  if (minutes < 60) return `${minutes}:${text}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${text}`;
}

const sizes = ["KiB", "MiB", "GiB", "TiB"];

/** bytes writes a size in the unit that keeps it short. */
export function bytes(n) {
  if (n < 1024) return count(n, "byte");
  const power = Math.min(sizes.length, Math.floor(Math.log2(n) / 10));
  return `${number(Number((n / 1024 ** power).toPrecision(3)))} ${sizes[power - 1]}`;
}

const units = [{ size: 86400, noun: "day" }, { size: 3600, noun: "hour" }, { size: 60, noun: "minute" }, { size: 1, noun: "second" }];

/** clock writes the time of day, in the reader's way and always as wide. */
export const clock = (time) => dayTime.format(time);

/** lasted writes how long something has lasted, in its largest unit. */
export function lasted(ms) {
  const s = Math.max(0, ms / 1000);
  const { size, noun } = units.find((unit) => s >= unit.size) ?? units.at(-1);
  return count(Math.floor(s / size), noun);
}

/** make builds an element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** pairs builds a list of names and what each is, some with a class of their own.
 * @param {string} className @param {any[][]} list */
export const pairs = (className, list) =>
  make("dl", { className }, ...list.map(([name, what, className = ""]) => make("div", { className }, make("dt", {}, name), make("dd", {}, what))));

/** fill replaces an element's content. */
export const fill = (element, ...children) => element.replaceChildren(...children);

/**
 * keep shows a row for each of the items, in order. Rows that are there stay: one may
 * have the focus, or be under a button that is held down.
 * @param {Element} list @param {Map<any, Element>} rows @param {any[]} items @param {(item: any) => Element} row
 */
export function keep(list, rows, items, row) {
  const wanted = new Set(items);
  for (const [item, old] of rows) {
    if (wanted.has(item)) continue;
    old.remove();
    rows.delete(item);
  }
  items.forEach((item, i) => {
    if (!rows.has(item)) rows.set(item, row(item));
    if (list.children[i] !== rows.get(item)) list.insertBefore(rows.get(item), list.children[i] ?? null);
  });
}

/** write sets a text only if it is another: live regions speak at every set. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** around is the nearest element that fits, at or outside where an event happened.
 * @param {Event} event @param {string} selector
 * @returns {HTMLElement | null} */
export const around = (event, selector) => /** @type {HTMLElement} */ (event.target).closest(selector);

/** focusedIn is the element that has the focus, if it lies in another.
 * @param {Element} element
 * @returns {HTMLElement | null} */
export function focusedIn(element) {
  const focused = /** @type {HTMLElement} */ (document.activeElement);
  return element.contains(focused) ? focused : null;
}

/** calm tells whether the viewer asked for less motion. */
export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** visible is a text whose control and format characters, which nobody sees, are spelt out. */
export const visible = (text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
