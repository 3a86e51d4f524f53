// @ts-check
// The page that sends, as a walk through its states: start, staged, sending,
// done, gone.

import { announce, ask, breath, byId, headline, showOnly } from "./dom.js";
import { bindDone, clearDone, readyWords, showDone } from "./done.js";
import { firstGone } from "./files.js";
import { limit, many, shortDay } from "./format.js";
import { FloeMap } from "./map.js";
import * as interrupted from "./interrupted.js";
import * as left from "./left.js";
import * as mine from "./mine.js";
import { shown } from "./names.js";
import { engine, engineSoon, factsToSend, network, obstacle, warm } from "./net.js";
import { resting, unknown } from "./nodes.js";
import { endOf, Options } from "./options.js";
import { paidFor } from "./paid.js";
import { Sending } from "./sending.js";
import { Staged } from "./staged.js";
import { calm, failureOf, tell, troubleBox } from "./trouble.js";
import { rest, work } from "./vitals.js";
import { wallets } from "./wallet.js";
import { WalletPay } from "./walletpay.js";

/** @typedef {"start"|"staged"|"sending"|"done"|"gone"} State */
/** @typedef {import("./types").Sent} Sent */
/** @typedef {import("./types").Job<Sent>} SendJob */

const TITLE = byId("title", HTMLElement).textContent ?? "";
const sections = ["start", "staged", "sending", "done", "gone"].map((id) => byId(id, HTMLElement));
const send = byId("send", HTMLButtonElement);
const drop = byId("drop", HTMLElement);

/** @type {State} */
let state = "start";
/** @type {import("./types").Network|null} */
let net = null;
/** @type {SendJob|null} */
let job = null;
let stopped = false;
/** What a wallet has paid for and what isn't finished, to go on with. @type {{failure: import("./types").Failure, files: import("./types").PickedFile[], resume: () => void}|null} */
let unfinished = null;

/** What failed and can be gone on with, as long as the same is to be sent in the same way. @type {{files: import("./types").PickedFile[], how: string, resume: () => Promise<void>}|null} */
let halted = null;

const startMap = new FloeMap(byId("start-map", HTMLElement));
const staged = new Staged(listChanged);
const options = new Options(() => price());
const pay = new WalletPay((words) => options.paid(words));
const sending = new Sending();

/** @param {State} next */
function go(next) {
  state = next;
  const first = next === "start";
  byId("lead", HTMLElement).hidden = !first;
  byId("facts", HTMLElement).hidden = !first;
  for (const kept of [left, mine]) first ? kept.show() : kept.hide();
  first ? interrupted.show(goOn) : interrupted.hide();
  showOnly(sections, byId(next, HTMLElement));
  scrollTo({ top: 0 });
}

function listChanged() {
  const count = staged.files.length;
  if (!count) {
    options.reset();
    headline(TITLE, state !== "start");
    go("start");
    return;
  }
  const first = state !== "staged";
  if (first) go("staged");
  const words = many(count, "file");
  headline(`${words} to send`, first);
  send.textContent = `Send ${words}`;
  price();
  hindered();
}

/** Whether anything keeps what is listed from being sent; says so as soon as it is known, and again to whoever presses Send. */
function hindered() {
  const failure = unfinished?.failure ?? obstacle(net, staged.files.length, staged.total, pay.nobody);
  calm(troubleBox());
  if (failure) tellTrouble(failure, unfinished?.resume);
  return Boolean(failure);
}

/** Where a wallet would pay, what that costs. */
function price() {
  const { epochs, recipients } = options.chosen();
  pay.price({ files: staged.files, epochs: epochs || net?.default_epochs || 1, recipients: recipients.length });
}

/** @param {import("./types").Failure} failure @param {() => void} [again] */
function tellTrouble(failure, again = start) {
  const facts = { name: shown(String(failure.name ?? "It")), ...(net && factsToSend(net, staged.total)) };
  tell(troubleBox(), failure, { facts, again });
}

/** Checks what can be checked before anything leaves the page. */
async function start() {
  if (state !== "staged" || job) return;
  if (unfinished && staged.same(unfinished.files)) return unfinished.resume(); // it is paid for
  if (hindered()) {
    if (unfinished) announce("What is paid for comes first. Try that again, then send these."); // it would be lost otherwise
    return;
  }
  if (!options.complete() || !pay.complete()) return;
  const gone = await firstGone(staged.files);
  if (gone) return tellTrouble({ code: "file_gone", message: "", name: gone.path });
  if (halted?.how === how() && staged.same(halted.files)) return halted.resume();
  await run();
}

/** How it is to be sent, to compare. */
const how = () => JSON.stringify([options.chosen(), pay.chosen()]);

/** Goes on with what a closed page was sending. @param {import("./types").Interrupted} going @param {import("./types").PickedFile[]} files */
async function goOn({ index, people }, files) {
  if (state !== "start" || job) return;
  await staged.add({ files, leftovers: 0, emptyFolders: [], unreadable: [] });
  await resume(index, people);
}

