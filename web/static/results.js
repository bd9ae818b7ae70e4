// What an operation came to, in plain words.

import { whyNot, whyThis } from "./choice.js";
import { showValue } from "./reading.js";
import { fraction } from "./state.js";
import { brief, bytes, bytesIn, count, lasted, make, millis, number, pairs } from "./words.js";

const reasons = {
  usage: "That cannot be sent",
  not_found: "No such key",
  conflict: "The key has changed",
  no_peer: "No peer answered",
  quorum: "Too few replicas answered",
  unknown: "It may or may not have been stored",
  closed: "This peer has left the ring",
  refused: "Refused",
  offline: "No connection",
};

/** failure shows an error: what it means, and below it what the API says to do. */
export function failure(err) {
  const title = reasons[err.code] ?? "Something went wrong";
  return [headline(title, err.code === "not_found" ? "wait" : "bad"), make("p", {}, err.message)];
}

/** writeResult shows the receipt of a put or delete. */
export function writeResult(title, receipt) {
  const replicas = receipt.replicas ?? [];
  return [
    headline(`${title} on ${where(replicas.length, receipt)}`, "good"),
    facts([
      ["Hops", number(receipt.hops)],
      ["Time", millis(receipt.ms)],
      ...expiry(receipt),
      ["Version", receipt.version],
    ]),
    make("ol", { className: "chips" }, ...replicas.map((contact) => make("li", {}, chip(contact.id)))),
    ...(receipt.owed ?? []).map(debt),
  ];
}

// A write is answered before the last replica has it, and a ring may have too few peers.
function where(has, { wanted, n }) {
  const all = Math.max(wanted, n ?? wanted);
  const few = wanted < all ? `: the ring has ${count(wanted, "peer")}` : "";
  if (has < all) return `${has} of ${count(all, "replica")}${few}`;
  return has === 1 ? "the only replica" : `all ${number(has)} replicas`;
}

function debt(owed) {
  const held = owed.holder ? [", held by ", chip(owed.holder.id)] : [];
  return make("p", { className: "soft" }, "Owed to ", chip(owed.id), ...held);
}

function expiry(answer) {
  return answer.expires ? [["Expires", new Date(answer.expires).toLocaleString(), "wide"]] : [];
}

/** bytesOf is the value that an answer has. */
export const bytesOf = (answer) => bytesIn(answer.value ?? "");

/** largeResult offers a value that is too large for the page as a file. */
export const largeResult = ({ size, href }) => [
  headline(`Found: ${bytes(size)}`, "good"),
  make("p", {}, "It is too large to be shown here. ", make("a", { href, download: "value" }, "Save it as a file"), "."),
];

/** readResult shows a value and how it was read. */
export function readResult(answer) {
  const value = bytesOf(answer);
  return [
    headline(value.length === 0 ? "Found: the value is empty" : `Found: ${count(value.length, "byte")}`, "good"),
    ...showValue(value),
    facts([
      ["Agreed", `${answer.agreed} of ${answer.asked}`],
      ["Repaired", number(answer.repaired ?? 0)],
      ["Hops", number(answer.hops)],
      ["Time", millis(answer.ms)],
      ...expiry(answer),
      ["Version", answer.version],
    ]),
    make("ul", { className: "replies", ariaLabel: "What each replica had" }, ...(answer.replies ?? []).map((reply) => replyOf(reply, answer.version))),
  ];
}

// What a replica had before the read, against the newest; a version begins with the
// time at which it was written.
function replyOf({ id, version, deleted }, newest) {
  const behind = Number.parseInt(newest, 10) - Number.parseInt(version, 10);
  const had = version === undefined ? "had nothing" : version === newest ? "has the newest" : `had one ${lasted(behind)} older`;
  const more = version === newest ? "" : deleted ? ", a delete; is sent the newest" : "; is sent the newest";
  return make("li", {}, chip(id), make("span", { className: "soft", title: version ?? "" }, had + more));
}

/** routeResult shows a lookup hop by hop, and whom it could have asked instead; the canvas draws the same. */
export function routeResult(route, entry) {
  const hops = route.hops ?? [];
  const line = (text, id, note, ...more) => make("li", {}, make("span", { className: "step" }, text), chip(id), make("span", { className: "soft" }, note), ...more);
  const others = (route.replicas ?? []).filter((contact) => contact.id !== route.owner?.id);
  const chips = make("div", { className: "chips" }, ...others.map((contact) => chip(contact.id)));
  return [
    headline(`${route.owner?.peer ? "Found" : "Not found"} in ${count(hops.length, "hop")}, ${millis(route.ms)}`, route.owner?.peer ? "good" : "bad"),
    make("ol", { className: "route" },
      ...(entry ? [line("Enters", entry, "")] : []),
      ...hops.map((hop, i) => line(String(i + 1), hop.id, hop.failed ? `did not answer for ${millis(hop.ms)}` : millis(hop.ms), ...choice(route, i))),
      ...(route.owner?.peer ? [line("Owner", route.owner.id, "")] : []),
      ...(others.length > 0 ? [make("li", {}, make("span", { className: "step" }, "Replicas"), chips)] : []),
    ),
    make("p", { className: "soft" }, "The key lies at ", make("span", { className: "code" }, brief(route.id)), "."),
  ];
}

// Why this peer was asked, and whom the lookup knew of as well.
function choice(route, i) {
  const hop = route.hops[i];
  const others = hop.others ?? [];
  const why = whyThis(hop);
  if (others.length === 0) return why ? [make("span", { className: "others soft" }, why)] : [];
  const row = (other) => make("tr", {}, make("th", { scope: "row" }, chip(other.id)), make("td", {}, whyNot(other, hop, fraction(route.id))));
  const table = make("table", {},
    make("caption", { className: "unseen" }, `Peers not asked at hop ${i + 1}`),
    make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Peer"), make("th", { scope: "col" }, "Not asked, since it"))),
    make("tbody", {}, ...others.map(row)),
  );
  return [make("details", { className: "others" }, make("summary", {}, [why, count(others.length, "other")].filter(Boolean).join("; ")), table)];
}

function headline(text, verdict) {
  const element = make("p", { className: "verdict headline" }, text);
  element.dataset.verdict = verdict;
  return element;
}

const facts = (list) => pairs("receipt", list);

// The page listens for clicks on anything with data-peer.
function chip(id) {
  const element = make("button", { type: "button", className: "chip", title: "Select this peer" }, brief(id));
  element.dataset.peer = id.slice(0, 16);
  return element;
}
