// The HTTP API, as far as the dashboard uses it. Every failure becomes an
// APIError whose message a person can act on.

/** APIError carries the API's code; "offline" where there was no answer at all. */
export class APIError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** put stores text under key; it resolves to the receipt. */
export const put = (key, text, via) => call("PUT", keyPath("kv", key, "put"), { via }, text);

/** get reads a key: {value (base64), version, asked, agreed, repaired, hops, ms}. */
export const get = (key, via) => call("GET", keyPath("kv", key, "get"), { via });

/** remove deletes a key; it resolves to the receipt. */
export const remove = (key, via) => call("DELETE", keyPath("kv", key, "del"), { via });

/** lookup resolves to the route to a key. */
export const lookup = (key, via) => call("GET", keyPath("lookup", key, "lookup"), { via });

/** film is the recording as a whole, where the page shows one. */
export const film = () => call("GET", "v1/replay", {});

/** steer plays, pauses, steps or seeks in it; it resolves to where that leads. */
export const steer = (wish) => call("POST", "v1/replay", {}, JSON.stringify(wish), "application/json");

/** self is the peer that serves this page. */
export const self = () => call("GET", "v1/peer", {});

/** member is what was last seen of a peer of the ring: {peer, seen}, without peer if it was not there. */
export const member = (peer) => call("GET", `v1/ring/${encodeURIComponent(peer)}`, {});

/** kill stops peers of a testnet without a goodbye. */
export const kill = (request) => call("POST", "v1/testnet/kill", {}, JSON.stringify(request), "application/json");

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

async function call(method, path, query, body, type = "application/octet-stream") {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value) url.searchParams.set(name, value);
  }
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = type;
  const response = await send(url, { method, headers, body });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new APIError(answer.code ?? "internal", answer.error ?? `The API answered ${response.status}.`);
  return answer;
}

async function send(url, request) {
  try {
    return await fetch(url, request);
  } catch {
    throw new APIError("offline", "The API does not answer. Check that the process still runs.");
  }
}
