// @ts-check
// The page's side of the service worker (static/sw.js): offers a file of the
// opened parcel under a URL of this origin, for the browser to save or to play.
// Only offers made here are answered, and only while they last. Where there is
// no service worker, as in Firefox's private windows, there are no offers.

import { engine } from "./net.js";

/**
 * @typedef {object} Offer
 * @property {string} parcelId
 * @property {number|null} index  null: all files as one ZIP
 * @property {number} size
 * @property {string} name
 * @property {string} [type]      of sounds and films; without, it is saved
 * @property {boolean} [keep]     what is read stays on the shelf
 * @property {(progress: import("./types").Progress) => void} onProgress
 */
/** @typedef {{offer: Offer, asked: () => void, settle: (failure: unknown) => void, jobs: Set<import("./types").Job<void>>}} Open */
/** @typedef {{worker: ServiceWorker, client: string}} Passage */

const SCOPE = "/open/read/";
const PATIENCE_MS = 10_000; // for the service worker to begin, and for the browser to ask
const STAY_MS = 8000; // browsers stop a service worker that hears nothing for half a minute

/** @type {Map<string, Open>} */
const open = new Map();
/** @type {Promise<Passage>|null} */
let opening = null;

/** The service worker, begun on first use; rejected where there is none. */
export function passage() {
  opening ??= begin().catch((cause) => {
    opening = null;
    throw cause;
  });
  return opening;
}

/** @returns {Promise<Passage>} */
async function begin() {
  const container = navigator.serviceWorker;
  if (!container) throw new Error("no service worker here");
  await engine();
  /** @type {any} */
  const { scriptURL } = await import("./engine.js");
  const registration = await container.register(scriptURL("/sw.js"), { scope: SCOPE, updateViaCache: "none" });
  const worker = await active(registration);
  container.addEventListener("message", answer);
  container.startMessages();
  const { port1, port2 } = new MessageChannel();
  const told = soon(new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data.client); }));
  worker.postMessage({ hello: true }, [port2]);
  return { worker, client: await told };
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<ServiceWorker>} */
function active({ active, waiting, installing }) {
  const worker = active ?? waiting ?? installing;
  if (!worker) return Promise.reject(new Error("no service worker came"));
  if (worker.state === "activated") return Promise.resolve(worker);
  return soon(new Promise((resolve, reject) => {
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
      if (worker.state === "redundant") reject(new Error("the service worker couldn't begin"));
    });
  }));
}

/** @template T @param {Promise<T>} promise @returns {Promise<T>} */
function soon(promise) {
  return Promise.race([promise, new Promise((_, reject) => {
    setTimeout(() => reject(new Error("the service worker doesn't answer")), PATIENCE_MS);
  })]);
}

/**
 * Offers a file.
 * @param {Offer} offer
 * @returns {Promise<{url: string, asked: Promise<void>, ended: Promise<void>, cancel: () => void}>}
 *   asked: the browser has begun to read; ended: one reading came to its end,
 *   or the reason why not
 */
export async function offered(offer) {
  const { client } = await passage();
  const token = `${client}.${crypto.randomUUID()}`;
  const asked = resolvers();
  const ended = resolvers();
  ended.promise.catch(() => {});
  /** @type {Open} */
  const entry = {
    offer,
    jobs: new Set(),
    asked: () => asked.resolve(undefined),
    settle: (failure) => (failure ? ended.reject(failure) : ended.resolve(undefined)),
  };
  open.set(token, entry);
  return {
    url: SCOPE + token, // without the name: it goes to the server if the service worker is gone
    asked: asked.promise,
    ended: ended.promise,
    cancel() {
      open.delete(token);
      for (const job of entry.jobs) job.cancel();
      ended.reject({ code: "cancelled", message: "" });
    },
  };
}

/** @returns {{promise: Promise<void>, resolve: (value: undefined) => void, reject: (cause: unknown) => void}} */
function resolvers() {
  /** @type {any} */
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** The service worker asks what a token stands for. @param {MessageEvent} event */
async function answer({ data, ports: [port] }) {
  if (typeof data?.read !== "string" || !port) return;
  const entry = open.get(data.read);
  if (!entry) {
    port.postMessage({ none: true });
    return;
  }
  const { offer } = entry;
  const span = offer.type ? spanOf(data.range, offer.size) : { offset: 0, length: offer.size, partial: false };
  port.postMessage({ head: { ...span, size: offer.size, type: offer.type, name: offer.name } });
  entry.asked();
  if (!span.length) {
    if (!span.partial) endEmpty(port, entry);
    return;
  }
  const job = (await engine()).stream({ offset: span.offset, length: span.length, whole: !offer.type, parcelId: offer.parcelId, index: offer.index, keep: offer.keep }, port, (progress) => {
    stay();
    offer.onProgress(progress);
  });
  entry.jobs.add(job);
  staying ??= setInterval(stay, STAY_MS);
  job.promise.then(() => entry.settle(null), entry.settle).finally(() => entry.jobs.delete(job));
}

/** @param {MessagePort} port @param {Open} entry */
function endEmpty(port, entry) {
  port.onmessage = () => {
    port.postMessage({ done: true });
    entry.settle(null);
  };
}

/**
 * The bytes that a Range asks for. One that isn't understood, or of several
 * parts, is answered with everything; one beyond the end with nothing.
 * @param {string|null} range @param {number} size
 */
export function spanOf(range, size) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (!from && !to) return { offset: 0, length: size, partial: false };
  const offset = from ? Number(from) : Math.max(0, size - Number(to));
  const end = from && to ? Math.min(Number(to) + 1, size) : size;
  return { offset, length: Math.max(0, end - offset), partial: true };
}

/** @type {ReturnType<typeof setInterval>|undefined} */
let staying;
let stayed = 0;

/**
 * Keeps the service worker alive while something passes through it: timers for
 * when that is paused, progress for when the page is hidden and timers rest.
 */
async function stay() {
  if ([...open.values()].every(({ jobs }) => !jobs.size)) {
    clearInterval(staying);
    staying = undefined;
  } else if (performance.now() - stayed >= STAY_MS / 2) {
    stayed = performance.now();
    (await passage()).worker.postMessage({ stay: true });
  }
}
