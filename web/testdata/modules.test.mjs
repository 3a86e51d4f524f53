// What of the pages' modules runs outside a browser: words, names, geometry.

import assert from "node:assert/strict";
import { test } from "node:test";

const js = new URL("../../static/js/", import.meta.url);
const format = await import(new URL("format.js", js));
const names = await import(new URL("names.js", js));
const nodes = await import(new URL("nodes.js", js));
const { floes } = await import(new URL("floes.js", js));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test("sizes as people say them", () => {
  const said = new Map([[0, "0 bytes"], [1, "1 byte"], [999, "999 bytes"], [1000, "1 KB"], [1830, "1.8 KB"],
    [412_000, "412 KB"], [999_499, "999 KB"], [999_500, "1 MB"], [9_949_999, "9.9 MB"], [9_960_000, "10 MB"], [664e6, "664 MB"], [4 * 2 ** 30, "4.3 GB"]]);
  for (const [bytes, words] of said) assert.equal(format.size(bytes), words);
  assert.equal(format.sizeOf(412e6, 664e6), "412 of 664 MB");
  assert.equal(format.sizeOf(40_000, 4e9), "0 of 4 GB");
  assert.equal(format.sizeOf(3, 12), "3 of 12 bytes");
});

test("a limit is never said larger than it is", () => {
  assert.equal(format.limit(4 * 2 ** 30), "4.2 GB");
  assert.equal(format.limit(2 ** 40), "1 TB");
  assert.equal(format.limit(99_999_999), "99 MB");
});

test("times", () => {
  assert.equal(format.duration(400), "1 s");
  assert.equal(format.duration(7000), "7 s");
  assert.equal(format.duration(130_000), "2 min");
  assert.equal(format.duration(70 * MINUTE), "1 h 10 min");
  assert.equal(format.duration(2 * HOUR), "2 h");
  const spans = new Map([[30_000, "1 minute"], [5 * MINUTE, "5 minutes"], [3 * HOUR, "3 hours"], [DAY, "1 day"],
    [30 * HOUR, "30 hours"], [6.6 * DAY, "7 days"], [53 * DAY, "53 days"], [365 * DAY, "12 months"], [742 * DAY, "2 years"]]);
  for (const [ms, words] of spans) assert.equal(format.span(ms), words);
  const noon = new Date(2026, 10, 29, 14, 0).getTime();
  assert.equal(format.moment(noon), "Sun\u00a029\u00a0Nov 2026, 14:00");
  assert.equal(format.shortDay(noon, noon - 7 * DAY), "Sun\u00a029\u00a0Nov");
  assert.equal(format.shortDay(noon, noon - HOUR), "Sun\u00a029\u00a0Nov, 14:00");
});

test("numbers in sentences", () => {
  assert.equal(format.many(1, "file"), "1 file");
  assert.equal(format.many(10_000, "file"), "10,000 files");
  assert.equal(format.manyInWords(1, "file"), "One file");
  assert.equal(format.manyInWords(12, "file"), "Twelve files");
  assert.equal(format.manyInWords(13, "file"), "13 files");
  assert.equal(format.list([]), "");
  assert.equal(format.list(["a"]), "a");
  assert.equal(format.list(["a", "b", "c"]), "a, b and c");
});

test("names can't hide or turn anything around", () => {
  assert.equal(names.shown("invoice\u202efdp.exe"), "invoice\ufffdfdp.exe");
  assert.equal(names.shown("a\u0000b\nc\u200bd\u2066e"), "a\ufffdb\ufffdc\ufffdd\ufffde");
  for (const plain of ["Befund März 2026.pdf", "空のファイル.txt", "مرحبا.txt", "👩‍👩‍👧.png", "a (2).txt"]) {
    assert.equal(names.shown(plain), plain);
    assert.equal(names.hides(plain), false);
  }
  assert.equal(names.hides("x\u202ey"), true);
});

test("no two files of a parcel are the same to any system", () => {
  const taken = new Set();
  const got = ["a.txt", "A.TXT", "a.txt", "b/a.txt", "caf\u00e9", "cafe\u0301", ".hidden", ".hidden", "x.d/y"].map((path) => names.unique(path, taken));
  assert.deepEqual(got, ["a.txt", "A (2).TXT", "a (3).txt", "b/a.txt", "caf\u00e9", "cafe\u0301 (2)", ".hidden", ".hidden (2)", "x.d/y"]);
  assert.equal(new Set(got.map(names.folded)).size, got.length);
});

