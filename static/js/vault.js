// What this device keeps, in IndexedDB: its seed, the parcels it sent and how
// far it has seen other parcels move on. The seed and the links are wrapped by
// an AES-GCM key that no script can export, so a copied profile database isn't
// enough to read them; whoever runs scripts on this origin still can.
//
// Where a browser gives no database (some private windows), the vault lives as
// long as its worker, and says so: lasting is false.

const NAME = "floe";
const VERSION = 1;
const SELF = "self"; // a record in "device": {key, seed: {iv, data}, next}
const PAID = "paid"; // another: a list of {index, box: {iv, data}}, each box a Note

/**
 * @typedef {object} Sent  what is kept of a parcel sent from here
 * @property {string} parcelId
 * @property {number} index    of the parcel's own signing key below the seed
 * @property {string} link     whole URL, secret included
 * @property {number} endsAt   Unix milliseconds
 * @property {string} [name]   of its first file
 * @property {number} [count]  of files
 * @property {number} [bytes]  of all files
 * @property {boolean} [passphrase]
 * @property {number} [people]  how many were named
 * @property {boolean} [withdrawn]
 * @property {{name: string, address: string}} [wallet]  that owns it, in place of the built-in identity
 */

/**
 * @typedef {object} Note  what a wallet paid for, from before it pays until it is sent
 * @property {number} index    of the parcel's own signing key below the seed
 * @property {string} parcelId
 * @property {number} at       Unix milliseconds
 * @property {{name: string, address: string}} [wallet]
 */

/** Opens the vault, in memory if the browser gives no database. */
export async function openVault() {
  try {
    return new Vault(new Database(await openDatabase()), true);
  } catch {
    return new Vault(new Shelf(), false);
  }
}

class Vault {
  #store;
  #device = null;

  constructor(store, lasting) {
    this.#store = store;
    this.lasting = lasting;
  }

  /** The device's seed, made on first use. @returns {Promise<Uint8Array>} 32 bytes */
  async seed() {
    const { key, seed } = await this.#self();
    return unwrap(key, seed, "seed");
  }

