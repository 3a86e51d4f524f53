// @ts-check
// Shows a parcel on its way: what each node has acknowledged, the phase, the
// pace, and trouble in words.

import { announce, byId, move, reword } from "./dom.js";
import { duration, size, sizeOf } from "./format.js";
import { FloeMap } from "./map.js";
import { aboutNodes, resting, taking } from "./nodes.js";
import { percent } from "./vitals.js";

/** @typedef {import("./types").Progress} Progress */
/** @typedef {import("./types").NodeProgress} NodeProgress */

/** @type {{[phase: string]: string}} */
const PHASES = {
  sealing: "Encrypting",
  confirming: "Confirm in your wallet",
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
  #verb = "stored";
  #payer = "";
  /** @type {import("./types").NetworkNode[]} */
  #nodes = [];
  /** What nodes that went down had acknowledged by then, by index. @type {Map<number, number>} */
  #lost = new Map();
  /** Part of the bytes that the nodes have acknowledged, or that were uploaded, 0 to 1. */
  part = 0;

  constructor() {
    const online = () => this.#say(navigator.onLine ? "" : OFFLINE);
    addEventListener("offline", online);
    addEventListener("online", online);
  }

  /**
   * @param {number} bytes of the files
   * @param {import("./types").NetworkNode[]} nodes as far as they are known
   * @param {boolean} light uploaded once: then that is what is counted
   * @param {string} [payer] the wallet's name
   */
  begin(bytes, nodes, light, payer = "") {
    this.#verb = light ? "uploaded" : "stored";
    this.#size = bytes;
    this.#payer = payer;
    this.#began = Date.now();
    this.#phase = "";
    this.#quarter = 0;
    this.#nodes = nodes;
    this.#lost.clear();
    this.part = 0;
    this.show({ phase: "sealing", acked: 0, total: 0 });
  }

  /** @param {Progress} progress */
  show(progress) {
    this.part = progress.total > 0 ? Math.min(1, progress.acked / progress.total) : 0;
    const nodes = (progress.nodes ?? []).map((node) => this.#steady(node));
    this.#map.show(nodes.length ? nodes.map(taking) : this.#nodes.map(resting));
    this.#showPhase(progress.phase ?? "sending");
    this.#showPace(progress);
    const words = progress.phase === "confirming" ? "It asks once. Nothing is paid before you confirm." : progress.message || aboutNodes(nodes);
    this.#say(navigator.onLine ? words : OFFLINE);
  }

  /** A node that is tried again counts as down until it acknowledges something. @param {NodeProgress} node */
  #steady(node) {
    const acked = this.#lost.get(node.index);
    if (node.state === "down") this.#lost.set(node.index, node.acked);
    else if (acked !== undefined && node.acked > acked) this.#lost.delete(node.index);
    return this.#lost.has(node.index) ? { ...node, state: /** @type {const} */ ("down") } : node;
  }

  /** @param {string} phase */
  #showPhase(phase) {
    if (phase === "certifying" || phase === "confirming") this.#bar.removeAttribute("value");
    else move(this.#bar, Math.min(0.99, this.part));
    const words = phase === "confirming" && this.#payer ? `Confirm in ${this.#payer}` : PHASES[phase] ?? PHASES.sending;
    if (phase !== this.#phase) {
      this.#phase = phase;
      byId("phase", HTMLElement).textContent = words;
      announce(`${words}.`);
    }
    const quarter = Math.floor(this.part * 4);
    if (quarter > this.#quarter && phase === "sending") {
      this.#quarter = quarter;
      announce(`${quarter * 25} percent ${this.#verb}.`);
    }
    percent(Math.min(99, this.part * 100), "sent");
  }

  /** Bytes are counted as the nodes acknowledge them, or as they go up, and said in terms of the files. @param {Progress} progress */
  #showPace({ phase, rate, etaMs, total }) {
    const moving = phase === "sending" && this.part > 0;
    reword(byId("amount", HTMLElement), phase === "certifying" || !this.part || !this.#size ? "" : `${sizeOf(this.part * this.#size, this.#size)} ${this.#verb}`);
    const pace = [];
    if (moving && rate && total) pace.push(`${size((rate / total) * this.#size)}/s`);
    if (moving && etaMs && Date.now() - this.#began > 3000) pace.push(`about ${duration(etaMs)}`);
    reword(byId("pace", HTMLElement), pace.join(" · "));
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
