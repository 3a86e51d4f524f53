// @ts-check
// The page a link leads to: takes the link out of the address bar, asks for a
// passphrase where one is needed, and hands the parcel to parcel.js. The link
// is kept in memory only.

import { announce, byId, headline, painted, showOnly } from "./dom.js";
import { FloeMap } from "./map.js";
import { engine, lacking, neededToRead, network } from "./net.js";
import { giving, resting, unknown } from "./nodes.js";
import { calm, failureOf, tell, troubleBox } from "./trouble.js";
import { Unlock } from "./unlock.js";

/** @typedef {import("./types").Progress} Progress */
/** @typedef {import("./types").Failure} Failure */

const RETRY_MS = 3000;
const SELF_HEALING = ["too_few_nodes", "offline", "no_server"];
const LOOKING = byId("title", HTMLElement).textContent ?? "";
const card = byId("card", HTMLElement);
const looking = byId("looking", HTMLElement);
const unlock = new Unlock((given) => {
  passphrase = given;
  calm(troubleBox());
  announce("Checking the passphrase.");
  tryOpen();
});
const views = [looking, unlock.form, byId("parcel", HTMLElement)];

const map = new FloeMap(byId("open-map", HTMLElement));
const seen = painted();
/** What shows a parcel, once it is here. @type {import("./parcel.js").Parcel|null} */
let parcel = null;
/** @type {Promise<void>|null} */
let coming = null;

/** @type {import("./types").Network|null} */
let net = null;
let fragment = "";
/** @type {string|null} */
let passphrase = null;
let attempt = 0;
let waiting = false;
/** @type {Map<number, number>} */
const given = new Map();
/** @type {ReturnType<typeof setTimeout>|undefined} */
let retry;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let turning;
/** @type {HTMLElement|null} */
let turned = looking;

/** What stands after the # in the address bar, which loses it. */
function takeFragment() {
  const taken = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return taken;
}

/** @param {string} link */
function begin(link) {
  fragment = link;
  passphrase = null;
  unlock.clear();
  given.clear();
  parcel?.clear();
  if (!link) return showTrouble({ code: "no_link", message: "" });
  const lack = lacking();
  if (lack) return showTrouble({ code: "unsupported", message: "", what: lack });
  look();
}

/**
 * Shows one of the views, or none, after the card was out of sight for a
 * moment: then it is a new screen, and nothing is seen to jump. Whoever turns
 * last wins.
 * @param {HTMLElement|null} view
 * @param {() => void} fill what else belongs to the new screen
 * @param {boolean} [anew] also when it is shown already
 */
function turnTo(view, fill, anew = false) {
  if (view === turned && !anew && !turning) {
    fill();
    return;
  }
  turned = view;
  card.classList.add("away");
  clearTimeout(turning);
  turning = setTimeout(() => {
    turning = undefined;
    card.classList.remove("away");
    showOnly(views, view);
    fill();
  }, 60);
}

/** Shows that it is looking, and looks. */
function look() {
  showLooking();
  tryOpen();
}

function showLooking() {
  turnTo(looking, () => {
    calm(troubleBox());
    byId("lead", HTMLElement).hidden = false;
    headline(LOOKING, false);
    announce(`${LOOKING}.`);
  });
}

/** Fetches what shows a parcel while one is looked for: the page is painted without it. */
function fetchParcel() {
  return (coming ??= seen.then(() => {
    return import("./parcel.js");
  }).then(({ Parcel }) => { parcel = new Parcel(showProgress, showTrouble); }, () => {
    coming = null;
    throw { code: navigator.onLine ? "no_server" : "offline", message: "" };
  }));
}

