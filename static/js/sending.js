// @ts-check
// Shows a parcel on its way: what each node has acknowledged, the phase, the
// pace, and trouble in words.

import { announce, byId } from "./dom.js";
import { duration, list, many, size, sizeOf } from "./format.js";
import { FloeMap } from "./map.js";
import { percent } from "./vitals.js";

/** @typedef {import("./types").Progress} Progress */
/** @typedef {import("./types").NodeProgress} NodeProgress */

/** @type {{[phase: string]: string}} */
const PHASES = {
  sealing: "Encrypting",
  sending: "Encrypting and sending",
  certifying: "Having it confirmed",
  ready: "Ready",
};

export class Sending {
  #map = new FloeMap(byId("sending-map", HTMLElement));
  #bar = byId("progress", HTMLProgressElement);
  #size = 0;
  #began = 0;
  #phase = "";
  #quarter = 0;
  #remark = "";
  /** @type {string[]} */
  #nodes = [];
  /** Part of the bytes that the nodes have acknowledged, 0 to 1. */
  part = 0;

  constructor() {
    const online = () => this.#say(navigator.onLine ? "" : OFFLINE);
    addEventListener("offline", online);
    addEventListener("online", online);
  }

  /** @param {number} bytes of the files @param {string[]} nodes their names, as far as they are known */
  begin(bytes, nodes) {
    this.#size = bytes;
    this.#began = Date.now();
    this.#phase = "";
    this.#quarter = 0;
    this.#nodes = nodes;
    this.part = 0;
    this.show({ phase: "sealing", acked: 0, total: 0 });
  }

  /** @param {Progress} progress */
  show(progress) {
    const nodes = progress.nodes ?? this.#nodes.map((name, index) => ({ index, name, acked: 0, total: 0, state: "idle" }));
    this.part = progress.total > 0 ? Math.min(1, progress.acked / progress.total) : 0;
    this.#map.show(nodes.map(nodeView));
    this.#showPhase(progress.phase ?? "sending");
    this.#showPace(progress);
    this.#say(navigator.onLine ? progress.message ?? aboutNodes(/** @type {NodeProgress[]} */ (nodes)) : OFFLINE);
  }

  /** @param {string} phase */
  #showPhase(phase) {
    if (phase === "certifying") this.#bar.removeAttribute("value");
    else this.#bar.value = Math.min(99, this.part * 100);
    const words = PHASES[phase] ?? PHASES.sending;
    if (phase !== this.#phase) {
      this.#phase = phase;
      byId("phase", HTMLElement).textContent = words;
      announce(`${words}.`);
    }
    const quarter = Math.floor(this.part * 4);
    if (quarter > this.#quarter && phase === "sending") {
      this.#quarter = quarter;
      announce(`${quarter * 25} percent stored.`);
    }
    percent(Math.min(99, this.part * 100), "sent");
  }

  /** Bytes are counted as the nodes acknowledge them, and said in terms of the files. @param {Progress} progress */
  #showPace({ phase, rate, etaMs, total }) {
    const moving = phase === "sending" && this.part > 0;
    byId("amount", HTMLElement).textContent = phase === "certifying" || !this.part ? "" : `${sizeOf(this.part * this.#size, this.#size)} stored`;
    const pace = [];
    if (moving && rate && total) pace.push(`${size((rate / total) * this.#size)}/s`);
    if (moving && etaMs && Date.now() - this.#began > 3000) pace.push(`about ${duration(etaMs)}`);
    byId("pace", HTMLElement).textContent = pace.join(" · ");
  }

  /** @param {string} words */
  #say(words) {
    if (words === this.#remark) return;
    this.#remark = words;
    byId("remark", HTMLElement).textContent = words;
    if (words) announce(words);
  }
}

const OFFLINE = "You are offline. This waits for the connection; nothing is lost.";

/** @param {{index: number, name: string, acked: number, total: number, state: string}} node */
export function nodeView({ index, name, acked, total, state }) {
  const down = state === "down";
  const fill = state === "done" ? 1 : total > 0 ? acked / total : 0;
  const words = down ? "not answering" : fill >= 1 ? "holds its part" : `${Math.floor(fill * 10) * 10} % of its part`;
  return { index, name, fill: down ? 0 : fill, down, words };
}

/** "Node 5 is not answering. It is not needed: 12 of 13 hold your files." @param {NodeProgress[]} nodes */
export function aboutNodes(nodes) {
  const down = nodes.filter((node) => node.state === "down");
  if (!down.length) return "";
  const needed = nodes.length - Math.floor((nodes.length - 1) / 3);
  const left = nodes.length - down.length;
  const one = down.length === 1;
  const who = down.length <= 4 ? `${one ? "Node" : "Nodes"} ${list(down.map((node) => node.index + 1))}` : many(down.length, "node");
  const words = `${who} ${one ? "is" : "are"} not answering.`;
  if (left < needed) return `${words} ${needed} of ${nodes.length} are needed; trying again.`;
  return `${words} ${one ? "It is" : "They are"} not needed: the other ${left} hold your files.`;
}
