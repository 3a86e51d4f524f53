// A sweep over everything there is after a busy run, genesis included: every
// checkpoint, transaction, effects, events and object is read and written again
// by @mysten/sui's definitions of BCS, and all digests are computed again.
const digestOf = bcs.byteVector().transform({ input: (d) => fromBase58(d), output: (b) => toBase58(Uint8Array.from(b)) });
const gasCost = bcs.struct('GasCostSummary', { computationCost: bcs.u64(), storageCost: bcs.u64(), storageRebate: bcs.u64(), nonRefundableStorageFee: bcs.u64() });
// What the package has no definitions of is spelled out in its terms.
const Summary = bcs.struct('CheckpointSummary', {
	epoch: bcs.u64(), sequenceNumber: bcs.u64(), networkTotalTransactions: bcs.u64(), contentDigest: digestOf, previousDigest: bcs.option(digestOf),
	gas: gasCost, timestampMs: bcs.u64(), commitments: bcs.vector(bcs.enum('CheckpointCommitment', { ECMHLiveObjectSet: digestOf, CheckpointArtifacts: digestOf })),
	endOfEpoch: bcs.option(bcs.struct('EndOfEpochData', { committee: bcs.vector(bcs.tuple([bcs.byteVector(), bcs.u64()])), protocolVersion: bcs.u64(), commitments: bcs.vector(digestOf) })),
	versionSpecific: bcs.byteVector(),
});
const Contents = bcs.enum('CheckpointContents', { V1: bcs.struct('CheckpointContentsV1', {
	transactions: bcs.vector(bcs.struct('ExecutionDigests', { transaction: digestOf, effects: digestOf })), signatures: bcs.vector(bcs.vector(bcs.byteVector())) }) });
const Events = bcs.vector(bcs.struct('Event', { packageId: bcs.Address, module: bcs.string(), sender: bcs.Address, type: bcs.StructTag, contents: bcs.byteVector() }));

