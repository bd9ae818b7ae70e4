// Faults of a testnet, and what is said of them once they are done.

import * as api from "./api.js";
import { brief, count, make, number } from "./words.js";

const said = (text) => make("p", {}, text);

/** report says what was done to which peers. */
export function report(verb, contacts = []) {
  const names = contacts.slice(0, 6).map((contact) => brief(contact.id));
  const more = contacts.length > 6 ? ` and ${contacts.length - 6} more` : "";
  return [said(`${verb} ${count(contacts.length, "peer")}${names.length > 0 ? ": " : ""}${names.join(", ")}${more}.`)];
}

/** killed says which peers were, and whether keys are lost. */
export function killed({ killed: peers, in_a_row: inARow, replicas }) {
  const lost = `${inARow} in a row: keys that only they held are lost.`;
  return [...report("Killed", peers), ...(inARow >= replicas ? [said(lost)] : [])];
}

/** pause stops peers with their connections open. */
export async function pause(which) {
  const { paused } = await api.pause(which);
  return [...report("Paused", paused), said("The others take them for dead after some seconds, until you resume them.")];
}

/** resume lets all that are paused go on. */
export const resume = async () => report("Resumed", (await api.resume()).resumed);

/** restart crashes peers and starts them again. */
export const restart = async (request) => report("Restarted", (await api.restart(request)).restarted);

/** impair loses drop percent of the messages, and delays delay percent of the others. */
export async function impair(drop, delay, by) {
  await api.impair(delay > 0 ? { drop, delay, by } : { drop });
  const parts = [drop > 0 ? `${number(drop)} % of the messages are lost` : "", delay > 0 ? `${number(delay)} % come late` : ""];
  return [said(`${parts.filter(Boolean).join(", ")}, until you heal it.`)];
}
