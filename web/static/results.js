// What an operation came to, in plain words.

import { choiceAt, whyNot } from "./choice.js";
import { showValue } from "./reading.js";
import { fraction, shortID } from "./state.js";
import { brief, bytesIn, count, lasted, make, millis, number, pairs } from "./words.js";

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
    headline(`${title} on ${where(replicas.length, receipt.wanted)}`, "good"),
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

// A write is answered before the last replica has it.
function where(has, wanted) {
  if (has < wanted) return `${has} of ${count(wanted, "replica")}`;
  return has === 1 ? "the only replica" : `all ${number(has)} replicas`;
}

function debt(owed) {
  const held = owed.holder ? [", held by ", chip(owed.holder.id)] : [];
  return make("p", { className: "soft" }, "Owed to ", chip(owed.id), ...held);
}

function expiry(answer) {
  return answer.expires ? [["Expires", new Date(answer.expires).toLocaleString()]] : [];
}

/** bytesOf is the value that an answer has. */
export const bytesOf = (answer) => bytesIn(answer.value ?? "");

/** readResult shows a value and how it was read. */
export function readResult(answer) {
  const bytes = bytesOf(answer);
  return [
    headline(bytes.length === 0 ? "Found: the value is empty" : `Found: ${count(bytes.length, "byte")}`, "good"),
    ...showValue(bytes),
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

/** routeResult shows a lookup hop by hop, and what there was to choose from; the canvas draws the same. */
export function routeResult(route, entry, state) {
  const hops = route.hops ?? [];
  const line = (text, id, note, ...more) => make("li", {}, make("span", { className: "step" }, text), chip(id), make("span", { className: "soft" }, note), ...more);
  const others = (route.replicas ?? []).filter((contact) => contact.id !== route.owner?.id);
  const chips = make("div", { className: "chips" }, ...others.map((contact) => chip(contact.id)));
  return [
    headline(`${route.owner?.peer ? "Found" : "Not found"} in ${count(hops.length, "hop")}, ${millis(route.ms)}`, route.owner?.peer ? "good" : "bad"),
    make("ol", { className: "route" },
      ...(entry ? [line("Enters", entry, "")] : []),
      ...hops.map((hop, i) => line(String(i + 1), hop.id, hop.failed ? `did not answer for ${millis(hop.ms)}` : millis(hop.ms), ...choice(state, route, entry, i))),
      ...(route.owner?.peer ? [line("Owner", route.owner.id, "")] : []),
      ...(others.length > 0 ? [make("li", {}, make("span", { className: "step" }, "Replicas"), chips)] : []),
    ),
    make("p", { className: "soft" }, "The key lies at ", make("span", { className: "code" }, brief(route.id)), "."),
  ];
}

// What the peer before this hop could have named instead.
function choice(state, route, entry, i) {
  const from = route.hops.slice(0, i).findLast((hop) => !hop.failed)?.id ?? entry;
  const chosen = shortID(route.hops[i].id);
  const found = from && shortID(from) !== chosen ? choiceAt(state, shortID(from), chosen, fraction(route.id)) : null;
  if (!found || found.others.length + found.past === 0) return [];
  const row = (other) => make("li", {}, chip(other.id), make("span", { className: "soft" }, whyNot(other.farther)));
  const past = found.past > 0 ? [make("li", { className: "soft" }, `${count(found.past, "peer")} past the key`)] : [];
  const summary = make("summary", {}, `${brief(from)} knows ${count(found.others.length + found.past, "other")}`);
  return [make("details", { className: "others" }, summary, make("ul", {}, ...found.others.map(row), ...past))];
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
