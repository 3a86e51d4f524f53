// Encodes blobs with Walrus' own encoder, unmodified, for official_test.go.
// argv: the folder that holds node_modules. stdin: JSON lines {n, seed, size};
// a blob is made as rs2-vectors.json tells. stdout: for each a JSON line of what
// came out; slivers are in the order of their pairs.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const modules = join(resolve(process.argv[2]), "node_modules", "@mysten");
const load = (path) => import(pathToFileURL(join(modules, path)));
const { BlobEncoder } = (await load("walrus-wasm/index.mjs"));
const { BlobMetadata, blobIdFromBytes } = await load("walrus/dist/utils/bcs.mjs");

const sha = (...parts) => parts.reduce((h, p) => h.update(p), createHash("sha256")).digest("hex");

function makeBlob(seed, size) {
  const blob = Buffer.alloc(Math.ceil(size / 32) * 32);
  const input = Buffer.alloc(8);
  input.writeUInt32LE(seed, 0);
  for (let i = 0; i * 32 < size; i++) {
    input.writeUInt32LE(i, 4);
    createHash("sha256").update(input).digest().copy(blob, i * 32);
  }
  return new Uint8Array(blob.buffer, blob.byteOffset, size);
}

function uleb(n) {
  let bytes = 1;
  while ((n >>= 7) > 0) bytes++;
  return bytes;
}

function encode({ n, seed, size }) {
  const f = Math.floor((n - 1) / 3);
  const k1 = n - 2 * f, k2 = n - f;
  let symbol = Math.ceil(Math.max(size, 1) / (k1 * k2));
  symbol += symbol % 2;
  const room = (symbols) => Array.from({ length: n }, () =>
    new Uint8Array(uleb(symbols * symbol) + symbols * symbol + 4));
  const primary = room(k2), secondary = room(k1);
  const blob = makeBlob(seed, size);
  const encoder = new BlobEncoder(n);
  const start = performance.now();
  const [metadata, root] = encoder.encode(blob, primary, secondary);
  const ms = performance.now() - start;
  encoder.free();
  return {
    blob_id: blobIdFromBytes(Uint8Array.from(metadata.blob_id)),
    root_hash: Buffer.from(root.Digest).toString("hex"),
    metadata: sha(BlobMetadata.serialize(metadata.metadata).toBytes()),
    primary: sha(...primary),
    secondary: sha(...secondary),
    ms,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(encode(JSON.parse(line))));
}
