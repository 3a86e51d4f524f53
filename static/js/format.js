// @ts-check
// Sizes, times and numbers as people say them.

const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** 664 MB; 1 byte; 1.2 GB. @param {number} bytes */
export function size(bytes) {
  return sizeIn(bytes, unitOf(bytes));
}

/** Never more than it is: for limits. @param {number} bytes */
export function limit(bytes) {
  const unit = unitOf(bytes);
  const scale = 1000 ** unit;
  const step = bytes / scale < 10 ? 10 : 1;
  return sizeIn(Math.floor((bytes / scale) * step) / step * scale, unit);
}

/** "412 of 664 MB", both in the unit of the larger. @param {number} part @param {number} whole */
export function sizeOf(part, whole) {
  const unit = unitOf(whole);
  const shown = unit ? digits(part / 1000 ** unit, whole / 1000 ** unit) : String(Math.round(part));
  return `${shown} of ${sizeIn(whole, unit)}`;
}

/** @param {number} bytes */
function unitOf(bytes) {
  let unit = 0;
  while (unit < UNITS.length - 1 && Math.round(bytes / 1000 ** unit) >= 1000) unit++;
  return unit;
}

/** @param {number} bytes @param {number} unit */
function sizeIn(bytes, unit) {
  if (unit === 0) return bytes === 1 ? "1 byte" : `${Math.round(bytes)} bytes`;
  const value = bytes / 1000 ** unit;
  return `${digits(value, value)} ${UNITS[unit]}`;
}

/** One decimal below ten, when it says something. @param {number} value @param {number} like */
function digits(value, like) {
  if (like >= 9.95) return String(Math.round(value));
  return value.toFixed(1).replace(/\.0$/, "");
}

/** "7 s", "2 min", "1 h 10 min". @param {number} ms */
export function duration(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest ? `${Math.floor(minutes / 60)} h ${rest} min` : `${minutes / 60} h`;
}

/** "7 days", "5 hours": how long from now. @param {number} ms */
export function span(ms) {
  const hours = ms / 3_600_000;
  if (hours < 1.5) return many(Math.max(1, Math.round(hours * 60)), "minute");
  if (hours < 36 && Math.round(hours) !== 24) return many(Math.round(hours), "hour");
  const days = Math.round(hours / 24);
  if (days < 60) return many(days, "day");
  return days < 700 ? many(Math.round(days / 30.4), "month") : many(Math.round(days / 365), "year");
}

/** "1 file", "3 files". @param {number} count @param {string} noun */
export function many(count, noun) {
  return `${count < 1000 ? count : count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

const WORDS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];

/** "Three files", "20 files": to begin a sentence. @param {number} count @param {string} noun */
export function manyInWords(count, noun) {
  return count < WORDS.length ? `${WORDS[count]} ${noun}${count === 1 ? "" : "s"}` : many(count, noun);
}

/** "a", "a and b", "a, b and c". @param {(string|number)[]} items */
export function list(items) {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}

/** "Sun 29 Nov 2026, 14:00", in the reader's time zone. @param {number} ms */
export function moment(ms) {
  const { year, hour, minute } = calendar(ms);
  return `${day(ms)} ${year}, ${hour}:${minute}`;
}

/** "Sun 29 Nov"; with the time when it is near. @param {number} ms @param {number} [now] */
export function shortDay(ms, now = Date.now()) {
  const { hour, minute } = calendar(ms);
  return ms - now < 36 * 3_600_000 ? `${day(ms)}, ${hour}:${minute}` : day(ms);
}

/** A date isn't broken over two lines. @param {number} ms */
function day(ms) {
  const { weekday, day, month } = calendar(ms);
  return [weekday, day, month.replace("Sept", "Sep")].join("\u00a0");
}

/** Made once, when first needed: making it takes longer than all it does. @type {Intl.DateTimeFormat|undefined} */
let clock;

/** @param {number} ms @returns {{[part: string]: string}} */
function calendar(ms) {
  clock ??= new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
  return Object.fromEntries(clock.formatToParts(ms).map(({ type, value }) => [type, value]));
}

/**
 * "0.00142 WAL": to the unit, of which a coin has a thousand million.
 * @param {string} amount in the smallest unit @param {string} coin
 */
export function exactly(amount, coin) {
  const digits = amount.padStart(10, "0");
  const whole = BigInt(digits.slice(0, -9)).toLocaleString("en");
  const rest = digits.slice(-9).replace(/0+$/, "");
  return `${whole}${rest ? `.${rest}` : ""}\u00a0${coin}`;
}

/** "about 0.03 SUI": rounded up to one digit that says something, or two. @param {string} amount @param {string} coin */
export function about(amount, coin) {
  const value = Number(amount) / 1e9;
  if (value <= 0) return exactly("0", coin);
  const step = 10 ** (Math.floor(Math.log10(value)) - 1);
  const rounded = Math.ceil(value / step) * step;
  return `${Number(rounded.toPrecision(2))}\u00a0${coin}`;
}
