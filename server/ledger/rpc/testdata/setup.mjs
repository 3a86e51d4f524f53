// What all scripts about @mysten/sui begin with; node_test.go puts it before
// each. They do what an application does, unmodified, and check all that they
// read. The input is JSON in $RPC_INPUT:
//   { url, seed, rich (hex, of funded keys), friend, system, staking, floe, walrus, wal }
// Every failed check is printed as a line "FAIL …"; the last line is "DONE n".
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Inputs, Transaction, TransactionDataBuilder } from '@mysten/sui/transactions';
import { deriveDynamicFieldID, normalizeSuiAddress } from '@mysten/sui/utils';
import { fromBase58, fromBase64, fromHex, toBase58, toBase64, toHex } from '@mysten/bcs';
import { blake2b } from '@noble/hashes/blake2.js';

const { url, seed, rich, friend, system, staking, floe, walrus, wal } = JSON.parse(process.env.RPC_INPUT);
const me = Ed25519Keypair.fromSecretKey(fromHex(seed));
const second = Ed25519Keypair.fromSecretKey(fromHex(rich));
const other = new Ed25519Keypair();
const owner = me.toSuiAddress();
const client = new SuiGrpcClient({ network: 'localnet', baseUrl: url });
const SUI = normalizeSuiAddress('0x2') + '::sui::SUI';
const WAL = `${wal}::wal::WAL`;
const include = { effects: true, events: true, balanceChanges: true, transaction: true, objectTypes: true, bcs: true };

let checks = 0;
const text = (v) => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? x.toString() : x));
function check(what, got, want = true) {
	checks++;
	if (text(got) !== text(want)) console.log(`FAIL ${what}: got ${text(got)}, want ${text(want)}`);
}
// fails expects an error whose code and message hold all words, and returns it.
async function fails(what, words, f) {
	checks++;
	try {
		await f();
		console.log(`FAIL ${what}: it succeeds`);
	} catch (e) {
		if (!words.every((w) => `${e.code} ${e.message}`.includes(w))) console.log(`FAIL ${what}: ${e.code} ${e.message}`);
		return e;
	}
}
function hash(name, bytes) {
	return toBase58(blake2b(new Uint8Array([...new TextEncoder().encode(name + '::'), ...bytes]), { dkLen: 32 }));
}
const again = (type, bytes) => toHex(type.serialize(type.parse(bytes), { maxSize: 1 << 20 }).toBytes()) === toHex(bytes);
// built makes a transaction from what f adds to it.
function built(f) {
	const tx = new Transaction();
	f(tx);
	return tx;
}
// run signs and executes what f adds to a transaction.
const run = async (f, signer = me) => client.signAndExecuteTransaction({ transaction: built(f), signer, include });
// ran is run for what must succeed.
async function ran(what, f, signer = me) {
	const done = await run(f, signer);
	check(what, done.$kind, 'Transaction');
	return done.Transaction ?? done.FailedTransaction;
}
// pages reads a listing to its end; get takes a cursor.
async function pages(get) {
	const all = [];
	for (let cursor = null; ; ) {
		const page = await get(cursor);
		all.push(page);
		if (!page.hasNextPage) return all;
		if (!page.cursor || page.cursor === cursor) throw new Error('a page without a new cursor');
		cursor = page.cursor;
	}
}
function finish() {
	console.log(`DONE ${checks}`);
	process.exit(0);
}
