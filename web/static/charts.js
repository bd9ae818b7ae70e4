// The charts of what was measured, each to be saved.

import { drawChart } from "./chart.js";
import { csvOf, plotsOf } from "./plots.js";
import { Series } from "./series.js";
import { clock, fill, make, span } from "./words.js";

const redraw = 1000; // milliseconds

/** Charts draws what the messages told, while it is looked at. */
export class Charts {
  #live = new Series(); // goes on while another time is shown
  #other = new Series(); // since the last jump there
  #jumps = -1;
  #drawn = 0;

  constructor(place, ring) {
    this.place = place;
    this.ring = ring;
  }

  /** hear counts a message of a ring that runs, shown or not; at is in seconds.
   * @param {import("./types.js").Message} message @param {number} at */
  hear(message, at) {
    this.#live.take(at, message);
    this.show();
  }

  /** see counts a message of another time that is shown.
   * @param {import("./types.js").Message} message */
  see(message) {
    const { jumps } = this.ring.state;
    if (jumps !== this.#jumps) this.#other = new Series();
    this.#jumps = jumps;
    this.#other.take(message.replay.at, message);
    this.show();
  }

  /** show draws anew, once a second at most. */
  show(now = performance.now()) {
    if (!this.place.checkVisibility() || now < this.#drawn + redraw) return;
    this.#drawn = performance.now();
    if (this.place.contains(document.activeElement)) {
      for (const plot of this.#plots()) this.place.querySelector(`#plot-${plot.id} svg`)?.replaceWith(this.#draw(plot));
      return;
    }
    fill(this.place, ...this.#plots().map((plot) => this.#card(plot)));
  }

  #plots() {
    const { recorded } = this.ring.state;
    return plotsOf((recorded ? this.#other : this.#live).samples, this.ring.state);
  }

  #draw(plot) {
    const time = (x) => (this.ring.state.recorded ? span(x) : clock(new Date(1000 * x)));
    return drawChart(plot, plot.bars ? String : time);
  }

  #card(plot) {
    const button = (name, save) => {
      const element = make("button", { type: "button", className: "quiet", ariaLabel: `Save ${plot.title} as ${name}` }, name);
      element.addEventListener("click", save);
      return element;
    };
    const latest = () => this.#plots().find((other) => other.id === plot.id);
    const legend = plot.lines.map((line, i) => make("span", { className: `key key-${i}` }, line.name));
    return make("section", { className: "plot", id: `plot-${plot.id}` },
      make("header", {}, make("h3", {}, plot.title, make("span", { className: "soft" }, unitBeside(plot))),
        button("CSV", () => save(`${plot.id}.csv`, "text/csv", csvOf(latest()))),
        button("SVG", () => save(`${plot.id}.svg`, "image/svg+xml", standalone(this.#draw(latest()), this.place)))),
      make("p", { className: "keys-of-plot" }, ...legend),
      this.#draw(plot));
  }
}

// The heading of some plots says it already.
const unitBeside = ({ title, unit }) => (title.toLowerCase().includes(unit) ? "" : ` ${unit}`);

function save(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Outside the page there is no style sheet: what it says is written into the file.
function standalone(svg, place) {
  place.append(svg);
  for (const element of svg.querySelectorAll("path, text")) {
    const { stroke, fill: inside, strokeWidth } = getComputedStyle(element);
    element.setAttribute("stroke", stroke);
    element.setAttribute("fill", inside);
    element.setAttribute("stroke-width", strokeWidth);
    if (element.tagName === "text") element.setAttribute("font-family", "sans-serif"), element.setAttribute("font-size", "12");
  }
  svg.remove();
  return new XMLSerializer().serializeToString(svg);
}