  /** Takes the next parcel's index; none is given out twice. @returns {Promise<number>} */
  async takeIndex() {
    await this.#self();
    let index;
    await this.#store.update("device", SELF, (device) => {
      index = device.next;
      return { ...device, next: index + 1 };
    });
    return index;
  }

  /** How many indices were taken. @returns {Promise<number>} */
  async indices() {
    await this.#self();
    return (await this.#store.get("device", SELF)).next;
  }

  /** The highest sequence seen signed for a parcel, or null. */
  async seen(parcelId) {
    return (await this.#store.get("seen", parcelId)) ?? null;
  }

  /** Remembers a sequence; a lower one than before changes nothing. */
  async saw(parcelId, sequence) {
    await this.#store.update("seen", parcelId, (old) => (old === undefined || old < sequence ? sequence : old));
  }

  /** @param {Sent} sent */
  async keep(sent) {
    const { key } = await this.#self();
    const box = await wrap(key, new TextEncoder().encode(JSON.stringify(sent)), "sent");
    await this.#store.update("sent", sent.parcelId, () => box);
  }

  /** @returns {Promise<Sent|null>} */
  async sent(parcelId) {
    const box = await this.#store.get("sent", parcelId);
    return box ? this.#open(box) : null;
  }

  /** @returns {Promise<Sent[]>} */
  async allSent() {
    const boxes = await this.#store.all("sent");
    return Promise.all(boxes.map((box) => this.#open(box)));
  }

  /** @param {Note} note */
  async note(note) {
    const { key } = await this.#self();
    const box = await wrap(key, new TextEncoder().encode(JSON.stringify(note)), "paid");
    await this.#store.update("device", PAID, (old) => [...without(old, note.index), { index: note.index, box }]);
  }

  /** @returns {Promise<Note[]>} */
  async notes() {
    const all = (await this.#store.get("device", PAID)) ?? [];
    return Promise.all(all.map(({ box }) => this.#open(box, "paid")));
  }

  /** Removes a note, if it is there. @param {number} index */
  async forget(index) {
    await this.#store.update("device", PAID, (old) => without(old, index));
  }

  /** Keeps bytes that nobody else may read, and beside them what isn't secret. */
  async hide(name, bytes, beside) {
    const { key } = await this.#self();
    const box = await wrap(key, bytes, name);
    await this.#store.update("device", name, () => ({ box, beside }));
  }

  /** What hide kept. @returns {Promise<{bytes: Uint8Array, beside: any}|null>} */
  async hidden(name) {
    const kept = await this.#store.get("device", name);
    if (!kept) return null;
    const { key } = await this.#self();
    return { bytes: await unwrap(key, kept.box, name), beside: kept.beside };
  }

  /** The names under which something is hidden. @param {string} prefix @returns {Promise<string[]>} */
  async hiddenNames(prefix) {
    return (await this.#store.keys("device")).filter((name) => name.startsWith(prefix));
  }

  /** Removes what is hidden under those names, all at once. @param {string[]} names */
  async unhide(names) {
    await this.#store.remove("device", names);
  }

  async #open(box, label = "sent") {
    const { key } = await this.#self();
    return JSON.parse(new TextDecoder().decode(await unwrap(key, box, label)));
  }

  // The key and the seed can't be made inside a database transaction, which
  // ends while they are awaited. So a candidate is made first, and the
  // transaction keeps whichever came first, of this tab or another.
  async #self() {
    if (this.#device) return this.#device;
    let device = await this.#store.get("device", SELF);
    if (!device) {
      const candidate = await newDevice();
      device = await this.#store.update("device", SELF, (old) => old ?? candidate);
    }
    this.#device = { key: device.key, seed: device.seed };
    return this.#device;
  }
}

function without(notes, index) {
  return (notes ?? []).filter((note) => note.index !== index);
}

async function newDevice() {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const box = await wrap(key, seed, "seed");
  seed.fill(0);
  return { key, seed: box, next: 0 };
}

async function wrap(key, data, label) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: await crypto.subtle.encrypt(algorithm(iv, label), key, data) };
}

async function unwrap(key, box, label) {
  return new Uint8Array(await crypto.subtle.decrypt(algorithm(box.iv, label), key, box.data));
}

// The label keeps one kind of record from being passed off as another.
function algorithm(iv, label) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode("floe " + label) };
}

/** Database keeps values in IndexedDB. */
class Database {
  #db;

  constructor(db) {
    this.#db = db;
  }

  get(store, key) {
    return done(this.#db.transaction(store).objectStore(store).get(key));
  }

  all(store) {
    return done(this.#db.transaction(store).objectStore(store).getAll());
  }

  keys(store) {
    return done(this.#db.transaction(store).objectStore(store).getAllKeys());
  }

  remove(store, keys) {
    return new Promise((resolve, reject) => {
      const tx = this.#db.transaction(store, "readwrite", { durability: "strict" });
      for (const key of keys) tx.objectStore(store).delete(key);
      tx.oncomplete = () => resolve();
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  }

  /** Replaces a value by what change makes of it, in one transaction. */
  update(store, key, change) {
    return new Promise((resolve, reject) => {
      const tx = this.#db.transaction(store, "readwrite", { durability: "strict" });
      const values = tx.objectStore(store);
      let value;
      const old = values.get(key);
      old.onsuccess = () => {
        value = change(old.result);
        values.put(value, key);
      };
      tx.oncomplete = () => resolve(value);
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  }
}

/** Shelf keeps values for as long as the worker lives. */
class Shelf {
  #values = new Map();

  async get(store, key) {
    return this.#values.get(store + "/" + key);
  }

  async all(store) {
    return [...this.#values].filter(([key]) => key.startsWith(store + "/")).map(([, value]) => value);
  }

  async keys(store) {
    return [...this.#values.keys()].filter((key) => key.startsWith(store + "/")).map((key) => key.slice(store.length + 1));
  }

  async remove(store, keys) {
    for (const key of keys) this.#values.delete(store + "/" + key);
  }

  async update(store, key, change) {
    const value = change(this.#values.get(store + "/" + key));
    this.#values.set(store + "/" + key, value);
    return value;
  }
}

function openDatabase() {
  const request = indexedDB.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    for (const store of ["device", "seen", "sent"]) request.result.createObjectStore(store);
  };
  return done(request);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another tab holds an older database"));
  });
}
