// Opening a recording in the page: dropped on it, or chosen.

import { readFilm } from "./film.js";

const largest = 64 << 20; // bytes; the command line takes more

/** wireOpening calls play with each recording that is opened, and fail with what is wrong with one that is not. */
export function wireOpening(input, play, fail) {
  const open = async (file) => {
    if (!file) return;
    try {
      if (file.size > largest) throw new Error(`${file.name} is larger than 64 MiB: use peal replay ${file.name}`);
      play(readFilm(file.name, await file.text()));
    } catch (err) {
      fail(err.message);
    }
  };
  input.addEventListener("change", () => {
    open(input.files[0]);
    input.value = "";
  });
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
}