// A busy run: coins, parcels with grants, storage and blobs, failures, sponsors.
const slot = Array(32).fill(1), grant = Array(99).fill(2);
const statement = [1, ...Array(13).fill(0), 1, ...slot, ...blake2b(new Uint8Array(grant), { dkLen: 32 })];
const parcel = (t) => t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', statement)] });
const keep = (t, p) => t.moveCall({ target: `${floe}::parcel::keep`, arguments: [p] });
await ran('parcels', (t) => { for (let i = 0; i < 3; i++) keep(t, parcel(t)); });
const kept = (await client.listOwnedObjects({ owner, type: `${floe}::parcel::Parcel` })).objects.map((o) => o.objectId);
await ran('a grant', (t) => t.moveCall({ target: `${floe}::parcel::put_grant`, arguments: [t.object(kept[0]), t.pure.vector('u8', slot), t.pure.vector('u8', grant)] }));
await ran('no parcel any more', (t) => t.moveCall({ target: `${floe}::parcel::delete`, arguments: [t.object(kept[1])] }));
const root = new Uint8Array(32).fill(5), size = 1000n;
const blobId = blake2b(new Uint8Array([1, ...bcs.u64().serialize(size).toBytes(), ...root]), { dkLen: 32 });
const number = (b) => BigInt('0x' + toHex(b.toReversed()));
const [walCoin] = (await client.listCoins({ owner, coinType: WAL })).objects;
await ran('a blob', (t) => {
	const s = t.object(system), w = t.object(walCoin.objectId);
	const call = (target, ...args) => t.moveCall({ target: `${walrus}::${target}`, arguments: args });
	const storage = call('system::reserve_space', s, t.pure.u64(15600), t.pure.u32(3), w);
	const blob = call('system::register_blob', s, storage, t.pure.u256(number(blobId)), t.pure.u256(number(root)), t.pure.u64(size), t.pure.u8(1), t.pure.bool(true), w);
	call('blob::add_metadata', blob, call('metadata::new'));
	call('blob::insert_or_update_metadata_pair', blob, t.pure.string('name'), t.pure.string('value'));
	t.transferObjects([blob, call('system::reserve_space', s, t.pure.u64(1 << 21), t.pure.u32(1), w)], owner);
});
const blob = (await client.listOwnedObjects({ owner, type: `${walrus}::blob::Blob` })).objects[0].objectId;
await ran('no metadata any more', (t) => t.moveCall({ target: `${walrus}::blob::remove_metadata_pair`, arguments: [t.object(blob), t.pure.string('name')] }));
await ran('frozen, shared, given', (t) => {
	const [a, b, c] = t.splitCoins(t.gas, [1, 2, 3]);
	t.moveCall({ target: '0x2::transfer::public_freeze_object', typeArguments: [`0x2::coin::Coin<${SUI}>`], arguments: [a] });
	t.moveCall({ target: '0x2::transfer::public_share_object', typeArguments: [`0x2::coin::Coin<${SUI}>`], arguments: [b] });
	t.transferObjects([c], friend);
});
const { readFileSync } = await import('node:fs');
await ran('a package', (t) => t.transferObjects([t.publish({ modules: [[...readFileSync('../server/sui/move/build/parcel.mv')]], dependencies: ['0x1', '0x2'] })], owner));
const abort = built((t) => keep(t, t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', [9])] })));
abort.setGasBudget(50_000_000);
abort.setGasPrice(1000);
abort.setGasPayment((await client.listCoins({ owner })).objects.map(({ objectId, version, digest }) => ({ objectId, version, digest })));
abort.setExpiration({ None: true });
check('an abort', (await client.signAndExecuteTransaction({ transaction: abort, signer: me, include })).$kind, 'FailedTransaction');

// Checkpoints with all that is in them.
const ids = new Set(), versions = new Map();
let previous, count = 0, chain = 0n;
function readObject(o) {
	ids.add(o.objectId);
	versions.set(`${o.objectId} ${o.version}`, o.digest);
	const what = `object ${o.objectId} ${o.objectType}`;
	check(what, [again(bcs.Object, o.bcs.value), o.digest], [true, hash('Object', o.bcs.value)]);
	const parsed = bcs.Object.parse(o.bcs.value);
	const move = parsed.data.Move;
	check(`${what} in both forms`, [parsed.previousTransaction, parsed.storageRebate, parsed.owner.$kind],
		[o.previousTransaction, String(o.storageRebate), ['', 'AddressOwner', 'ObjectOwner', 'Shared', 'Immutable', 'ConsensusAddressOwner'][o.owner.kind]]);
	if (!move) return check(`${what} is a package`, [parsed.data.$kind, o.objectType, parsed.data.Package.id], ['Package', 'package', o.objectId]);
	check(`${what} has its contents`, [toHex(move.contents), move.version], [toHex(o.contents.value), String(o.version)]);
	check(`${what} begins with its ID`, toHex(o.contents.value.slice(0, 32)), o.objectId.slice(2));
	check(`${what} as JSON`, o.json !== undefined);
}
function readTransaction(t, info) {
	count++;
	const what = `transaction ${t.digest}`;
	check(what, [t.digest, t.transaction.digest, info.transaction.transaction], Array(3).fill(hash('TransactionData', t.transaction.bcs.value)));
	if (t.transaction.kind.data.oneofKind === 'programmableTransaction')
		check(`${what} again`, [again(bcs.TransactionData, t.transaction.bcs.value), bcs.TransactionData.parse(t.transaction.bcs.value).V1.sender], [true, t.transaction.sender]);
	check(`${what}: effects`, [t.effects.digest, info.transaction.effects, again(bcs.TransactionEffects, t.effects.bcs.value), t.effects.transactionDigest],
		[...Array(2).fill(hash('TransactionEffects', t.effects.bcs.value)), true, t.digest]);
	if (t.events) {
		check(`${what}: events`, [t.events.digest, t.effects.eventsDigest, again(Events, t.events.bcs.value)], [...Array(2).fill(hash('TransactionEvents', t.events.bcs.value)), true]);
		const events = Events.parse(t.events.bcs.value);
		check(`${what}: events in both forms`, t.events.events.map((e) => [e.packageId, e.module, e.sender, toHex(e.contents.value), e.json !== undefined]),
			events.map((e) => [e.packageId, e.module, e.sender, toHex(Uint8Array.from(e.contents)), true]));
	} else check(`${what}: no events`, t.effects.eventsDigest === undefined);
	for (const c of t.effects.changedObjects) if (c.outputDigest)
		check(`${what} wrote ${c.objectId}`, versions.get(`${c.objectId} ${c.outputVersion}`), c.outputDigest);
	check(`${what}: what changed has a type`, t.effects.changedObjects.every((c) => (c.objectType !== undefined) === (c.inputDigest !== undefined || c.outputDigest !== undefined)));
	check(`${what}: signatures`, t.signatures.map((s) => toHex(s.bcs.value)), info.signatures.map((s) => toHex(Uint8Array.from(s))));
}
async function* checkpoints() {
	for (let after, end; end?.reason !== 5; ) {
		for await (const f of client.ledgerService.listCheckpoints({ readMask: { paths: ['*'] }, options: { limit: 7, after } }).responses) {
			if (f.checkpoint) yield f.checkpoint;
			[after, end] = [f.watermark.cursor, f.end];
		}
	}
}
for await (const c of checkpoints()) {
	const what = `checkpoint ${c.sequenceNumber}`;
	const summary = Summary.parse(c.summary.bcs.value), contents = Contents.parse(c.contents.bcs.value).V1;
	check(what, [c.digest, again(Summary, c.summary.bcs.value), again(Contents, c.contents.bcs.value)], [hash('CheckpointSummary', c.summary.bcs.value), true, true]);
	check(`${what}: contents`, [summary.contentDigest, c.contents.digest], Array(2).fill(hash('CheckpointContents', c.contents.bcs.value)));
	check(`${what}: chain`, [summary.previousDigest, BigInt(summary.sequenceNumber), c.sequenceNumber], [previous ?? null, chain, chain]);
	c.objects.objects.forEach(readObject);
	c.transactions.forEach((t, i) => readTransaction(t, { transaction: contents.transactions[i], signatures: contents.signatures[i] }));
	check(`${what}: all are told`, [c.transactions.length, BigInt(summary.networkTotalTransactions)], [contents.transactions.length, BigInt(count)]);
	previous = c.digest;
	chain++;
}

// Every object as it is now, and whatever is below it.
let live = 0;
const { objects } = await client.getObjects({ objectIds: [...ids], include: { objectBcs: true, content: true, previousTransaction: true } });
for (const o of objects) {
	if (o instanceof Error) { check('a missing object is gone', /not found/.test(o.message)); continue; }
	live++;
	check(`${o.objectId} now`, [o.digest, versions.get(`${o.objectId} ${o.version}`), again(bcs.Object, o.objectBcs)], [hash('Object', o.objectBcs), o.digest, true]);
	for (const page of await pages((cursor) => client.listDynamicFields({ parentId: o.objectId, cursor, include: { value: true } })))
		for (const f of page.dynamicFields) check(`field ${f.fieldId}`, [ids.has(f.fieldId), f.fieldId], [true, deriveDynamicFieldID(o.objectId, f.$kind === 'DynamicObject' ? `0x2::dynamic_object_field::Wrapper<${f.name.type}>` : f.name.type, f.name.bcs)]);
}
check('much was there', [chain > 9n, count > 9, live > 40], [true, true, true]);
finish();
