// The pages' side of wallets against the official packages: a wallet that
// @mysten/wallet-standard registers and @mysten/sui signs for.

import assert from "node:assert/strict";
import { test } from "node:test";

const ci = new URL("../../.ci/node_modules/", import.meta.url);
const js = new URL("../../static/js/", import.meta.url);

// What of a page both sides need.
const page = new EventTarget();
globalThis.window = globalThis;
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) globalThis[name] = page[name].bind(page);
const kept = new Map();
globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };

const standard = await import(new URL("@mysten/wallet-standard/dist/index.mjs", ci));
const { Transaction } = await import(new URL("@mysten/sui/dist/transactions/index.mjs", ci));
const { Ed25519Keypair } = await import(new URL("@mysten/sui/dist/keypairs/ed25519/index.mjs", ci));
const { verifyTransactionSignature } = await import(new URL("@mysten/sui/dist/verify/index.mjs", ci));

const keys = new Ed25519Keypair();
const address = keys.toSuiAddress();

class OfficialWallet {
  version = "1.0.0";
  name = "Official";
  icon = "data:image/svg+xml;base64,PHN2Zy8+";
  accounts = [];
  prompts = 0;

  constructor(chains, publicKey = keys.getPublicKey().toSuiBytes()) {
    this.chains = chains;
    this.account = new standard.ReadonlyWalletAccount({ address, publicKey, chains, features: ["sui:signTransaction"] });
  }

  get features() {
    return {
      "standard:connect": { version: "1.0.0", connect: async () => { this.accounts = [this.account]; return { accounts: this.accounts }; } },
      "standard:events": { version: "1.0.0", on: () => () => {} },
      "sui:signTransaction": { version: "2.0.0", signTransaction: (input) => this.sign(input) },
    };
  }

  async sign({ transaction, account, chain }) {
    this.prompts++;
    assert.equal(account, this.account);
    assert.equal(chain, "sui:localnet");
    const bytes = await Transaction.from(await transaction.toJSON()).build();
    return keys.signTransaction(bytes);
  }
}

/** A transaction of ours as far as a wallet can tell. */
async function transaction() {
  const tx = new Transaction();
  tx.setSender(address);
  tx.setGasPrice(1000);
  tx.setGasBudget(50_000_000);
  tx.setGasPayment([{ objectId: "0x7", version: "3", digest: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" }]);
  tx.setExpiration({ Epoch: 9 });
  const [coin] = tx.splitCoins(tx.gas, [5]);
  tx.transferObjects([coin], address);
  return tx.build();
}

// Registered before the page listens, between, and of another network.
const early = new OfficialWallet(["sui:localnet", "sui:mainnet"]);
standard.registerWallet(early);
const { wallets } = await import(new URL("wallet.js", js));
const elsewhere = new OfficialWallet(["sui:mainnet"]);
standard.registerWallet(elsewhere);

test("wallets that the official package registers are found, before and after", async () => {
  wallets.on("local");
  assert.deepEqual(wallets.usable, [early]);
  assert.deepEqual(wallets.elsewhere, ["Official"]);
  const late = new OfficialWallet(["sui:localnet"]);
  standard.registerWallet(late);
  assert.deepEqual(wallets.usable, [early, late]);
  wallets.on("mainnet");
  assert.deepEqual(wallets.usable, [early, elsewhere]);
  wallets.on("local");
});

test("what the page finds, the official package finds", () => {
  assert.ok(standard.getWallets().get().includes(early));
  assert.ok(standard.isWalletWithRequiredFeatureSet(early, ["sui:signTransaction"]));
});

test("a transaction goes through @mysten/sui unchanged, and its signature holds", async () => {
  await wallets.connect(early);
  assert.deepEqual(wallets.payer, { name: "Official", address });
  assert.equal(kept.get("floe-wallet"), "Official");
  const bytes = await transaction();
  const signed = await wallets.sign(bytes, address);
  assert.deepEqual([...signed.bytes], [...bytes]);
  await verifyTransactionSignature(signed.bytes, Buffer.from(signed.signature).toString("base64"), { address });
  assert.equal(early.prompts, 1);
});

test("strangers that break while they are looked at aren't there, and break nothing", () => {
  const before = wallets.usable;
  const trap = () => { throw new Error("trap"); };
  const hostile = [
    null, 7, {}, new Proxy({}, { get: trap }),
    Object.defineProperty(new OfficialWallet(["sui:localnet"]), "name", { get: trap }),
    Object.defineProperty(new OfficialWallet(["sui:localnet"]), "features", { get: trap }),
    Object.defineProperty(new OfficialWallet([]), "chains", { get: trap }),
    Object.assign(new OfficialWallet(["sui:localnet"]), { name: { toString: trap } }),
  ];
  dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: ({ register }) => register(...hostile) }));
  assert.deepEqual(wallets.usable, before);
  assert.ok(wallets.elsewhere.every((name) => name === "Official"));
});

test("an answer is read once, and no longer than an answer is", async () => {
  const { sign } = early;
  const reads = [];
  const shifty = (values) => Object.defineProperties({}, Object.fromEntries(Object.entries(values).map(([name, value]) =>
    [name, { get: () => { reads.push(name); return reads.filter((other) => other === name).length > 1 ? "AAAA" : value; } }])));
  early.sign = async () => shifty({ bytes: btoa("bytes"), signature: btoa("signature") });
  const signed = await wallets.sign(await transaction(), address);
  assert.deepEqual(reads.sort(), ["bytes", "signature"]);
  assert.equal(Buffer.from(signed.bytes).toString(), "bytes");
  for (const bytes of ["A".repeat(1 << 20), { toString: () => "AAAA" }, null, "not base64!"]) {
    early.sign = async () => ({ bytes, signature: btoa("signature") });
    await assert.rejects(wallets.sign(await transaction(), address), ({ code }) => code === "wallet");
  }
  early.sign = sign;
});

test("another account than asked for is not asked to sign", async () => {
  const { prompts } = early;
  await assert.rejects(wallets.sign(await transaction(), "0x" + "1".repeat(64)), ({ code }) => code === "rejected");
  assert.equal(early.prompts, prompts);
});

test("an account that signs by zkLogin is refused before it is asked", async () => {
  const zk = new OfficialWallet(["sui:localnet"], Uint8Array.from([5, 27, ...new Array(59).fill(1)]));
  standard.registerWallet(zk);
  await assert.rejects(wallets.connect(zk), ({ code, message }) => code === "wallet" && /zkLogin/.test(message));
  assert.equal(zk.prompts, 0);
  assert.equal(wallets.connected, early);
});

test("what a wallet says no with is told from what it can't do", async () => {
  const words = new Map([["User rejected the request", "rejected"], ["Rejected from user", "rejected"], ["Insufficient gas", "wallet"]]);
  for (const [says, code] of words) {
    early.sign = async () => { throw new Error(says); };
    await assert.rejects(wallets.sign(await transaction(), address), (failure) => failure.code === code && failure.message.includes(says));
  }
});
