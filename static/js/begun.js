// @ts-check
// Savings that were begun and aren't over: which parcel, which of its files by
// number, and the file on this device it goes to where the browser gave one.
// No link, no key and no name stands here but that file's own. In the worker
// alone; where the browser keeps nothing, nothing is remembered.

const NAME = "floe-savings";
const STORE = "begun";
const OLD_MS = 3 * 24 * 3600_000;

/**
 * @typedef {object} Begun
 * @property {string} parcelId
 * @property {number|null} index  null: all
 * @property {FileSystemHandle|null} handle  of the file, or of the folder
 * @property {string|null} [made]  the new folder in that folder
 */

/** @param {Begun} begun */
export async function remember({ parcelId, index, handle, made = null }) {
  await act("readwrite", (store) => store.put({ parcelId, index, handle, made, at: Date.now() })).catch(() => {});
}

/** @param {string} parcelId @returns {Promise<Begun|null>} */
export async function recall(parcelId) {
  /** @type {(Begun & {at: number})|null} */
  const begun = await act("readonly", (store) => store.get(parcelId)).catch(() => null);
  if (begun && Date.now() - begun.at < OLD_MS) return begun;
  await forget(parcelId);
  return null;
}

/** @param {string} parcelId */
export async function forget(parcelId) {
  const old = Date.now() - OLD_MS;
  await act("readwrite", (store) => {
    store.index("at").openKeyCursor(IDBKeyRange.upperBound(old)).onsuccess = ({ target }) => {
      const cursor = /** @type {IDBRequest<IDBCursor|null>} */ (target).result;
      if (!cursor) return;
      store.delete(cursor.primaryKey);
      cursor.continue();
    };
    return store.delete(parcelId);
  }).catch(() => {});
}

/** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} request @returns {Promise<any>} */
async function act(mode, request) {
  const db = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const asked = request(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result ?? null);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "parcelId" }).createIndex("at", "at");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
