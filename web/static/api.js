// The HTTP API, as far as the dashboard uses it. Every failure becomes an
// APIError whose message a person can act on.

/** APIError carries the API's code; "offline" where there was no answer at all. */
export class APIError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** put stores text under key; it resolves to the receipt. Of the options {via, ttl, if_version} none is needed. */
export const put = (key, text, options) => call("PUT", keyPath("kv", key, "put"), options, text);

/** touch gives a key another time to live; it resolves to the receipt. */
export const touch = (key, options) => call("POST", keyPath("touch", key, "touch"), options);

/**
 * get reads a key: {value (base64), version, asked, agreed, repaired, hops, ms}; with {r: "all"} from all replicas.
 * Of a value that is too large for JSON it resolves to {size (bytes), version, href}.
 */
export async function get(key, options) {
  const url = address(keyPath("kv", key, "get"), options);
  const response = await send(url, { headers: { Accept: "application/json, application/octet-stream" } });
  if (!response.ok) throw await refusal(response);
  if (response.headers.get("Content-Type").startsWith("application/json")) return response.json();
  response.body.cancel();
  const header = (name) => response.headers.get(name);
  return { size: Number(header("Content-Length")), version: header("Peal-Version"), href: url.href };
}

/** remove deletes a key; it resolves to the receipt. */
export const remove = (key, options) => call("DELETE", keyPath("kv", key, "del"), options);

/** lookup resolves to the route to a key. */
export const lookup = (key, via) => call("GET", keyPath("lookup", key, "lookup"), { via });

/** list is one page of the keys that begin with prefix: {keys: [{key, version, size}], next}. */
export const list = (prefix, after, limit) => call("GET", "v1/kv", { prefix, after, limit: String(limit) });

/** film is the recording as a whole, where the page shows one. */
export const film = () => call("GET", "v1/replay", {});

/** steer plays, pauses, steps or seeks in it; it resolves to where that leads. */
export const steer = (wish) => call("POST", "v1/replay", {}, JSON.stringify(wish), "application/json");

/**
 * simulation resolves to the recording of a simulation, as a text; told is called with
 * each piece of it that comes.
 * @param {URLSearchParams} parameters @param {AbortSignal} signal @param {(piece: string) => void} told
 */
export async function simulation(parameters, signal, told) {
  const response = await send(new URL(`v1/simulation?${parameters}`, document.baseURI), { signal });
  if (!response.ok) throw await refusal(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const pieces = [];
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      told(piece.value);
    }
  } catch {
    throw new APIError("offline", "The simulation broke off. Check that the process still runs, and open the link again.");
  }
  return pieces.join("");
}

/** self is the peer that serves this page. */
export const self = () => call("GET", "v1/peer", {});

/** member is what was last seen of a peer of the ring: {peer, seen}, without peer if it was not there. */
export const member = (peer) => call("GET", `v1/ring/${encodeURIComponent(peer)}`, {});

/** kill stops peers of a testnet without a goodbye. */
export const kill = (request) => call("POST", "v1/testnet/kill", {}, JSON.stringify(request), "application/json");

/** cut cuts peers off from the others: {percent} of them, or {peers}. It resolves to {parts}. */
export const cut = (request) => call("POST", "v1/testnet/cut", {}, JSON.stringify(request), "application/json");

/** pause stops peers with their connections open: {count} of them, or {peers}. It resolves to {paused}. */
export const pause = (which) => call("POST", "v1/testnet/pause", {}, JSON.stringify(which), "application/json");

/** resume lets all that are paused go on; it resolves to {resumed}. */
export const resume = () => call("POST", "v1/testnet/resume", {}, "{}", "application/json");

/** restart crashes peers and starts them again: {count or peers, down}. It resolves to {restarted}, once they are members. */
export const restart = (request) => call("POST", "v1/testnet/restart", { timeout: "5m" }, JSON.stringify(request), "application/json");

/** impair makes the network lose and delay messages: {drop, delay, by}. */
export const impair = (request) => call("POST", "v1/testnet/impair", {}, JSON.stringify(request), "application/json");

/** heal ends the cut and the impairment. */
export const heal = () => call("POST", "v1/testnet/heal", {}, "{}", "application/json");

/** join adds peers to a testnet; many take longer than a request usually may. */
export const join = (count) =>
  call("POST", "v1/testnet/join", { timeout: "5m" }, JSON.stringify({ count }), "application/json");

// A URL has no way to write a path that is "." or "..", not even encoded.
function keyPath(what, key, verb) {
  if (key === "") throw new APIError("usage", "Type a key first.");
  if (key === "." || key === "..") {
    throw new APIError("usage", `A browser cannot send the key "${key}"; use the command line: peal ${verb} ${key}${verb === "put" ? " VALUE" : ""}`);
  }
  if (!key.isWellFormed()) throw new APIError("usage", "The key holds half a character; type it again.");
  return `v1/${what}/${encodeURIComponent(key)}`;
}

function address(path, query) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value) url.searchParams.set(name, value);
  }
  return url;
}

async function call(method, path, query, body, type = "application/octet-stream") {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = type;
  const response = await send(address(path, query), { method, headers, body });
  if (!response.ok) throw await refusal(response);
  return response.json().catch(() => ({}));
}

async function refusal(response) {
  const { code, error } = await response.json().catch(() => ({}));
  return new APIError(code ?? "internal", error ?? `The API answered ${response.status}.`);
}

async function send(url, request) {
  try {
    return await fetch(url, request);
  } catch {
    throw new APIError("offline", "The API does not answer. Check that the process still runs.");
  }
}
