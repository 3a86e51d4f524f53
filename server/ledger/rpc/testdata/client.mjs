// Does with @mysten/sui what an application does, and checks all that it reads:
// digests recomputed, BCS read and written again. Run with .ci as working
// directory; the input is JSON in $RPC_INPUT:
//   { url, seed (hex, of a funded key), friend, system, floe, wal }
// Every failed check is printed as a line "FAIL …"; the last line is "DONE n".
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { bcs } from '@mysten/sui/bcs';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction, TransactionDataBuilder } from '@mysten/sui/transactions';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { verifyTransactionSignature } from '@mysten/sui/verify';
import { fromHex, toBase58, toBase64, toHex } from '@mysten/bcs';
import { blake2b } from '@noble/hashes/blake2.js';

const { url, seed, friend, system, floe, wal } = JSON.parse(process.env.RPC_INPUT);
const me = Ed25519Keypair.fromSecretKey(fromHex(seed));
const other = new Ed25519Keypair();
const owner = me.toSuiAddress();
const client = new SuiGrpcClient({ network: 'localnet', baseUrl: url });

let checks = 0;
function check(what, got, want = true) {
	checks++;
	const text = (v) => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? x.toString() : x));
	if (text(got) !== text(want)) console.log(`FAIL ${what}: got ${text(got)}, want ${text(want)}`);
}
async function fails(what, words, f) {
	checks++;
	try {
		await f();
		console.log(`FAIL ${what}: it succeeds`);
	} catch (e) {
		if (!words.every((w) => `${e.code} ${e.message}`.includes(w))) console.log(`FAIL ${what}: ${e.code} ${e.message}`);
	}
}
function hash(name, bytes) {
	return toBase58(blake2b(new Uint8Array([...new TextEncoder().encode(name + '::'), ...bytes]), { dkLen: 32 }));
}
const again = (type, bytes) => toHex(type.serialize(type.parse(bytes), { maxSize: 1 << 20 }).toBytes()) === toHex(bytes);

// Coins, balances, epochs.
const before = BigInt((await client.getBalance({ owner })).balance.balance);
check('balance', before > 0n);
const coins = await client.listCoins({ owner, coinType: '0x2::sui::SUI' });
check('sum of coins', coins.objects.reduce((s, c) => s + BigInt(c.balance), 0n), before);
check('last page', [coins.hasNextPage, coins.cursor], [false, null]);
const wals = await client.getBalance({ owner, coinType: `${wal}::wal::WAL` });
check('coin balance', wals.balance.coinBalance === wals.balance.balance && BigInt(wals.balance.balance) > 0n);
check('balances', (await client.listBalances({ owner })).balances.map((b) => b.coinType.split('::')[2]).sort(), ['SUI', 'WAL']);
check('coin metadata', (await client.getCoinMetadata({ coinType: `${wal}::wal::WAL` })).coinMetadata.decimals, 9);
const price = BigInt((await client.getReferenceGasPrice()).referenceGasPrice);
check('gas price', price > 0n);
check('chain', (await client.core.getChainIdentifier()).chainIdentifier.length > 40);
check('system state', (await client.core.getCurrentSystemState()).systemState.referenceGasPrice, price.toString());

