// @ts-check
// What to say of nodes, in the map, in its table and in sentences.

import { list, many } from "./format.js";

/** @typedef {import("./types").NodeProgress} NodeProgress */
/** @typedef {import("./types").NetworkNode} NetworkNode */
/** @typedef {{index: number, name: string, fill: number, down: boolean, words: string}} NodeView */

/** How many of them are drawn until the network has said. */
const USUAL = 13;

/** Nodes of which nothing is known yet. @returns {NodeView[]} */
export function unknown() {
  return Array.from({ length: USUAL }, (_, index) => ({ index, name: `Node ${index + 1}`, fill: 0, down: false, words: "" }));
}

/** A node at rest. @param {NetworkNode} node @returns {NodeView} */
export function resting({ index, name, up }) {
  return { index, name, fill: 0, down: !up, words: up ? "answers" : "not answering" };
}

/** A node that is given slivers: it is done many times, with each blob. @param {NodeProgress} node @returns {NodeView} */
export function taking({ index, name, state, acked, total }) {
  const down = state === "down";
  const fill = part(acked, total);
  const words = down ? "not answering" : fill >= 1 ? "holds its part" : `${Math.floor(fill * 10) * 10} % of its part`;
  return { index, name, fill: down ? 0 : fill, down, words };
}

/** A node that slivers may be read from. @param {NodeProgress} node @returns {NodeView} */
export function giving({ index, name, state, acked, total }) {
  const down = state === "down";
  const fill = state === "done" ? 1 : part(acked, total);
  return { index, name, fill: down ? 0 : fill, down, words: down ? "not answering" : fill > 0 ? "gave its part" : "not needed so far" };
}

/** @param {number} acked @param {number} total */
function part(acked, total) {
  return total > 0 ? Math.min(1, acked / total) : 0;
}

/** "Node 5 is not answering. It is not needed: the other 12 hold your files." @param {NodeProgress[]} nodes */
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
