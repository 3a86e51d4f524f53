// node relaxed.mjs PLAIN RELAXED: whether two kernels do the same to random
// memory, tables included.
import { readFile } from "node:fs/promises";

const SIZE = 1 << 20, LANES = 0, SYMBOLS = 256 << 10, SHAPE = 512 << 10, FACTORS = SHAPE + 64, TABLES = 640 << 10;

const start = crypto.getRandomValues(new Uint8Array(65536));

async function run(file) {
  const mem = new WebAssembly.Memory({ initial: SIZE >> 16 });
  const bytes = new Uint8Array(mem.buffer);
  for (let i = 0; i < SIZE; i++) bytes[i] = start[(i * 40503) % 65521];
  const { instance: { exports: k } } = await WebAssembly.instantiate(await readFile(file), { go: { mem } });
  k.load(LANES, SYMBOLS, 16 << 10, TABLES);
  k.inverse(LANES, 512, 128, 512, 400, TABLES);
  k.multiplyAdd(LANES, LANES + 32768, 32768, 7, 200, 207, TABLES);
  k.scale(LANES, 128, 64, FACTORS, TABLES);
  k.forward(LANES, 512, 128, 1024, 512, TABLES);
  k.store(SYMBOLS, LANES, 16 << 10, TABLES);
  for (const tail of [1, 5, 13, 30]) {
    const slot = 1 << Math.ceil(Math.log2(tail)), width = 64 * (2 + Math.ceil(2 * slot / 32));
    new Uint32Array(mem.buffer).set([40, width, 1000, 2, 300, 64, tail, slot], SHAPE / 4);
    k.gather(LANES, SYMBOLS, SHAPE, TABLES);
    k.scatter(LANES, SYMBOLS + 100, SHAPE, TABLES);
  }
  return bytes;
}

const [plain, relaxed] = await Promise.all(process.argv.slice(2).map(run));
console.log(Buffer.compare(plain, relaxed) === 0 ? "same" : "they differ");