/** Without touching what is on the page, so that a retry disturbs nobody. */
async function tryOpen() {
  clearTimeout(retry);
  retry = undefined;
  const mine = ++attempt;
  const shows = fetchParcel();
  shows.catch(() => {}); // until it is waited for
  try {
    await seen; // by whoever waits, before the engine takes the line
    const opened = await (await engine()).open({ fragment, passphrase }, (progress) => { if (mine === attempt) showProgress(progress); });
    await shows;
    if (mine !== attempt) return;
    waiting = false;
    turnTo(byId("parcel", HTMLElement), () => {
      calm(troubleBox());
      parcel?.show(opened);
    });
  } catch (cause) {
    const failure = failureOf(cause);
    if (mine !== attempt) return;
    waiting = false;
    if (failure.code === "passphrase_needed" || failure.code === "passphrase_wrong") askPassphrase(failure);
    else await showWhole(failure);
  }
}

/** What a node gave for one file stays to be seen while another is read. @param {import("./nodes.js").NodeView} view */
function lit(view) {
  const most = Math.max(given.get(view.index) ?? 0, view.fill);
  given.set(view.index, most);
  return view.down || most === view.fill ? view : { ...view, fill: most, words: "gave its part" };
}

/** The engine waits by itself while too few nodes answer, or nobody does. @param {Progress} progress */
function showProgress(progress) {
  if (progress.nodes?.length) map.show(progress.nodes.map((node) => lit(giving(node))));
  if (progress.phase === "waiting") {
    wait(progress);
    return;
  }
  if (waiting) {
    waiting = false;
    if (parcel?.open) calm(troubleBox());
    else showLooking();
    announce("Going on.");
  }
  byId("remark", HTMLElement).textContent = progress.message ?? "";
}

/** @param {Progress} progress */
async function wait({ have, need, message }) {
  waiting = true;
  const code = need ? "too_few_nodes" : navigator.onLine ? "no_server" : "offline";
  await refresh();
  if (waiting) showTrouble({ code, message: message ?? "", have: need ? have : undefined }, !parcel?.open);
}

/** @param {Failure} failure */
function askPassphrase(failure) {
  const again = failure.code === "passphrase_wrong";
  turnTo(unlock.form, () => {
    byId("lead", HTMLElement).hidden = true;
    headline("These files ask for a passphrase", false);
    unlock.ask();
    if (!again) return announce("These files ask for a passphrase.");
    troubleBox().classList.remove("whole");
    tell(troubleBox(), failure, {});
    unlock.again();
  }, again);
}

/** Trouble that leaves nothing else to show. @param {Failure} failure */
async function showWhole(failure) {
  if (SELF_HEALING.includes(failure.code)) await refresh();
  showTrouble(failure);
  if (SELF_HEALING.includes(failure.code)) retry = setTimeout(tryOpen, RETRY_MS);
}

/** @param {Failure} failure @param {boolean} [whole] whether there is nothing else to show */
function showTrouble(failure, whole = true) {
  if (!whole) {
    sayTrouble(failure, false);
    return;
  }
  turnTo(null, () => {
    byId("lead", HTMLElement).hidden = true;
    headline(sayTrouble(failure, true), false);
  });
}

/** @param {Failure} failure @param {boolean} whole @returns {string} its title */
function sayTrouble(failure, whole) {
  const box = troubleBox();
  box.classList.toggle("whole", whole);
  const title = tell(box, failure, {
    facts: net ? { total: net.nodes.length, need: neededToRead(net), have: typeof failure.have === "number" ? failure.have : net.nodes.filter((node) => node.up).length } : {},
    again: whole && !SELF_HEALING.includes(failure.code) ? look : undefined,
    paste: (text) => begin(completed(text)),
  });
  if (net && failure.code === "too_few_nodes") announce(box.querySelector("p")?.textContent ?? "");
  return title;
}

/** A pasted last part joins the first part that is already here. @param {string} pasted */
function completed(pasted) {
  const [id] = fragment.split(".");
  return /[#.]/.test(pasted) || !id ? pasted : `${id}.${pasted}`;
}

async function refresh() {
  try {
    net = await network();
  } catch {
    return;
  }
  if (parcel?.open || waiting) return;
  map.show(net.nodes.map(resting));
}

addEventListener("hashchange", () => {
  if (location.hash === "#main") return;
  const next = takeFragment();
  if (next) begin(next);
});
addEventListener("online", () => { if (retry) tryOpen(); });

map.show(unknown());
refresh();
begin(takeFragment());