test("only what can't run is shown in the page", () => {
  for (const name of ["a.png", "b.JPG", "c.webp", "d.avif", "e.bmp", "f.gif", "g.jpeg"]) assert.match(names.rasterType(name), /^image\/(png|jpeg|webp|avif|bmp|gif)$/);
  for (const name of ["a.svg", "a.html", "a.pdf", "a.png.exe", "png", "a.xml"]) assert.equal(names.rasterType(name), "");
  for (const name of ["a.txt", "a.html", "a.js", "A.MD"]) assert.equal(names.isText(name), true);
  for (const name of ["a.svg", "a.pdf", "a.exe", "txt.docx"]) assert.equal(names.isText(name), false);
});

test("what systems leave in folders is left out", () => {
  for (const path of [".DS_Store", "a/b/.ds_store", "Thumbs.db", "x/desktop.ini", "__MACOSX/a/b", "._a.txt"]) assert.equal(names.isLeftover(path), true, path);
  for (const path of ["a.txt", "DS_Store.txt", ".gitignore", "_a"]) assert.equal(names.isLeftover(path), false, path);
});

test("a node that took one of many blobs isn't full", () => {
  const node = { index: 2, name: "Node 3", acked: 30, total: 100, state: "done" };
  assert.deepEqual(nodes.taking(node), { index: 2, name: "Node 3", fill: 0.3, down: false, words: "30 % of its part" });
  assert.equal(nodes.taking({ ...node, acked: 100, state: "sending" }).words, "holds its part");
  assert.equal(nodes.taking({ ...node, state: "down" }).fill, 0);
  assert.equal(nodes.giving({ ...node, total: 0 }).fill, 1);
});

test("nodes that don't answer", () => {
  const make = (...down) => Array.from({ length: 13 }, (_, index) => ({ index, name: `Node ${index + 1}`, acked: 1, total: 2, state: down.includes(index) ? "down" : "sending" }));
  assert.equal(nodes.aboutNodes(make()), "");
  assert.equal(nodes.aboutNodes(make(4)), "Node 5 is not answering. It is not needed: the other 12 hold your files.");
  assert.equal(nodes.aboutNodes(make(4, 8)), "Nodes 5 and 9 are not answering. They are not needed: the other 11 hold your files.");
  assert.equal(nodes.aboutNodes(make(0, 1, 2, 3, 4)), "5 nodes are not answering. 9 of 13 are needed; trying again.");
  assert.deepEqual(nodes.taking(make(0)[0]), { index: 0, name: "Node 1", fill: 0, down: true, words: "not answering" });
  assert.deepEqual(nodes.taking(make()[0]), { index: 0, name: "Node 1", fill: 0.5, down: false, words: "50 % of its part" });
  assert.equal(nodes.giving({ index: 1, name: "Node 2", acked: 9, total: 0, state: "done" }).fill, 1);
});

test("floes: any number, the same for everybody, apart, inside, in reading order", () => {
  assert.deepEqual(floes(0, 640, 260), []);
  for (const count of [1, 2, 3, 4, 7, 13, 25, 104, 300]) {
    const all = floes(count, 640, 260);
    assert.equal(all.length, count);
    assert.deepEqual(all, floes(count, 640, 260));
    for (const floe of all) {
      assert.match(floe.path, /^M[-\d. ]+Q.*Z$/);
      assert.ok(!floe.path.includes("NaN"), `${count}: ${floe.path}`);
      assert.ok(floe.left >= 0 && floe.top >= 0 && floe.right <= 640 && floe.bottom <= 260, `${count}: outside`);
      assert.ok(floe.right - floe.left > 2 && floe.bottom - floe.top > 2, `${count}: too small`);
      assert.ok(floe.centre.x > floe.left && floe.centre.x < floe.right && floe.centre.y > floe.top && floe.centre.y < floe.bottom);
    }
  }
  const thirteen = floes(13, 640, 260);
  assert.ok(thirteen[0].centre.x < 200 && thirteen[0].centre.y < 130, "node 1 stands at the top left");
  assert.ok(thirteen[12].centre.x > 440 && thirteen[12].centre.y > 130, "node 13 stands at the bottom right");
});

test("the gap between floes is what the drawing rule says", () => {
  const corners = (path) => [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
  const all = floes(13, 640, 260).map((floe) => corners(floe.path));
  let nearest = Infinity;
  for (let i = 0; i < all.length; i++) {
    for (let j = 0; j < i; j++) {
      for (const [x, y] of all[i]) for (const [u, v] of all[j]) nearest = Math.min(nearest, Math.hypot(x - u, y - v));
    }
  }
  assert.ok(nearest >= 13.5, `${nearest} units between the nearest corners, 14 are meant`);
});
