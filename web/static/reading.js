// A value that was read, as text, as bytes, or as the picture that it is.
// Nothing in it is ever taken for markup.

import { fill, make, number } from "./words.js";

const preview = 4096; // characters of a text that are shown
const dumped = 1024; // bytes in hexadecimal digits
const largest = 8 << 20; // bytes of a picture

/** The kinds of pictures, by the bytes that they begin with. */
const pictures = [
  { type: "image/png", magic: [0x89, 0x50, 0x4e, 0x47] },
  { type: "image/jpeg", magic: [0xff, 0xd8, 0xff] },
  { type: "image/gif", magic: [0x47, 0x49, 0x46, 0x38] },
  { type: "image/webp", magic: [0x52, 0x49, 0x46, 0x46] },
  { type: "image/bmp", magic: [0x42, 0x4d] },
];

/** kindOf says what bytes are: "text", a picture of some type, or "bytes". A text may begin as pictures do. */
export function kindOf(bytes) {
  if (textOf(bytes) !== null) return "text";
  return pictures.find(({ magic }) => magic.every((b, i) => bytes[i] === b))?.type ?? "bytes";
}

/** textOf is what bytes are in UTF-8, and null if they are not. */
export function textOf(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[\x00-\x08\x0e-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** dump writes bytes as lines of an offset, hexadecimal digits and letters. */
export function dump(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const part = Array.from(bytes.subarray(at, at + 8));
    const digits = part.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    const letters = part.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${digits.padEnd(23)}  ${letters}`);
  }
  return lines.join("\n");
}

/** showValue gives elements that show bytes, and buttons to see them otherwise. */
export function showValue(bytes) {
  if (bytes.length === 0) return [];
  const kind = kindOf(bytes);
  const views = { text: () => asText(bytes), bytes: () => asBytes(bytes), ...(kind.startsWith("image/") ? { picture: () => asPicture(bytes, kind) } : {}) };
  const names = Object.keys(views).filter((name) => name !== "text" || textOf(bytes) !== null);
  const place = make("div", {});
  const buttons = names.map((name) => make("button", { type: "button", className: "chip kind" }, name));
  const show = (name) => {
    fill(place, ...views[name]());
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(names[i] === name)));
  };
  buttons.forEach((button, i) => button.addEventListener("click", () => show(names[i])));
  show(kind.startsWith("image/") ? "picture" : kind);
  return [make("div", { className: "chips", ariaLabel: "Show the value as", role: "group" }, ...buttons, make("span", { className: "soft" }, kind)), place];
}

function asText(bytes) {
  const text = textOf(bytes);
  const rest = text.length > preview ? [make("p", { className: "soft" }, `The first ${number(preview)} characters are shown.`)] : [];
  return [make("pre", { className: "value", tabIndex: 0 }, text.slice(0, preview)), ...rest];
}

function asBytes(bytes) {
  const rest = bytes.length > dumped ? [make("p", { className: "soft" }, `The first ${number(dumped)} bytes are shown.`)] : [];
  return [make("pre", { className: "value", tabIndex: 0 }, dump(bytes.subarray(0, dumped))), ...rest];
}

// It is painted, so that it can be nothing but a picture.
function asPicture(bytes, type) {
  const canvas = make("canvas", { className: "picture", width: 1, height: 1, role: "img", ariaLabel: "The value as a picture" });
  const note = make("p", { className: "soft" }, "");
  if (bytes.length > largest) note.textContent = "It is too large to be shown as a picture.";
  else paint(canvas, new Blob([bytes], { type })).then((size) => (note.textContent = size), () => (note.textContent = "It begins like a picture, and is none."));
  return [canvas, note];
}

async function paint(canvas, blob) {
  const image = await createImageBitmap(blob);
  const scale = Math.min(1, 600 / Math.max(image.width, image.height));
  canvas.width = Math.max(1, image.width * scale);
  canvas.height = Math.max(1, image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return `${number(image.width)} × ${number(image.height)}`;
}