// A transfer, resolved by the server.
const tx = new Transaction();
const [coin] = tx.splitCoins(tx.gas, [12345]);
tx.transferObjects([coin], friend);
tx.setSender(owner);
const bytes = await tx.build({ client });
const { signature } = await me.signTransaction(bytes);
const include = { effects: true, events: true, balanceChanges: true, transaction: true, objectTypes: true, bcs: true };
const done = (await client.executeTransaction({ transaction: bytes, signatures: [signature], include })).Transaction;
check('status', done.status.success);
check('transaction digest', done.digest, TransactionDataBuilder.getDigestFromBytes(bytes));
check('transaction bytes', toBase64(done.bcs), toBase64(bytes));
check('signature', done.signatures, [signature]);
await verifyTransactionSignature(done.bcs, done.signatures[0], { address: owner });
check('effects bytes', again(bcs.TransactionEffects, done.effects.bcs));
check('effects digest', done.effects.transactionDigest, done.digest);
const created = done.effects.changedObjects.filter((o) => o.idOperation === 'Created');
check('created', created.map((o) => [o.outputOwner.AddressOwner, done.objectTypes[o.objectId]]), [
	[friend, `0x${'2'.padStart(64, '0')}::coin::Coin<0x${'2'.padStart(64, '0')}::sui::SUI>`],
]);
const gained = done.balanceChanges.find((b) => b.address === friend);
check('balance change', gained.amount, '12345');
check('sent inputs', done.transaction.commands.map((c) => c.$kind), ['SplitCoins', 'TransferObjects']);
const waited = (await client.waitForTransaction({ digest: done.digest, include })).Transaction;
check('found again', [waited.digest, waited.checkpoint, waited.timestampMs > 0], [done.digest, done.checkpoint, true]);
check('the same again', (await client.executeTransaction({ transaction: bytes, signatures: [signature], include })).Transaction.effects.bcs, done.effects.bcs);
check('friend', (await client.getBalance({ owner: friend })).balance.balance, '12345');

// Objects.
const { objects } = await client.getObjects({
	objectIds: [created[0].objectId, system, '0x' + 'ab'.repeat(32)],
	include: { content: true, previousTransaction: true, objectBcs: true, json: true },
});
check('missing object', [objects[2] instanceof Error, objects[2].message], [true, `Object 0x${'ab'.repeat(32)} not found`]);
for (const o of objects.slice(0, 2)) {
	check('object digest', o.digest, hash('Object', o.objectBcs));
	check('object bytes', again(bcs.Object, o.objectBcs));
	check('object contents', toHex(bcs.Object.parse(o.objectBcs).data.Move.contents), toHex(o.content));
}
check('previous transaction', objects[0].previousTransaction, done.digest);
check('coin as JSON', [objects[0].json.id, objects[0].json.balance], [created[0].objectId, '12345']);
check('shared owner', objects[1].owner.$kind, 'Shared');

// Pages.
const split = new Transaction();
const ones = split.splitCoins(split.gas, Array(7).fill(1));
split.transferObjects(Array.from({ length: 7 }, (_, i) => ones[i]), owner);
const splitDone = await client.signAndExecuteTransaction({ transaction: split, signer: me, include: { effects: true } });
check('split', splitDone.$kind, 'Transaction');
let seen = [], cursor = null, pages = 0;
do {
	const page = await client.listOwnedObjects({ owner, limit: 3, cursor });
	seen = seen.concat(page.objects.map((o) => o.objectId));
	cursor = page.hasNextPage ? page.cursor : null;
	pages++;
} while (cursor);
check('paging', [new Set(seen).size === seen.length, seen.length >= 8, pages >= 3], [true, true, true]);

// Dynamic fields: the state of the System object.
const fields = await client.listDynamicFields({ parentId: system });
check('dynamic fields', fields.dynamicFields.length >= 1);
for (const f of fields.dynamicFields) {
	check('field id', f.fieldId, deriveDynamicFieldID(system, f.name.type, f.name.bcs));
}

// Merge, and a simulation with results.
const merge = new Transaction();
const many = (await client.listCoins({ owner })).objects.filter((c) => c.balance === '1');
merge.mergeCoins(merge.object(many[0].objectId), many.slice(1).map((c) => merge.object(c.objectId)));
check('merge', (await client.signAndExecuteTransaction({ transaction: merge, signer: me })).$kind, 'Transaction');
const ask = new Transaction();
ask.setSender(owner);
ask.moveCall({ target: '0x2::coin::value', typeArguments: ['0x2::sui::SUI'], arguments: [ask.object(many[0].objectId)] });
const answer = await client.simulateTransaction({ transaction: ask, include: { commandResults: true, effects: true } });
check('simulated value', toHex(answer.commandResults[0].returnValues[0].bcs), '0700000000000000');

// Sponsored: two signatures, the other one pays nothing.
const sponsored = new Transaction();
sponsored.moveCall({ target: `${floe}::parcel::keep`, arguments: [sponsored.moveCall({ target: `${floe}::parcel::create`,
	arguments: [sponsored.pure.vector('u8', [1, ...Array(14).fill(0)])] })] });
