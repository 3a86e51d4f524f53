// @ts-check
// Wallets in this browser, found by the Wallet Standard's two events: a wallet
// says that it is there, or answers a page that says it is ready. No library is
// needed for that, and nobody is asked anything before a person clicks.
//
// Offered are those that know this server's network and can sign a transaction
// by sui:signTransaction, on standard:connect. Not by the older
// sui:signTransactionBlock: it takes an object of a library that this page
// doesn't have. A wallet gets a transaction in BCS and gives a signature; what
// comes back is compared and verified by the engine, never here. It is told no
// key, and no key is made from what it signs.
//
// That is what it is told, not what it could take. A wallet's script runs in this
// page: it can read files before they are sealed, links and passphrases as they
// are shown or typed, and ask the engine and the vault for what this device keeps,
// seed included; the worker keeps keys out of the page's own way, not from other
// scripts of this origin. Extensions that may read this page can do the same,
// wallet or not, on the page that opens, too. Floe can't keep them out; whoever
// mustn't trust them uses a profile without any, or the command line.
//
// Pages that see keys keep Cross-Origin-Opener-Policy: same-origin. Extensions
// and wallets with a browser of their own don't mind: they come to the page.
// Wallets that are sites of their own, opened as a pop-up, would need the opener
// that this policy cuts, and their makers' script in this page to register them.
// With same-origin-allow-popups whatever this page opens could lead it elsewhere
// while it holds files and links, and it would no longer be isolated. So they
// are not offered.

import { shown } from "./names.js";
import { fail, nameOf, SIGN, signWith, why } from "./walletsign.js";

/** @typedef {import("./types").StandardWallet} StandardWallet */
/** @typedef {import("./types").WalletAccount} WalletAccount */
/** @typedef {import("./types").Signed} Signed */

const REMEMBERED = "floe-wallet"; // its name, nothing else

/** The Wallet Standard's name of a network. @param {string} network */
export function chainOf(network) {
  return network === "local" ? "sui:localnet" : `sui:${network}`;
}

/** "0x12ab…cd34" @param {string} address */
export function short(address) {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}

class Wallets extends EventTarget {
  /** @type {Set<StandardWallet>} */
  #found = new Set();
  #chain = "";
  #off = () => {};
  /** @type {StandardWallet|null} */
  connected = null;
  /** Those of the connected wallet that can pay here. @type {WalletAccount[]} */
  accounts = [];
  /** The one that pays. @type {WalletAccount|null} */
  account = null;

