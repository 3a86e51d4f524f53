// @ts-check
// Withdrawing a parcel that was sent from here, by whoever owns it.

import { announce } from "./dom.js";
import { engine } from "./net.js";
import { wallets } from "./wallet.js";

/**
 * Takes the link's grant back. Where a wallet owns the parcel it asks once, and
 * the button says so meanwhile.
 * @param {HTMLButtonElement} button
 * @param {{parcelId: string, wallet?: import("./types").Payer}} parcel
 */
export async function withdraw(button, { parcelId, wallet }) {
  const words = button.textContent;
  button.disabled = true;
  announce("Withdrawing.");
  try {
    const sign = await wallets.signer(wallet);
    if (wallet) {
      button.textContent = `Confirm in ${wallet.name}`;
      announce(`Confirm in ${wallet.name}.`);
    }
    await (await engine()).withdraw({ parcelId }, sign);
  } finally {
    button.disabled = false;
    button.textContent = words;
  }
}
