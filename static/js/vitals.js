// @ts-check
// What goes on while the page works: percent in the title and in the favicon,
// the screen kept awake, a question before the page is left.

/** @type {WakeLockSentinel|null} */
let lock = null;
let busy = false;
let shownPercent = -1;
/** @type {string|null} */
let drawnIcon = null;
const title = document.title;
const icon = document.querySelector("link[rel=icon]");
const plainIcon = icon?.getAttribute("href") ?? "";

/** From here until {@link rest}. */
export function work() {
  busy = true;
  addEventListener("beforeunload", warn);
  stayAwake();
}

/** The work is over. @param {string} [words] for the title */
export function rest(words) {
  busy = false;
  removeEventListener("beforeunload", warn);
  lock?.release().catch(() => {});
  lock = null;
  document.title = words ? `${words} – Floe` : title;
  shownPercent = -1;
  useIcon(plainIcon);
}

/** @param {number} percent @param {string} words */
export function percent(percent, words) {
  const whole = Math.floor(percent);
  if (!busy || whole === shownPercent) return;
  shownPercent = whole;
  document.title = `${whole} % ${words} – Floe`;
  if (whole % 5 === 0) drawIcon(whole / 100);
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  event.preventDefault();
}

async function stayAwake() {
  try {
    lock = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    lock = null; // a nicety: on low battery, say, it is refused
  }
}

document.addEventListener("visibilitychange", () => {
  if (busy && document.visibilityState === "visible") stayAwake();
});

/** A floe that fills from below. @param {number} part */
function drawIcon(part) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.beginPath();
  for (const [x, y] of [[17, 8], [47, 6], [60, 38], [37, 60], [6, 46]]) pen.lineTo(x, y);
  pen.closePath();
  pen.clip();
  pen.fillStyle = "#9ab4c2";
  pen.fillRect(0, 0, 64, 64);
  pen.fillStyle = "#0b9cc8";
  pen.fillRect(0, 60 - 54 * part, 64, 64);
  canvas.toBlob((blob) => { if (blob && busy) useIcon(URL.createObjectURL(blob)); });
}

/** @param {string} href */
function useIcon(href) {
  icon?.setAttribute("href", href);
  const old = drawnIcon; // the browser may still be fetching it
  if (old) setTimeout(() => URL.revokeObjectURL(old), 30_000);
  drawnIcon = href.startsWith("blob:") ? href : null;
}
