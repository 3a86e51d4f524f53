// Derives by Node's crypto and typage what package crypto derives, and prints
// it as JSON: node derive.mjs <node_modules> > derive.json
// Written from the package documentation alone; shares no code with it.
import { createHash, createPrivateKey, createPublicKey, hkdfSync, scryptSync } from "node:crypto";
import { pathToFileURL } from "node:url";

const modules = process.argv[2];
const age = await import(pathToFileURL(`${modules}/age-encryption/dist/index.js`));
const { bech32 } = await import(pathToFileURL(`${modules}/@scure/base/index.js`));
const { wordlist } = await import(pathToFileURL(`${modules}/@scure/bip39/wordlists/english.js`));

const hkdf = (secret, info) => Buffer.from(hkdfSync("sha256", secret, new Uint8Array(0), info, 32));
const sha256 = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const text = (prefix, bytes) => bech32.encode(prefix, bech32.toWords(bytes), false).toUpperCase();
const identity = (secret) => text("age-secret-key-pq-", secret);
const verifyKey = (seed) => {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const key = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  return key.export({ format: "der", type: "spki" }).subarray(-32);
};
const words = (hash, n) => {
  const bits = [...hash].map((b) => b.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: n }, (_, i) => wordlist[parseInt(bits.slice(11 * i, 11 * i + 11), 2)]).join(" ");
};

async function seed(bytes) {
  const id = identity(hkdf(bytes, "floe v1 lasting identity"));
  const recipient = await age.identityToRecipient(id);
  const key = verifyKey(hkdf(bytes, "floe v1 lasting signing key"));
  const parcel = (i) => {
    const index = Buffer.alloc(4);
    index.writeUInt32BE(i);
    return verifyKey(hkdf(bytes, Buffer.concat([Buffer.from("floe v1 parcel key "), index]))).toString("hex");
  };
  const print = sha256("floe v1 fingerprint", sha256(recipient), key);
  return {
    seed: bytes.toString("hex"),
    export: text("floe-seed-", bytes),
    identity: id,
    recipient_hash: sha256(recipient).toString("hex"),
    verify_key: key.toString("hex"),
    fingerprint: print.toString("hex"),
    words: words(print, 12),
    parcel_keys: Object.fromEntries([0, 1, 256, 4294967295].map((i) => [i, parcel(i)])),
  };
}

function link(key, id, passphrase) {
  const digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[passphrase === null ? 4 : 5];
  const number = Buffer.from([passphrase === null ? 4 : 5]);
  const sum = sha256("floe v1 checksum", number, id, key).subarray(0, 4);
  let secret = hkdf(key, "floe v1 link identity");
  if (passphrase !== null) {
    const salt = hkdf(key, "floe v1 link salt");
    const stretched = scryptSync(passphrase.trim().normalize("NFC"), salt, 32, { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 });
    secret = hkdf(Buffer.concat([key, stretched]), "floe v1 passphrase link identity");
  }
  return {
    key: key.toString("hex"),
    id: id.toString("hex"),
    passphrase,
    fragment: `${id.toString("base64url")}.${digit}${Buffer.concat([key, sum]).toString("base64url")}`,
    slot: hkdf(key, "floe v1 link slot").toString("hex"),
    identity: identity(secret),
  };
}

const fill = (first, step) => Buffer.from(Array.from({ length: 32 }, (_, i) => (first + i * step) & 255));
console.log(JSON.stringify({
  seeds: [await seed(Buffer.alloc(32)), await seed(fill(0, 1)), await seed(fill(255, 251))],
  links: [
    link(Buffer.alloc(32), Buffer.alloc(32), null),
    link(fill(1, 7), fill(3, 5), null),
    link(fill(1, 7), fill(3, 5), "abandon ability able about above absent"),
    link(fill(9, 11), fill(200, 3), "  Größe \u0061\u030a 氷山\n"),
  ],
}, null, 1));
