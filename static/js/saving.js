// @ts-check
// Saving what was opened, in the best way this browser has:
//
//   memory     up to 64 MiB, handed over when the last byte was checked
//   file       the worker writes where the user said, as bytes come
//   download   a service worker turns the bytes into a download as they come
//   stage      the worker writes into the origin's own files, and hands that over
//   memory     up to 256 MiB
//
// A way that isn't there is passed over before anything is written; once it is
// begun it holds. What fails or is cancelled leaves nothing that looks whole.
// Over 64 MiB, what was read stays on the shelf (shelf.js) until the saving is
// over, so that it can go on after the page was closed.

import { element, saveAs } from "./dom.js";
import { engine } from "./net.js";

/** @typedef {import("./types").Progress} Progress */
/** @typedef {import("./types").Job<unknown>} Job */
/**
 * @typedef {object} What
 * @property {string} parcelId
 * @property {number|null} index  null: all files as one ZIP
 * @property {string} name
 * @property {number} size
 */

/** Up to this a saving needs no way of its own, and nothing to go on from. */
export const SMALL = 64 * 2 ** 20;
const MOST_IN_MEMORY = 256 * 2 ** 20;
const FASTER_THAN_ANYBODY_MS = 400;
const SLOW_TO_ASK_MS = 15_000;

const cancelled = { code: "cancelled", message: "" };
const passedOver = Symbol();

/** Whether there is room for a shelf beside what is saved, as far as was seen. */
let roomy = true;

class Saving {
  #job = /** @type {Job|null} */ (null);
  #over = false;

  /** @param {What} what @param {(progress: Progress) => void} progress */
  constructor(what, progress) {
    this.what = what;
    this.progress = progress;
  }

  cancel() {
    this.#over = true;
    this.#job?.cancel();
  }

