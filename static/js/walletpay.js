// @ts-check
// Who pays for a parcel: this server, or a wallet in this browser. Where there
// is no wallet and the server pays, none of it is shown.

import { announce, byId, cloned, element, within } from "./dom.js";
import { about, exactly, list } from "./format.js";
import { engine } from "./net.js";
import { failureOf } from "./trouble.js";
import { short, wallets } from "./wallet.js";
import { nameOf } from "./walletsign.js";

/** @typedef {import("./types").StandardWallet} StandardWallet */
/** @typedef {import("./types").Network} Network */
/** @typedef {import("./types").Cost} Cost */
/** @typedef {{files: import("./types").PickedFile[], epochs: number, recipients: number}} Load */

const PAUSE = 300; // ms until what is being chosen is priced

export class WalletPay {
  /** @type {HTMLElement|null} */
  #form = null;
  /** @type {StandardWallet|null} chosen, perhaps not connected yet; null: the server pays */
  #wallet = null;
  /** @type {Network|null} */
  #net = null;
  /** @type {Load|null} */
  #load = null;
  #timer = 0;
  #priced = 0;
  #busy = false;
  #wrong = "";
  #line = byId("cost", HTMLElement);
  #changed;

  /** @param {(words: string) => void} changed with who pays, in words for the summary; "" for the server */
  constructor(changed) {
    this.#changed = changed;
    wallets.addEventListener("change", () => this.#moved());
  }

  /** @param {Network} net */
  async on(net) {
    const first = !this.#net;
    this.#net = net;
    wallets.on(net.name);
    if (first) await wallets.reconnect();
    if (first && wallets.connected) this.#wallet = wallets.connected;
    this.#moved();
  }

  /** Whether nobody can pay: neither the server nor a wallet here. */
  get nobody() {
    return Boolean(this.#net) && !this.#net?.sponsor && !wallets.usable.length;
  }

  /** What is to be sent, to be priced. @param {Load} load */
  price(load) {
    this.#load = load;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  /** Who pays, as the engine takes it: nothing for the server. */
  chosen() {
    return this.#wallet && wallets.connected === this.#wallet && wallets.payer ? wallets.payer : undefined;
  }

  /** Whether it can be paid for; says what is missing where it is. */
  complete() {
    if (!this.#wallet || this.chosen()) return true;
    this.#say(`Connect ${nameOf(this.#wallet)} first, or let somebody else pay.`);
    byId("options", HTMLDetailsElement).open = true;
    this.#part("[data-connect]").focus();
    return false;
  }

  /** A wallet came, went, or changed by itself. */
  #moved() {
    const { usable } = wallets;
    const lost = this.#wallet && this.chosen() === undefined && wallets.connected !== this.#wallet && Boolean(this.#line.dataset.payer);
    if (lost && this.#wallet) this.#wrong = `${nameOf(this.#wallet)} is no longer connected.`;
    if (this.#wallet && !usable.includes(this.#wallet)) this.#wallet = null;
    if (!this.#wallet && this.#net && !this.#net.sponsor) this.#wallet = usable[0] ?? null;
    this.#draw(usable);
    this.#ask();
  }

  /** @param {StandardWallet[]} usable */
  #draw(usable) {
    const place = byId("payer-place", HTMLElement);
    const elsewhere = this.#net && !this.#net.sponsor ? wallets.elsewhere : [];
    if (!this.#net || !usable.length && !elsewhere.length) {
      this.#form?.remove();
      this.#form = null;
      this.#changed("");
      return;
    }
    const focused = document.activeElement?.closest("[data-payer]")?.getAttribute("data-payer");
    if (!this.#form) {
      this.#form = cloned("payer");
      place.replaceChildren(this.#form);
      this.#bind();
    }
    const server = this.#part("[data-payer='']");
    server.hidden = !this.#net.sponsor;
    within(server, "input", HTMLInputElement).checked = !this.#wallet;
    for (const old of this.#form.querySelectorAll("[data-payer]:not([data-payer=''])")) old.remove();
    this.#part("[data-panel]").before(...usable.map((wallet) => this.#choice(wallet)));
    const elsewhereWords = elsewhere.length ? `${list(elsewhere)} can’t pay here: this server’s network isn’t among those it knows.` : "";
    this.#part("[data-elsewhere]").textContent = elsewhereWords;
    this.#part("[data-elsewhere]").hidden = !elsewhereWords;
    this.#drawPanel();
    const again = focused && [...this.#form.querySelectorAll("[data-payer]")].find((row) => row.getAttribute("data-payer") === focused);
    if (again) within(again, "input", HTMLInputElement).focus();
    this.#changed(this.#wallet ? `paid by ${nameOf(this.#wallet)}` : "");
  }

  /** @param {StandardWallet} wallet */
  #choice(wallet) {
    const row = cloned("payer-row");
    row.dataset.payer = nameOf(wallet);
    within(row, "bdi", HTMLElement).textContent = nameOf(wallet);
    const input = within(row, "input", HTMLInputElement);
    input.checked = wallet === this.#wallet;
    input.addEventListener("change", () => this.#choose(wallet));
    return row;
  }

  #drawPanel() {
    const connected = this.#wallet && wallets.connected === this.#wallet;
    const name = this.#wallet ? nameOf(this.#wallet) : "";
    this.#part("[data-panel]").hidden = !this.#wallet;
    const connect = this.#part("[data-connect]");
    connect.hidden = Boolean(connected);
    connect.textContent = this.#busy ? `Waiting for ${name}…` : `Connect ${name}`;
    this.#part("[data-accounts]").hidden = !connected;
    const accounts = within(this.#part("[data-accounts]"), "select", HTMLSelectElement);
    accounts.replaceChildren(...(connected ? wallets.accounts : []).map(({ address }) => element("option", { value: address }, short(address))));
    accounts.value = wallets.account?.address ?? "";
    accounts.disabled = wallets.accounts.length < 2;
    this.#say(this.#wrong);
  }

  #bind() {
    within(this.#part("[data-payer='']"), "input", HTMLInputElement).addEventListener("change", () => this.#choose(null));
    this.#part("[data-connect]").addEventListener("click", () => this.#connect());
    this.#part("[data-disconnect]").addEventListener("click", () => {
      this.#line.dataset.payer = ""; // meant, so nothing is said of it
      wallets.disconnect();
    });
    const accounts = within(this.#part("[data-accounts]"), "select", HTMLSelectElement);
    accounts.addEventListener("change", () => wallets.choose(accounts.value));
  }

  /** @param {StandardWallet|null} wallet */
  #choose(wallet) {
    this.#wallet = wallet;
    this.#wrong = "";
    this.#line.dataset.payer = "";
    this.#moved();
  }

  async #connect() {
    const wallet = this.#wallet;
    if (!wallet || this.#busy) return;
    this.#busy = true;
    this.#wrong = "";
    this.#drawPanel();
    announce(`Waiting for ${nameOf(wallet)}.`);
    try {
      await wallets.connect(wallet);
      announce(`${nameOf(wallet)} is connected.`);
    } catch (cause) {
      this.#wrong = failureOf(cause).message;
    }
    this.#busy = false;
    this.#moved();
  }

  /** @param {string} words */
  #say(words) {
    this.#wrong = words;
    if (!this.#form) return;
    const place = this.#part("[data-wrong]");
    if (place.textContent !== words) place.textContent = words;
    place.hidden = !words;
  }

  /** Prices what is to be sent, for the wallet that would pay. */
  async #ask() {
    const payer = this.chosen();
    const load = this.#load;
    const turn = ++this.#priced;
    this.#line.dataset.payer = payer?.address ?? "";
    if (!payer || !load?.files.length) {
      this.#line.hidden = true;
      return;
    }
    try {
      const cost = await (await engine()).cost({ ...load, address: payer.address });
      if (turn === this.#priced) this.#show(payer.name, payer.address, cost);
    } catch (cause) {
      if (turn !== this.#priced) return;
      this.#line.replaceChildren(`What it costs couldn’t be found out. ${failureOf(cause).message}`);
      this.#line.hidden = false;
    }
  }

  /** @param {string} name @param {string} address @param {Cost} cost */
  #show(name, address, cost) {
    const line = [
      element("bdi", {}, name), ` ${short(address)} pays `, element("strong", {}, exactly(cost.wal, "WAL")),
      " for storage and ", element("strong", {}, `about ${about(cost.sui, "SUI")}`), " for the record. It asks once.",
    ];
    const lacks = cost.short.map(({ coin, lack }) => coin === "WAL" ? exactly(lack, coin) : about(lack, coin));
    this.#line.replaceChildren(...line, ...(lacks.length ? [element("span", { class: "wrong", role: "alert" }, `It lacks ${list(lacks)}. Part of the SUI comes back at once.`)] : []));
    this.#line.hidden = false;
  }

  /** @param {string} selector */
  #part(selector) {
    if (!this.#form) throw new Error("there is nobody to choose from");
    return within(this.#form, selector, HTMLElement);
  }
}