  constructor() {
    super();
    /** @param {StandardWallet[]} wallets */
    const register = (...wallets) => {
      for (const wallet of wallets) this.#found.add(wallet);
      this.#changed();
      return () => {
        for (const wallet of wallets) this.#found.delete(wallet);
        if (this.connected && wallets.includes(this.connected)) this.#forget();
        this.#changed();
      };
    };
    const api = Object.freeze({ register });
    addEventListener("wallet-standard:register-wallet", (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      if (typeof detail === "function") detail(api);
    });
    dispatchEvent(new CustomEvent("wallet-standard:app-ready", { detail: api }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  /** Says which network counts. @param {string} network */
  on(network) {
    if (this.#chain === chainOf(network)) return;
    this.#chain = chainOf(network);
    this.#changed();
  }

  /** Those that can pay on this network. @returns {StandardWallet[]} */
  get usable() {
    return [...this.#found].filter((wallet) => isSui(wallet) && wallet.chains.includes(this.#chain));
  }

  /** The names of those that are for Sui, but not for this network. @returns {string[]} */
  get elsewhere() {
    return [...this.#found].filter((wallet) => isSui(wallet) && !wallet.chains.includes(this.#chain)).map(nameOf);
  }

  /**
   * Asks a wallet for its accounts; silent ones answer only if they were asked
   * before.
   * @param {StandardWallet} wallet @param {{silent?: boolean, address?: string}} [how] which account is wanted
   */
  async connect(wallet, { silent = false, address = "" } = {}) {
    /** @type {readonly WalletAccount[]} */
    let accounts;
    try {
      const answer = await wallet.features["standard:connect"].connect(silent ? { silent } : undefined);
      accounts = answer.accounts ?? wallet.accounts;
    } catch (cause) {
      throw fail("rejected", `${nameOf(wallet)} wasn’t connected. ${why(cause)}`);
    }
    this.#take(wallet, accounts, address);
    this.#off();
    this.#off = wallet.features["standard:events"]?.on("change", () => this.#moved(wallet)) ?? (() => {});
    remember(nameOf(wallet));
    this.#changed();
  }

  /** Connects the wallet of last time, if it is here and doesn't have to ask. */
  async reconnect() {
    const wallet = this.usable.find((wallet) => nameOf(wallet) === remembered());
    if (!wallet || this.connected) return;
    try {
      await this.connect(wallet, { silent: true });
    } catch {
      // It wants to be asked by a click, then.
    }
  }

  disconnect() {
    const wallet = this.connected;
    this.#forget();
    remember("");
    Promise.resolve(wallet?.features["standard:disconnect"]?.disconnect()).catch(() => {});
    this.#changed();
  }

  /** @param {string} address */
  choose(address) {
    this.account = this.accounts.find((account) => account.address === address) ?? this.account;
    this.#changed();
  }

  /** The wallet changed by itself: another account, or none. @param {StandardWallet} wallet */
  #moved(wallet) {
    if (this.connected !== wallet) return;
    try {
      this.#take(wallet, wallet.accounts, this.account?.address ?? "");
    } catch {
      this.#forget();
    }
    this.#changed();
  }

  /** @param {StandardWallet} wallet @param {readonly WalletAccount[]} accounts @param {string} wanted */
  #take(wallet, accounts, wanted) {
    const here = accounts.filter(({ chains, features }) => chains.includes(this.#chain) && (!features?.length || features.includes(SIGN)));
    const name = nameOf(wallet);
    if (!accounts.length) throw fail("wallet", `${name} shows no account.`);
    if (!here.length) throw fail("wallet", `${name} is set to another network than this server’s. Change that in the wallet, then connect again.`);
    const good = here.filter((account) => !isZkLogin(account));
    if (!good.length) throw fail("wallet", `${name} uses an account that signs by zkLogin, with a web login in place of a key. Those who open your files can’t check that. Choose an account with a key of its own.`);
    this.connected = wallet;
    this.accounts = good;
    this.account = good.find(({ address }) => address === wanted) ?? good[0];
  }

  #forget() {
    this.#off();
    this.#off = () => {};
    this.connected = this.account = null;
    this.accounts = [];
  }

  /** Who pays, as data, or null. @returns {{name: string, address: string}|null} */
  get payer() {
    return this.connected && this.account ? { name: nameOf(this.connected), address: this.account.address } : null;
  }

  /**
   * What signs for that wallet, connecting it first if it isn't: call it on a
   * click. undefined where no wallet owns the parcel.
   * @param {{name: string, address: string}|undefined} owner
   */
  async signer(owner) {
    if (!owner) return undefined;
    if (this.payer?.address !== owner.address) {
      const wallet = this.usable.find((wallet) => nameOf(wallet) === owner.name);
      if (!wallet) throw fail("wallet", `They belong to the wallet ${shown(owner.name)}, which isn’t in this browser.`);
      await this.connect(wallet, { address: owner.address });
    }
    if (this.payer?.address !== owner.address) throw fail("wallet", `They belong to account ${short(owner.address)} of ${shown(owner.name)}. Choose it in the wallet and try again.`);
    return (/** @type {Uint8Array} */ transaction) => this.sign(transaction, owner.address);
  }

  /**
   * One prompt of the wallet's.
   * @param {Uint8Array} transaction BCS @param {string} address
   * @returns {Promise<Signed>}
   */
  async sign(transaction, address) {
    const { connected: wallet, account } = this;
    if (!wallet || account?.address !== address) throw fail("rejected", "The wallet was disconnected before it had signed.");
    return signWith(wallet, account, this.#chain, transaction);
  }
}

export const wallets = new Wallets();

/** Whatever registers is a stranger: one that breaks while it is looked at isn't there. @param {StandardWallet} wallet */
function isSui(wallet) {
  try {
    return Array.isArray(wallet.chains) && wallet.chains.some((chain) => String(chain).startsWith("sui:")) && Boolean(nameOf(wallet)) &&
      typeof wallet.features["standard:connect"].connect === "function" && typeof wallet.features[SIGN].signTransaction === "function";
  } catch {
    return false;
  }
}

/** Flag 5, an issuer and a seed: longer than any key that begins with 5. @param {WalletAccount} account */
function isZkLogin({ publicKey }) {
  return publicKey?.length > 34 && publicKey[0] === 5;
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED) || "";
  } catch {
    return "";
  }
}

/** @param {string} name */
function remember(name) {
  try {
    if (name) localStorage.setItem(REMEMBERED, name);
    else localStorage.removeItem(REMEMBERED);
  } catch {
    // Private windows may refuse: then it isn't remembered.
  }
}