/** @param {number} index @param {number} people */
async function resume(index, people) {
  const files = staged.files;
  await carry({ ...options.chosen(), files, recipients: Array(people).fill("") }, staged.total, (ready, show) => ready.resume({ index, files }, show));
}

async function run() {
  const wallet = pay.chosen();
  const request = { files: staged.files, ...options.chosen(), wallet, until: 0 };
  request.epochs ||= net?.default_epochs || 1;
  if (net) request.until = endOf(net, request.epochs);
  const sign = await wallets.signer(wallet);
  await carry(request, staged.total, (ready, show) => ready.send(request, show, sign));
}

/**
 * Shows a parcel on its way, until it is ready or failed.
 * @param {import("./types").SendRequest} request
 * @param {number} total bytes
 * @param {(ready: import("./types").Engine, show: (progress: import("./types").Progress) => void) => SendJob} send
 */
async function carry(request, total, send) {
  const { files, ...chosen } = request;
  go("sending");
  headline(`Sending ${many(files.length, "file")}`);
  sending.begin(total, net?.nodes ?? [], chosen.light, chosen.wallet?.name);
  work();
  stopped = false;
  const before = unfinished;
  unfinished = halted = null;
  removeEventListener("beforeunload", hold);
  try {
    const ready = await engine();
    if (stopped) throw { code: "cancelled" };
    job = send(ready, (progress) => { if (state === "sending") sending.show(progress); });
    const sent = await job.promise;
    rest("Ready");
    go("done");
    headline(readyWords(sent, chosen.recipients.length), false);
    announce(readyWords(sent, chosen.recipients.length));
    await showDone({ sent, passphrase: chosen.passphrase, recipients: chosen.recipients.length, files: files.length, bytes: total });
  } catch (cause) {
    rest();
    if (state === "done") throw cause; // the QR code: the link itself stands
    go("staged");
    headline(`${many(files.length, "file")} to send`);
    await refresh();
    const failure = failureOf(cause);
    const { going } = failure;
    if (typeof going === "number") halted = { files: [...files], how: how(), resume: () => resume(going, chosen.recipients.length) };
    failure.paid ||= Boolean(before) && failure.code === "cancelled"; // before the engine had begun
    fell(failure, files, () => carry(request, total, (ready, show) => ready.finish(show)));
  } finally {
    job = null;
  }
}

/**
 * Sending failed; where a wallet has paid already, it can go on.
 * @param {import("./types").Failure} failure @param {import("./types").PickedFile[]} files @param {() => void} resume
 */
function fell(failure, files, resume) {
  if (!failure.paid) return tellTrouble(failure);
  unfinished = { failure: paidFor(failure), files: [...files], resume };
  addEventListener("beforeunload", hold);
  tellTrouble(unfinished.failure, resume);
}

/** What a wallet has paid for can be finished in this page alone. @param {BeforeUnloadEvent} event */
function hold(event) {
  event.preventDefault();
}

async function cancel() {
  stopped = true; // counts while the engine is still being fetched
  if (!job) return;
  const asked = job;
  if (sending.part > 0.1 && !await ask("ask-cancel")) return;
  if (job === asked) asked.cancel();
}

/** Empties the page; what is paid for and unfinished stays. */
function restart() {
  clearDone();
  options.reset();
  staged.clear();
}

/** Draws the map, then fills in what the network says of itself; the page works without. */
async function begin() {
  await breath();
  startMap.show(unknown());
  await refresh();
  engineSoon(() => { interrupted.show(goOn); left.show(); mine.show(); });
}

async function refresh() {
  try {
    net = await network();
  } catch {
    return;
  }
  startMap.show(net.nodes.map(resting));
  await breath();
  options.offer(net);
  pay.on(net); // wallets take their time, or don't answer
  if (state === "staged") hindered(); // files came before
  byId("fact-size", HTMLElement).textContent = `up to ${limit(net.max_parcel_size)}${net.sponsor ? "" : ", paid by a wallet of yours"}`;
  byId("fact-life", HTMLElement).textContent = `kept until ${shortDay(endOf(net, net.default_epochs))}, you can change that`;
}

/** What start.js hands over. @type {import("./drop.js").Taker} */
export const taker = {
  take: (picked) => { if (taker.ready()) staged.add(picked), warm(); },
  ready: () => state === "start" || state === "staged",
  over: (at) => {
    document.body.classList.toggle("dragging", Boolean(at));
    if (at && state === "start") startMap.part(at.x, at.y);
    else startMap.settle();
  },
};
bindDone(() => go("gone"));
send.addEventListener("click", start);
byId("clear", HTMLElement).addEventListener("click", restart);
byId("cancel", HTMLElement).addEventListener("click", cancel);
byId("again", HTMLElement).addEventListener("click", restart);
byId("anew", HTMLElement).addEventListener("click", restart);
begin();
