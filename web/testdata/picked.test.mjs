// What was chosen by handles, now and after the page was closed, and what keeps
// it from being sent.

import assert from "node:assert/strict";
import { test } from "node:test";

const js = new URL("../../static/js/", import.meta.url);
const { fromHandles } = await import(new URL("files.js", js));
const { Lost } = await import(new URL("again.js", js));
const { obstacle } = await import(new URL("net.js", js));

/** A handle as a picker gives it; one without a text can't be read. */
function handle(name, text, permission = "granted", answer = permission) {
  const made = {
    kind: "file", name, asked: 0,
    getFile: async () => {
      if (text === undefined) throw new DOMException("gone", "NotFoundError");
      return new File([text], name);
    },
    queryPermission: async () => permission,
    requestPermission: async () => {
      made.asked++;
      if (answer === "nothing was pressed") throw new DOMException(answer, "SecurityError");
      return answer;
    },
  };
  return made;
}

test("files keep the picker's order, each by a handle of its own", async () => {
  const handles = Array.from({ length: 150 }, (_, i) => handle(`note ${i}.txt`, `${i}`));
  handles[7] = handle(".DS_Store", "");
  handles[70] = handle("moved.txt");
  const { files, leftovers, unreadable } = await fromHandles(handles);
  assert.deepEqual(files.map(({ path }) => path), handles.map(({ name }) => name).filter((name) => name.startsWith("note")));
  for (const { file, path, root, inside } of files) {
    assert.equal(root.name, path);
    assert.equal(inside, path);
    assert.equal(file.name, path);
  }
  assert.equal(leftovers, 1);
  assert.deepEqual(unreadable, ["moved.txt"]);
});

/** The files of those handles, to be found again. */
const wanted = (roots) => ({ roots, files: roots.map(({ name }, root) => ({ path: name, size: 1, modified: 0, root, inside: name })) });

test("what may be read is found without a question", async () => {
  const roots = [handle("a", "1"), handle("b", "2")];
  const lost = new Lost(wanted(roots));
  await lost.fromHandles();
  assert.ok(lost.complete);
  assert.deepEqual(roots.map(({ asked }) => asked), [0, 0]);
});

test("who refuses one file isn't asked for the others, and keeps what may be read", async () => {
  for (const answer of ["denied", "prompt", "nothing was pressed"]) {
    const roots = [handle("a", "1", "prompt", answer), handle("b", "2", "prompt", answer), handle("c", "3")];
    const lost = new Lost(wanted(roots));
    await lost.fromHandles();
    assert.deepEqual(roots.map(({ asked }) => asked), [1, 0, 0]);
    assert.deepEqual(lost.missing, ["a", "b"]);
  }
});

test("who allows it is asked for each that the browser doesn't include", async () => {
  const roots = [handle("a", "1", "prompt", "granted"), handle("b", "2", "prompt", "granted"), handle("c", "other", "prompt", "granted")];
  const lost = new Lost(wanted(roots));
  await lost.fromHandles();
  assert.deepEqual(roots.map(({ asked }) => asked), [1, 1, 1]);
  assert.deepEqual(lost.missing, []);
  assert.deepEqual(lost.changed, ["c"]);
});

test("a browser whose handles tell no permissions asks for the files again", async () => {
  const lost = new Lost(wanted([{ kind: "file", name: "a", getFile: async () => new File(["1"], "a") }]));
  await lost.fromHandles();
  assert.deepEqual(lost.missing, ["a"]);
});

test("what is in the way is told in one order", () => {
  Object.assign(globalThis, { Worker: class {}, isSecureContext: true });
  const net = { max_parcel_size: 100 };
  const codes = (...given) => obstacle(...given)?.code;
  assert.equal(obstacle(net, 100_000, 100, false), null);
  assert.equal(obstacle(null, 1, 101, false), null);
  assert.equal(codes(net, 1, 101, false), "too_large");
  assert.equal(codes(net, 100_001, 101, false), "too_many");
  assert.equal(codes(null, 100_001, 0, false), "too_many");
  assert.equal(codes(net, 100_001, 101, true), "no_sponsor");
  globalThis.isSecureContext = false;
  assert.equal(codes(net, 1, 101, true), "unsupported");
  assert.match(obstacle(null, 0, 0, false).what, /encryption/);
});