sponsored.setSender(other.toSuiAddress());
sponsored.setGasOwner(owner);
const kind = await sponsored.build({ client });
const both = [(await other.signTransaction(kind)).signature, (await me.signTransaction(kind)).signature];
const paid = (await client.executeTransaction({ transaction: kind, signatures: both, include })).Transaction;
check('sponsored', [paid.status.success, paid.effects.gasObject.outputOwner.AddressOwner], [true, owner]);
check('event', paid.events.map((e) => [e.eventType, e.packageId, e.sender, e.json.statement]),
	[[`${floe}::parcel::ParcelCreated`, floe, other.toSuiAddress(), toBase64(new Uint8Array([1, ...Array(14).fill(0)]))]]);
check('sponsored signatures', paid.signatures, both);

// Signatures of functions.
const { function: fn } = await client.core.getMoveFunction({ packageId: floe, moduleName: 'parcel', name: 'put_grant' });
check('function', [fn.visibility, fn.isEntry, fn.parameters.map((p) => [p.reference, p.body.$kind])],
	['public', false, [['mutable', 'datatype'], [null, 'vector'], [null, 'vector']]]);

// Failures, as a full node tells them.
await fails('unknown transaction', ['NOT_FOUND'], () => client.ledgerService.getTransaction({ digest: toBase58(new Uint8Array(32)) }));
await fails('unknown path', ['INVALID_ARGUMENT', 'read_mask'], () => client.ledgerService.getObject({ objectId: system, readMask: { paths: ['nothing'] } }));
await fails('malformed ID', ['INVALID_ARGUMENT', 'object_id'], () => client.ledgerService.getObject({ objectId: 'x' }));
await fails('unserved', ['UNIMPLEMENTED', 'LookupName'], () => client.nameService.lookupName({ name: 'a.sui' }));
await fails('no gas', ['insufficient SUI balance'], async () => {
	const t = new Transaction();
	t.transferObjects([t.splitCoins(t.gas, [1])], friend);
	t.setSender(new Ed25519Keypair().toSuiAddress());
	await t.build({ client });
});
await fails('abort', ['MoveAbort', 'abort code: 1', 'parcel::check'], async () => {
	const t = new Transaction();
	t.moveCall({ target: `${floe}::parcel::keep`, arguments: [t.moveCall({ target: `${floe}::parcel::create`,
		arguments: [t.pure.vector('u8', [9])] })] });
	t.setSender(owner);
	await t.build({ client });
});
await fails('wrong signature', ['INVALID_ARGUMENT', 'Invalid user signature'], async () => {
	const fresh = await Transaction.from(bytes).build({ client });
	await client.executeTransaction({ transaction: fresh, signatures: [(await other.signTransaction(fresh)).signature] });
});
await fails('old version', ['INVALID_ARGUMENT', 'unavailable for consumption'], async () => {
	const data = Transaction.from(bytes);
	data.setGasBudget(BigInt(data.getData().gasData.budget) + 1n);
	const stale = await data.build({ client });
	await client.executeTransaction({ transaction: stale, signatures: [(await me.signTransaction(stale)).signature] });
});

// Checkpoints as they come.
const stop = new AbortController();
const stream = client.subscriptionService.subscribeCheckpoints(
	{ readMask: { paths: ['sequence_number', 'digest', 'summary.bcs', 'contents.bcs', 'transactions.digest'] } }, { abort: stop.signal });
const wanted = client.signAndExecuteTransaction({ transaction: (() => {
	const t = new Transaction();
	t.transferObjects([t.splitCoins(t.gas, [2])], friend);
	return t;
})(), signer: me });
let found = false;
for await (const { cursor, checkpoint } of stream.responses) {
	check('cursor', cursor, checkpoint.sequenceNumber);
	check('checkpoint digest', checkpoint.digest, hash('CheckpointSummary', checkpoint.summary.bcs.value));
	const digest = (await wanted).Transaction.digest;
	if (checkpoint.transactions.some((t) => t.digest === digest)) {
		found = true;
		break;
	}
}
stop.abort();
check('checkpoint with the transaction', found);
console.log(`DONE ${checks}`);
process.exit(0);
