// A chart as SVG: lines or bars over an axis, with a legend whose lines differ in
// their dashes besides their colours.

const ns = "http://www.w3.org/2000/svg";
const wide = 480;
const high = 200;
const edge = { left: 52, right: 10, top: 14, bottom: 30 };
const dashes = ["", "6 4"];

/** drawChart gives the SVG of a plot; label writes a value of the x axis.
 * @param {import("./plots.js").Plot} plot @param {(x: number) => string} label */
export function drawChart(plot, label) {
  const svg = shape("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", class: "chart", "aria-label": plot.title });
  const points = plot.lines.flatMap((line) => line.points).filter((p) => Number.isFinite(p.y));
  if (points.length === 0) {
    svg.append(text("Nothing was measured yet.", wide / 2, high / 2, "middle"));
    return svg;
  }
  const scale = scaleOf(points, plot.bars);
  svg.append(...axes(scale, label));
  plot.lines.forEach((line, i) => svg.append(plot.bars ? bars(line.points, scale) : curve(line.points, scale, i)));
  return svg;
}

function scaleOf(points, spread) {
  const xs = points.map((p) => p.x);
  const [low, last] = [Math.min(...xs), Math.max(...xs)];
  const step = spread && xs.length > 1 ? xs[1] - xs[0] : spread ? 1 : 0;
  const top = nice(Math.max(...points.map((p) => p.y)));
  const span = Math.max(1, last + step - low);
  return {
    low, last: last + step, top, step,
    x: (x) => edge.left + ((x - low) / span) * (wide - edge.left - edge.right),
    y: (y) => high - edge.bottom - (y / top) * (high - edge.top - edge.bottom),
  };
}

// The next of 1, 2 and 5 times a power of ten.
function nice(most) {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= most) ?? most;
}

function axes(scale, label) {
  const levels = [0, 0.5, 1].map((part) => part * scale.top);
  const lines = levels.map((y) => shape("path", { class: "grid", d: `M${edge.left} ${scale.y(y)}H${wide - edge.right}` }));
  const values = levels.map((y) => text(y.toLocaleString(), edge.left - 6, scale.y(y) + 4, "end"));
  const ends = [text(label(scale.low), edge.left, high - 8, "start"), text(label(scale.last), wide - edge.right, high - 8, "end")];
  return [...lines, ...values, ...ends];
}

// A line has a gap where nothing was measured.
function curve(points, scale, i) {
  let pen = "M";
  let d = "";
  for (const { x, y } of points) {
    if (Number.isFinite(y)) d += `${pen}${scale.x(x).toFixed(1)} ${scale.y(y).toFixed(1)}`;
    pen = Number.isFinite(y) ? "L" : "M";
  }
  return shape("path", { class: `line line-${i}`, d, "stroke-dasharray": dashes[i] });
}

function bars(points, scale) {
  const d = points.map(({ x, y }) => `M${scale.x(x).toFixed(1)} ${scale.y(0)}V${scale.y(y).toFixed(1)}H${(scale.x(x + scale.step) - 1).toFixed(1)}V${scale.y(0)}Z`);
  return shape("path", { class: "bar-0", d: d.join("") });
}

function text(words, x, y, anchor) {
  const element = shape("text", { x, y, "text-anchor": anchor });
  element.textContent = words;
  return element;
}

function shape(name, attributes) {
  const element = document.createElementNS(ns, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(key, String(value));
  return element;
}
