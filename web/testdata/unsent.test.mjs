// Going on with what was interrupted, over locks and a vault in memory.

import assert from "node:assert/strict";
import { after, test } from "node:test";

/** Locks as navigator has them, exclusive ones alone. */
class Locks {
  held = [];
  #tails = new Map();

  request(name, { signal }, act) {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const gone = new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const granted = Promise.race([before, gone]).then(async () => {
      const lock = { name };
      this.held.push(lock);
      try {
        return await act(lock);
      } finally {
        this.held.splice(this.held.indexOf(lock), 1);
      }
    });
    this.#tails.set(name, Promise.allSettled([before, granted]));
    return granted;
  }

  async query() {
    return { held: [...this.held] };
  }
}

class Vault {
  lasting = true;
  #kept = new Map();

  async hide(name, bytes, beside) {
    this.#kept.set(name, { bytes, beside });
  }

  async hidden(name) {
    return this.#kept.get(name) ?? null;
  }

  async hiddenNames(prefix) {
    return [...this.#kept.keys()].filter((name) => name.startsWith(prefix));
  }

  async unhide(names) {
    for (const name of names) this.#kept.delete(name);
  }

  async allSent() {
    return [];
  }
}

Object.defineProperty(globalThis, "navigator", { value: { locks: new Locks() }, configurable: true });
const { Journal, discard, interrupted, takenUp } = await import(new URL("../../static/js/unsent.js", import.meta.url));

const awake = setInterval(() => {}, 1000); // Node doesn't wait for what only a timeout ends
after(() => clearInterval(awake));

function bytes(text) {
  return new TextEncoder().encode(text);
}

function journalOf(vault) {
  return new Journal(vault, { index: 7, name: "a", count: 1, bytes: 1, people: 0 }, [{ path: "a", file: new File(["a"], "a") }], []);
}

/** What comes of a promise soon, or undefined. */
function soon(promise) {
  return Promise.race([promise, new Promise((resolve) => { setTimeout(resolve, 50); })]);
}

test("two tabs never go on from the same place", async () => {
  const vault = new Vault();
  const first = journalOf(vault);
  await first.open();
  await first.write(bytes("far"));
  const second = takenUp(vault, 7, []);
  assert.equal(await soon(second), undefined, "it was taken up while another tab was sending it");
  await first.write(bytes("further"));
  first.close();
  const { state, journal } = await second;
  assert.equal(new TextDecoder().decode(state), "further");
  await journal.open(); // it has the lock already
  await assert.rejects(takenUp(vault, 7, []), { code: "conflict" });
  await journal.forget();
  journal.close();
  await assert.rejects(takenUp(vault, 7, []), { code: "not_found" });
  assert.deepEqual(navigator.locks.held, []);
});

test("what is being sent is neither offered nor thrown away", async () => {
  const vault = new Vault();
  const going = journalOf(vault);
  await going.open();
  await going.write(bytes("far"));
  assert.deepEqual((await interrupted(vault)).map(({ sending }) => sending), ["floe sending 7"]);
  await assert.rejects(discard(vault, 7), { code: "conflict" });
  going.close();
  assert.equal((await interrupted(vault))[0].name, "a");
  await discard(vault, 7);
  assert.deepEqual(await interrupted(vault), []);
});

test("what begins while another tab looks isn't taken for broken", async () => {
  const vault = new Vault();
  const beginning = journalOf(vault);
  const { query } = navigator.locks;
  navigator.locks.query = async () => {
    const asked = await query.call(navigator.locks);
    await beginning.open();
    await vault.hide("unsent 7 about", bytes("{}"), {}); // and soon its state
    return asked;
  };
  await interrupted(vault);
  navigator.locks.query = query;
  assert.deepEqual(await vault.hiddenNames("unsent "), ["unsent 7 about"]);
  beginning.close();
});
