// @ts-check
// The nodes, live. On the machine that runs the embedded network they can be
// stopped and started, to see that it does no harm.

import { announce, byId, cloned, element, within } from "./dom.js";
import { limit, many, moment, size, span } from "./format.js";
import { FloeMap } from "./map.js";
import { neededToRead, neededToSend, network } from "./net.js";

/** @typedef {import("./types").Network} Network */
/** @typedef {import("./types").NetworkNode} NetworkNode */

const EVERY_MS = 2500;
const body = byId("nodes", HTMLElement);
const trouble = byId("trouble", HTMLElement);
const map = new FloeMap(byId("network-map", HTMLElement), toggle);

/** @type {Network|null} */
let net = null;

async function refresh() {
  try {
    net = await network();
  } catch {
    byId("health", HTMLElement).textContent = "The server isn’t answering. This goes on by itself.";
    return;
  }
  show(net);
}

/** @param {Network} now */
function show(now) {
  map.show(now.nodes.map(({ index, name, up, shards }) => ({
    index, name, down: !up, fill: up ? 1 : 0, words: `${up ? "answers" : "not answering"}, ${many(shards.length, "shard")}`,
  })));
  const up = now.nodes.filter((node) => node.up).length;
  const all = now.nodes.length;
  const words = `${up === all ? `All ${all}` : `${up} of ${all}`} nodes answer. ${verdict(now, up)}`;
  const health = byId("health", HTMLElement);
  if (health.textContent !== words) {
    if (health.textContent) announce(words);
    health.textContent = words;
  }
  if (body.children.length !== all) body.replaceChildren(...now.nodes.map(row));
  now.nodes.forEach((node, at) => update(body.children[at], node));
  showFigures(now);
  byId("table", HTMLElement).hidden = byId("rest", HTMLElement).hidden = false;
}

/** @param {Network} now @param {number} up */
function verdict(now, up) {
  const read = neededToRead(now);
  const send = neededToSend(now);
  if (up >= send) return `Sending takes ${send}, opening ${read}.`;
  if (up >= read) return `That is enough to open (${read}), not to send (${send}).`;
  return `That is too few to open anything: ${read} are needed. Nothing is lost.`;
}

/** @param {NetworkNode} node */
function row(node) {
  const made = cloned("node-row");
  within(made, "button", HTMLButtonElement).addEventListener("click", () => toggle(node.index));
  return made;
}

/** @param {Element} made @param {NetworkNode} node */
function update(made, { name, up, shards, address }) {
  const [title, state, count, where] = made.children;
  title.textContent = name;
  state.textContent = up ? "yes" : "no";
  state.classList.toggle("down", !up);
  count.textContent = String(shards.length);
  where.textContent = address;
  const button = within(made, "button", HTMLButtonElement);
  button.textContent = up ? "Stop" : "Start";
  button.setAttribute("aria-label", `${up ? "Stop" : "Start"} ${name}`);
  button.hidden = net?.name !== "local";
}

/** @param {number} index */
async function toggle(index) {
  const node = net?.nodes.find((one) => one.index === index);
  if (!node || net?.name !== "local") return;
  trouble.hidden = true;
  const verb = node.up ? "stop" : "start";
  try {
    const answer = await fetch(`/api/v1/nodes/${index}/${verb}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: "{}",
    });
    if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error?.message ?? `The server answered ${answer.status}.`);
  } catch (cause) {
    trouble.replaceChildren(
      element("h2", {}, `${node.name} was not ${verb === "stop" ? "stopped" : "started"}.`),
      element("p", {}, `${cause instanceof Error ? cause.message : cause} Nodes can be stopped only in a browser on the machine that runs this network.`));
    trouble.hidden = false;
  }
  await refresh();
}

/** @param {Network} now */
function showFigures(now) {
  const ends = now.epoch_start_ms + now.epoch_duration_ms;
  /** @type {[string, string][]} */
  const figures = [
    ["Network", now.name === "local" ? "local: a Sui and a Walrus of Floe’s own" : now.name],
    ["Shards", `${now.n_shards} over ${many(now.nodes.length, "node")}`],
    ["Epoch", `${now.epoch}, until ${moment(ends)}; each lasts ${span(now.epoch_duration_ms)}`],
    ["Kept at most", `${many(now.max_epochs_ahead, "epoch")}, ${span(now.max_epochs_ahead * now.epoch_duration_ms)}`],
    ["One parcel", `at most ${limit(now.max_parcel_size)}, in blobs of ${size(now.segment_size)}`],
  ];
  byId("figures", HTMLElement).replaceChildren(...figures.map(([name, words]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, words))));
}

refresh();
setInterval(() => { if (!document.hidden) refresh(); }, EVERY_MS);
