// Verifies with Walrus' own BLS what Go signed, and aggregates it. Run with .ci
// as working directory; reads and writes JSON with hex strings:
//   node --input-type=module - < walruswasm.mjs   (input in $BLS_INPUT)
import { readFileSync } from 'node:fs';
import init, * as wasm from '@mysten/walrus-wasm';

await init?.();
const bytes = (h) => Uint8Array.from(Buffer.from(h, 'hex'));
const hex = (b) => Buffer.from(b).toString('hex');
const { message, keys, signatures, aggregate } = JSON.parse(readFileSync(process.env.BLS_INPUT));
const msg = bytes(message);

console.log(JSON.stringify({
	each: keys.map((k, i) => wasm.bls12381_min_pk_verify(bytes(signatures[i]), bytes(k), msg)),
	swapped: wasm.bls12381_min_pk_verify(bytes(signatures[0]), bytes(keys[1]), msg),
	aggregate: hex(wasm.bls12381_min_pk_aggregate(signatures.map(bytes))),
	verified: wasm.bls12381_min_pk_verify_aggregate(keys.map(bytes), msg, bytes(aggregate)),
}));
