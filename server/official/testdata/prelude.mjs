// What scripts share. Run with .ci as working directory; the input is JSON in
// $OFFICIAL_INPUT: { url, system, staking, wal, walrus, nodes, shards, … }
import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { WalrusClient } from '@mysten/walrus';

const input = JSON.parse(process.env.OFFICIAL_INPUT);
const WAL = `${input.wal}::wal::WAL`;

let checks = 0;
// text is JSON with sorted keys, so that what is equal reads equal.
const plain = (x) => {
	if (typeof x === 'bigint') return `${x}n`;
	if (x instanceof Uint8Array) return `bytes ${Buffer.from(x).toString('hex')}`;
	if (x && typeof x === 'object' && !Array.isArray(x)) return Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1)));
	return x;
};
const text = (v) => JSON.stringify(v, (_, x) => plain(x));
const clip = (s) => (s?.length > 300 ? s.slice(0, 300) + '…' : s);
function check(what, got, want = true) {
	checks++; lap(what);
	if (text(got) !== text(want)) console.log(`FAIL ${what}: got ${clip(text(got))}, want ${clip(text(want))}`);
}
// fails wants f to throw an error whose class and message have all the words.
async function fails(what, words, f) {
	checks++; lap(what);
	try {
		const got = await f();
		console.log(`FAIL ${what}: it succeeds with ${clip(text(got))}`);
	} catch (e) {
		const said = `${e.constructor.name} ${e.message}`.replaceAll('\n', ' ');
		if (![words].flat().every((w) => said.includes(w))) console.log(`FAIL ${what}: ${said}, want ${words}`);
	}
}
function done() {
	console.log(`DONE ${checks}`);
	process.exit(0);
}
process.on('unhandledRejection', (e) => {
	console.log(`FAIL unhandled: ${String(e?.stack ?? e).replaceAll('\n', ' ')}`);
	process.exit(1);
});

const ledger = () => new SuiGrpcClient({ network: 'localnet', baseUrl: input.url });
const fresh = (more = {}) =>
	new WalrusClient({
		packageConfig: { systemObjectId: input.system, stakingPoolId: input.staking },
		suiClient: ledger(),
		storageNodeUrlScheme: 'http',
		...more,
	});
const post = async (path, body) => {
	const res = await fetch(input.url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
	if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
};
async function funded() {
	const signer = new Ed25519Keypair();
	await post('/api/v1/faucet', { address: signer.toSuiAddress() });
	return signer;
}
function random(n) {
	const b = new Uint8Array(n);
	for (let i = 0; i < n; i += 65536) crypto.getRandomValues(b.subarray(i, Math.min(n, i + 65536)));
	return b;
}
const sha256 = (b) => createHash('sha256').update(b).digest('hex');
const same = (a, b) => a.length === b.length && sha256(a) === sha256(b);
const urlSafe = (b) => Buffer.from(b).toString('base64url');
// inside imports a module of the client's that it doesn't export: its definitions of BCS.
const inside = (path) => import(pathToFileURL(`${process.cwd()}/node_modules/@mysten/walrus/dist/${path}`));
const balance = async (of, coinType = WAL) => BigInt((await ledger().getBalance({ owner: of.toSuiAddress(), coinType })).balance.balance);
// run signs and executes a transaction, waits for it, and returns the result.
async function run(tx, signer, include = { effects: true }) {
	tx.setSenderIfNotSet(signer.toSuiAddress());
	const client = ledger();
	const res = await client.signAndExecuteTransaction({ transaction: tx, signer, include });
	const r = res.Transaction ?? res.FailedTransaction;
	if (res.FailedTransaction) throw new Error(`failed: ${text(r.status)}`);
	await client.waitForTransaction({ digest: r.digest });
	return r;
}
const since = Date.now();
const lap = (w) => process.env.LAPS && console.error((Date.now() - since) + ' ms ' + w);
