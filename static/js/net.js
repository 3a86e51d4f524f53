// @ts-check
// What the page knows of the network, and the engine that does the work. The
// engine is fetched when it is first needed or when there is nothing else to
// do, so that the page paints and takes files long before.

import { limit, size } from "./format.js";

/** @typedef {import("./types").Network} Network */
/** @typedef {import("./types").Engine} Engine */

/** @type {Promise<Engine>|null} */
let started = null;

/** @returns {Promise<Engine>} */
export function engine() {
  if (started) return started;
  /** @type {Promise<any>} */
  const loading = import("./engine.js");
  started = loading.then((module) => module.engine).catch(async (cause) => {
    started = null;
    throw await failure(cause);
  });
  return started;
}

/** Has the engine ready early: it will be needed. */
export function warm() {
  engine().then((ready) => ready.warm(), () => {}); // whoever needs it is told what failed
}

/** Starts the engine once the page has nothing better to do. @param {() => void} started */
export function engineSoon(started) {
  const start = () => { engine().then(started, () => {}); };
  if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: 4000 });
  else setTimeout(start, 1500);
}

/** @param {unknown} cause */
async function failure(cause) {
  const code = !navigator.onLine ? "offline" : await outdated() ? "updated" : "internal";
  return Object.assign(new Error(String(cause)), { code });
}

/** Whether the server has other modules than this page by now, and its own no more. */
export async function outdated() {
  try {
    return (await fetch(import.meta.url, { method: "HEAD", cache: "no-store" })).status === 410;
  } catch {
    return false;
  }
}

/** @returns {Promise<Network>} */
export async function network() {
  const answer = await fetch("/api/v1/network", { cache: "no-store" });
  if (!answer.ok) throw Object.assign(new Error(`the server answered ${answer.status}`), { code: "internal" });
  return answer.json();
}

/**
 * What this browser lacks of what the engine needs, in words, or "".
 * @returns {string}
 */
export function lacking() {
  if (typeof WebAssembly !== "object") return "WebAssembly";
  if (typeof Worker !== "function") return "background workers";
  if (!isSecureContext || !crypto.subtle) return "encryption, which browsers allow over https alone";
  return "";
}

/**
 * How many nodes, even the smallest, it takes to have that many shards.
 * @param {Network} net
 * @param {number} shards
 */
function nodesFor(net, shards) {
  const sizes = net.nodes.map((node) => node.shards.length).sort((a, b) => a - b);
  let count = 0;
  for (let sum = 0; sum < shards && count < sizes.length; count++) sum += sizes[count];
  return count;
}

/** Any so many nodes are enough to read. @param {Network} net */
export function neededToRead(net) {
  return nodesFor(net, net.n_shards - 2 * tolerated(net));
}

/** So many nodes must hold a parcel before it counts as sent. @param {Network} net */
export function neededToSend(net) {
  return nodesFor(net, net.n_shards - tolerated(net));
}

/** @param {Network} net */
function tolerated(net) {
  return Math.floor((net.n_shards - 1) / 3);
}

const MOST_FILES = 100_000; // wasm/client/zip.MaxEntries

/**
 * The first of what keeps so many files and bytes from being sent: from what keeps
 * anything from it to what concerns these alone.
 * @param {Network|null} net as far as it is known @param {number} count @param {number} total @param {boolean} nobody pays
 * @returns {import("./types").Failure|null}
 */
export function obstacle(net, count, total, nobody) {
  const what = lacking();
  if (what) return { code: "unsupported", message: "", what };
  if (nobody) return { code: "no_sponsor", message: "" };
  if (count > MOST_FILES) return { code: "too_many", message: "" };
  return net && total > net.max_parcel_size ? { code: "too_large", message: "" } : null;
}

/**
 * What sending so many bytes comes up against, for words of trouble.
 * @param {import("./types").Network} net @param {number} total
 * @returns {import("./trouble.js").Facts}
 */
export function factsToSend(net, total) {
  return {
    total: net.nodes.length,
    need: neededToSend(net),
    have: net.nodes.filter((node) => node.up).length,
    max: `at most ${limit(net.max_parcel_size)}; these are ${size(total)}`,
  };
}
