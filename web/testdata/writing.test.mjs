// Writes into folders that stand in for a browser's. Run by js_test.go.

import assert from "node:assert/strict";
import { test } from "node:test";

const { Cut, newFolder, sameFolder, write, writeAll } = await import(new URL("../../static/js/writing.js", import.meta.url));

/** A folder in memory; a file is there once it was closed, as in browsers. */
function folderOf(refused = {}) {
  const files = new Map(), folders = new Map();
  return {
    files, folders, aborted: 0,
    async getDirectoryHandle(name, { create } = {}) {
      if (refused[name]) throw refused[name];
      if (!folders.has(name)) {
        if (!create) throw new DOMException("no", "NotFoundError");
        folders.set(name, Object.assign(folderOf(refused), { name }));
      }
      return folders.get(name);
    },
    async getFileHandle(name) {
      if (refused[name]) throw refused[name];
      const here = this;
      if (!files.has(name)) files.set(name, new Uint8Array());
      return {
        name,
        async getFile() { return { size: files.get(name).length }; },
        async remove() { files.delete(name); },
        async createWritable() {
          const parts = [];
          return {
            async write(bytes) { parts.push(...bytes); },
            async abort() { here.aborted++; },
            async close() { files.set(name, Uint8Array.from(parts)); },
          };
        },
      };
    },
  };
}

/** Bytes 0, 1, 2 … in parts of any size; they fail where they are told to. */
async function* bytes(length, fails = Infinity) {
  for (let at = 0, n = 1; at < length; at += n, n = 1 + (n * 7) % 5000) {
    if (at >= fails) throw { code: "offline", message: "" };
    yield Uint8Array.from({ length: Math.min(n, length - at) }, (_, i) => (at + i) % 251);
  }
}

const LARGE = 300_000;
const ENTRIES = [
  { path: "a", save: "a", at: 30, size: 10 },
  { path: "x/b", save: "x/b", at: 100, size: LARGE },
  { path: "x/y/c", save: "x/y/c", at: LARGE + 150, size: 0 },
  { path: "x/d", save: "x/d", at: LARGE + 200, size: 5000 },
];
const ALL = LARGE + 6000;

test("files are cut out of the ZIP that they came in", async () => {
  const root = folderOf();
  const cut = new Cut(bytes(ALL));
  assert.equal(await writeAll(root, ENTRIES, cut), 0);
  await cut.end();
  const x = root.folders.get("x");
  for (const [file, { at, size }] of [[root.files.get("a"), ENTRIES[0]], [x.files.get("b"), ENTRIES[1]], [x.folders.get("y").files.get("c"), ENTRIES[2]], [x.files.get("d"), ENTRIES[3]]]) {
    assert.equal(file.length, size);
    assert.ok(file.every((byte, i) => byte === (at + i) % 251));
  }
});

test("what breaks off leaves no file that looks whole", async () => {
  for (const [fails, code] of [[1000, "offline"], [LARGE + 300, "offline"]]) {
    const root = folderOf();
    await assert.rejects(writeAll(root, ENTRIES, new Cut(bytes(ALL, fails))), { code });
    const x = root.folders.get("x");
    assert.equal(x.files.has("d"), false);
    assert.equal(x.files.get("b")?.length ?? LARGE, LARGE);
    assert.equal(x.aborted, fails < LARGE ? 1 : 0);
  }
  await assert.rejects(writeAll(folderOf(), ENTRIES, new Cut(bytes(ALL - 2000))), { code: "not_written" });
});

test("a file is whole or not there; what stood there stays", async () => {
  const root = folderOf();
  await assert.rejects(write(await root.getFileHandle("new"), 10, bytes(9)), { code: "not_written" });
  assert.equal(root.files.has("new"), false);
  root.files.set("old", new Uint8Array(3));
  await assert.rejects(write(await root.getFileHandle("old"), 10, bytes(10, 5)), { code: "offline" });
  assert.equal(root.files.get("old").length, 3);
  await write(await root.getFileHandle("old"), 10, bytes(10));
  assert.equal(root.files.get("old").length, 10);
});

test("names and folders that a system refuses", async () => {
  const root = folderOf({ "a": new TypeError("Name is not allowed."), "denied": new DOMException("no", "NotAllowedError"), "taken": new DOMException("a file", "TypeMismatchError") });
  assert.equal(await writeAll(root, ENTRIES.slice(0, 1), new Cut(bytes(100))), 1);
  assert.equal(root.files.get("a_").length, 10);
  assert.equal((await newFolder(root, "taken")).name, "taken (2)");
  assert.equal((await sameFolder(root, "taken (2)")).name, "taken (2)");
  for (const make of [newFolder, sameFolder]) await assert.rejects(make(root, "denied"), { code: "not_written" });
  await assert.rejects(sameFolder(root, "taken"), { code: "not_written" });
});
