// @ts-check
// Shows a file that could carry code: a drawing as an image, which runs none of
// it, or a PDF by pdf.js. The document this runs in belongs to no origin and
// may ask the network for nothing but pdf.js (server/headers.go). It gets a
// port from the page around it and asks there for the bytes it needs:
//
//   page → frame   {show: "drawing"|"pdf", size}  with the port, once
//   frame → page   {id, offset, length};  page → frame   {id, bytes}, null: failed
//   frame → page   {shown: pages}  or  {unreadable: true};  {escape: true}

const NEAR = "150% 0px"; // of the window: pages drawn ahead
const MOST_DRAWN = 12; // pages at a time
const WIDEST = 900; // of a page, in CSS pixels
const RANGE = 2 ** 18; // bytes asked for at once

/** @type {MessagePort} */
let port;
let asked = 0;
/** @type {Map<number, (bytes: ArrayBuffer|null) => void>} */
const waiting = new Map();
const place = document.body.appendChild(document.createElement("main"));

addEventListener("message", function begin({ source, data, ports }) {
  if (source !== parent || !ports[0] || typeof data?.size !== "number") return;
  removeEventListener("message", begin);
  port = ports[0];
  port.onmessage = ({ data: { id, bytes } }) => {
    waiting.get(id)?.(bytes);
    waiting.delete(id);
  };
  addEventListener("keydown", ({ key }) => { if (key === "Escape") port.postMessage({ escape: true }); });
  (data.show === "pdf" ? showPDF(data.size) : showDrawing(data.size)).then(
    (pages) => port.postMessage({ shown: pages }),
    () => port.postMessage({ unreadable: true }));
});

/** @param {number} offset @param {number} length @returns {Promise<ArrayBuffer>} */
function read(offset, length) {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, (bytes) => (bytes ? resolve(bytes) : reject(new Error("not to be had"))));
    port.postMessage({ id, offset, length });
  });
}

/** @param {number} size */
async function showDrawing(size) {
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(new Blob([await read(0, size)], { type: "image/svg+xml" }));
  await image.decode();
  if (!image.naturalWidth) image.className = "wide";
  place.replaceChildren(image);
  return 1;
}

/** @param {number} size */
async function showPDF(size) {
  /** @type {any} */
  const pdf = await import("../pdf/pdf.min.mjs");
  // No worker: a document without an origin has none to load one from. It runs here.
  /** @type {any} */ (globalThis).pdfjsWorker = await import("../pdf/pdf.worker.min.mjs");
  class Range extends pdf.PDFDataRangeTransport {
    /** @param {number} begin @param {number} end */
    requestDataRange(begin, end) {
      read(begin, end - begin).then((bytes) => this.onDataRange(begin, new Uint8Array(bytes)), () => this.onDataRange(begin, null));
    }
  }
  const loading = pdf.getDocument({
    range: new Range(size, null), rangeChunkSize: RANGE, length: size,
    disableAutoFetch: true, disableStream: true, disableWorkerRendering: true,
    useWasm: false, enableXfa: false, useSystemFonts: true, verbosity: 0,
  });
  const whole = await loading.promise;
  const pages = new Pages(whole);
  await pages.begin();
  return whole.numPages;
}

/** The pages of a PDF, drawn as they come near and let go of when far. */
class Pages {
  #document;
  /** @type {Set<HTMLElement>} */
  #drawn = new Set();

  /** @param {any} whole */
  constructor(whole) {
    this.#document = whole;
  }

  async begin() {
    const { width, height } = (await this.#document.getPage(1)).getViewport({ scale: 1 });
    const watch = new IntersectionObserver((seen) => {
      for (const { target, isIntersecting } of seen) {
        if (isIntersecting) this.#draw(/** @type {HTMLElement} */ (target)).catch(() => {});
      }
    }, { rootMargin: NEAR });
    const all = Array.from({ length: this.#document.numPages }, (_, i) => {
      const page = document.createElement("section");
      page.className = "page";
      page.dataset.number = String(i + 1);
      page.setAttribute("aria-label", `Page ${i + 1} of ${this.#document.numPages}`);
      page.style.aspectRatio = `${width} / ${height}`;
      return page;
    });
    place.replaceChildren(...all);
    await this.#draw(all[0]);
    for (const page of all) watch.observe(page);
  }

  /** @param {HTMLElement} place */
  async #draw(place) {
    if (this.#drawn.has(place)) return;
    this.#drawn.add(place);
    const page = await this.#document.getPage(Number(place.dataset.number));
    const natural = page.getViewport({ scale: 1 });
    const width = Math.min(place.clientWidth || WIDEST, WIDEST) * Math.min(devicePixelRatio, 2);
    const viewport = page.getViewport({ scale: width / natural.width });
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(viewport.width);
    canvas.height = Math.round(viewport.height);
    await page.render({ canvas, viewport }).promise;
    const { items } = await page.getTextContent();
    const words = document.createElement("p");
    words.className = "unseen";
    words.textContent = items.map((/** @type {any} */ { str, hasEOL }) => (hasEOL ? `${str}\n` : str)).join("");
    place.style.aspectRatio = `${natural.width} / ${natural.height}`;
    place.replaceChildren(canvas, words);
    this.#letGo();
  }

  /** Lets go of those that were drawn first. */
  #letGo() {
    for (const old of this.#drawn) {
      if (this.#drawn.size <= MOST_DRAWN) return;
      const { top, bottom } = old.getBoundingClientRect();
      if (bottom > -innerHeight && top < 2 * innerHeight) continue;
      old.replaceChildren();
      this.#drawn.delete(old);
    }
  }
}