  /** Waits for a job that cancel stops. @template T @param {import("./types").Job<T>} job */
  run(job) {
    this.#job = job;
    if (this.#over) job.cancel();
    return job.promise;
  }

  get request() {
    return { parcelId: this.what.parcelId, index: this.what.index };
  }

  get keep() {
    return roomy && this.what.size > SMALL;
  }
}

/**
 * Begins to save. It must be called while the browser still counts the user's
 * click, as it may have to ask where to.
 * @param {What} what
 * @param {(progress: Progress) => void} progress
 * @param {FileSystemFileHandle|null} [known] where to, from before the page was closed
 * @returns {import("./types").Job<void>}
 */
export function save(what, progress, known = null) {
  const saving = new Saving(what, progress);
  return { promise: what.size <= SMALL ? small(saving) : large(saving, known), cancel: () => saving.cancel() };
}

/** @param {Saving} saving */
async function small(saving) {
  await throughMemory(saving);
}

/** @param {Saving} saving @param {FileSystemFileHandle|null} known */
async function large(saving, known) {
  const handle = known ?? await asked("showSaveFilePicker", { suggestedName: saving.what.name, id: "floe" });
  await (await engine()).began({ ...saving.request, handle });
  await finished(saving.what.parcelId, async () => {
    for (const way of [handle ? toFile(handle) : throughDownload, throughStage, throughMemory]) {
      if (await way(saving) !== passedOver) return;
    }
    throw { code: "too_large", message: "", max: MOST_IN_MEMORY };
  });
}

/**
 * Asks the user for a place; null where the browser can't ask. A window that
 * was closed faster than anybody can close it never opened.
 * @param {"showSaveFilePicker"|"showDirectoryPicker"} picker
 * @param {object} how
 */
async function asked(picker, how) {
  const ask = /** @type {any} */ (window)[picker];
  if (!ask) return null;
  const began = performance.now();
  try {
    return await ask.call(window, how);
  } catch (cause) {
    const closed = cause instanceof DOMException && cause.name === "AbortError";
    if (closed && performance.now() - began > FASTER_THAN_ANYBODY_MS) throw cancelled;
    return null;
  }
}

/** @param {FileSystemFileHandle} handle */
function toFile(handle) {
  return async (/** @type {Saving} */ saving) => {
    await saving.run((await engine()).save({ ...saving.request, size: saving.what.size, handle, keep: saving.keep }, saving.progress));
  };
}

/** @param {Saving} saving */
async function throughDownload(saving) {
  /** @type {Awaited<ReturnType<typeof import("./passing.js")["offered"]>>} */
  let offer;
  try {
    const { offered } = await import("./passing.js");
    offer = await offered({ ...saving.what, keep: saving.keep, onProgress: saving.progress });
  } catch {
    return passedOver;
  }
  const frame = element("iframe", { src: offer.url, hidden: "", title: "Saving" });
  document.body.append(frame);
  try {
    const begun = await Promise.race([
      saving.run({ promise: Promise.race([offer.asked, offer.ended]).then(() => true), cancel: offer.cancel }),
      new Promise((resolve) => { setTimeout(resolve, SLOW_TO_ASK_MS, false); }),
    ]);
    if (!begun) return passedOver;
    await offer.ended;
  } finally {
    offer.cancel();
    frame.remove();
  }
}

/** @param {Saving} saving */
async function throughStage(saving) {
  /** @type {File|null} */
  const file = await saving.run((await engine()).stage({ ...saving.request, size: saving.what.size }, saving.progress));
  if (!file) return passedOver;
  saveAs(file, saving.what.name);
}

/** @param {Saving} saving */
async function throughMemory(saving) {
  if (saving.what.size > MOST_IN_MEMORY) return passedOver;
  const blob = await saving.run((await engine()).read({ ...saving.request, keep: saving.keep }, saving.progress));
  saveAs(new Blob([blob], { type: "application/octet-stream" }), saving.what.name);
}

/** What all files together are called. */
export function allName() {
  const now = new Date();
  return `floe ${new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)}`;
}

/** Whether this browser can save files into a folder. */
export function savesFolders() {
  return "showDirectoryPicker" in window;
}

/**
 * Saves all files with their folders into a new folder where the user says.
 * @param {import("./types").Opened} opened
 * @param {string} name of the new folder
 * @param {(progress: Progress) => void} progress
 * @param {import("./types").Halted|null} [halted] what was begun before the page was closed
 * @returns {import("./types").Job<{name: string, renamed: number}>}
 */
export function saveFolder({ parcelId, zipSize }, name, progress, halted = null) {
  const saving = new Saving({ parcelId, index: null, name, size: zipSize }, progress);
  return { promise: intoFolder(saving, halted), cancel: () => saving.cancel() };
}

/** @param {Saving} saving @param {import("./types").Halted|null} halted */
async function intoFolder(saving, halted) {
  const known = halted?.handle?.kind === "directory" ? halted.handle : null;
  const folder = known ?? await asked("showDirectoryPicker", { mode: "readwrite", id: "floe" });
  if (!folder) throw { code: "no_folder", message: "" };
  const own = await engine();
  const { parcelId, name } = saving.what;
  const again = known !== null && halted?.made ? halted.made : "";
  const request = { parcelId, folder, name: again || name, again: again !== "", keep: saving.keep };
  return finished(parcelId, () => saving.run(own.saveInto(request, saving.progress)));
}

/**
 * What is over leaves nothing; what failed may be gone on with.
 * @template T @param {string} parcelId @param {() => Promise<T>} act
 */
async function finished(parcelId, act) {
  const own = await engine();
  try {
    const result = await act();
    await own.over({ parcelId });
    return result;
  } catch (cause) {
    const { code } = /** @type {any} */ (cause) ?? {};
    if (code === "no_room") roomy = false; // the shelf may have taken it
    if (code === "no_room" || code === "cancelled") await own.over({ parcelId });
    throw cause;
  }
}
