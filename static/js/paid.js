// @ts-check
// What is said where a wallet has paid and sending failed after.

/** @typedef {import("./types").Failure} Failure */

/** @param {Failure} failure @returns {Failure} */
export function paidFor(failure) {
  return { ...failure, code: "paid", what: happened(failure), message: rescue(failure) };
}

/** How to get at what is paid for, where it is never finished. @param {Failure} failure */
function rescue({ message, rescue }) {
  return rescue ? `${message}\nThe key to the storage and the SUI that stay behind, which any wallet for Sui imports; whoever has it can take them, but opens nothing with it:\n${rescue}` : message;
}

/** What came in between, in a sentence. @param {Failure} failure */
function happened({ code, have, need, message }) {
  if (code === "cancelled") return "You stopped it.";
  if (code === "offline") return "The connection broke off.";
  if (code === "too_few_nodes" && need) return `Only ${have} of the ${need} nodes that are needed hold your files by now.`;
  return message;
}
