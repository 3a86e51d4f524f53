// @ts-check
// One prompt of a wallet's, and what wallets say, as data of ours.

import { shown } from "./names.js";

/** @typedef {import("./types").StandardWallet} StandardWallet */
/** @typedef {import("./types").WalletAccount} WalletAccount */
/** @typedef {import("./types").Signed} Signed */

export const SIGN = "sui:signTransaction";

/** Base64 of any transaction, and then some. */
const LONGEST = 1 << 18;

/**
 * The transaction goes out as BCS in base64, one of the two forms that wallets
 * take, and comes back as what was signed.
 * @param {StandardWallet} wallet @param {WalletAccount} account @param {string} chain
 * @param {Uint8Array} transaction
 * @returns {Promise<Signed>}
 */
export async function signWith(wallet, account, chain, transaction) {
  const text = btoa(Array.from(transaction, (byte) => String.fromCharCode(byte)).join(""));
  try {
    const { bytes, signature } = await wallet.features[SIGN].signTransaction({ transaction: { toJSON: async () => text }, account, chain });
    return { bytes: fromBase64(bytes), signature: fromBase64(signature) };
  } catch (cause) {
    throw fail(isRefusal(cause) ? "rejected" : "wallet", `${nameOf(wallet)} didn’t sign. ${why(cause)}`);
  }
}

/** A failure as the engine has them. @param {string} code @param {string} message */
export function fail(code, message) {
  return { code, message };
}

/** Its name comes from a stranger. @param {StandardWallet} wallet */
export function nameOf(wallet) {
  return shown(String(wallet.name)).slice(0, 40);
}

/** What a wallet says went wrong, in its words. @param {any} cause */
export function why(cause) {
  const words = shown(String(cause?.message ?? cause ?? "")).slice(0, 160);
  return words ? `It says: ${words}` : "";
}

/** Wallets say no in words of their own. @param {any} cause */
function isRefusal(cause) {
  return cause?.code === 4001 || cause?.code === -4005 || /reject|denied|declin|cancel|refus/i.test(String(cause?.message ?? cause));
}

/** @param {string} text */
function fromBase64(text) {
  if (typeof text !== "string" || text.length > LONGEST) throw new Error("It answered with no base64, or too much.");
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
