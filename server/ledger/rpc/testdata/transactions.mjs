// Executing, finding again, waiting, sponsoring; what effects say.
const { verifyTransactionSignature } = await import('@mysten/sui/verify');
const { SerialTransactionExecutor, ParallelTransactionExecutor } = await import('@mysten/sui/transactions');

// A transfer, resolved by the server.
const tx = built((t) => t.transferObjects([t.splitCoins(t.gas, [12345])], friend));
tx.setSender(owner);
const bytes = await tx.build({ client });
const { signature } = await me.signTransaction(bytes);
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
	[friend, `${normalizeSuiAddress('0x2')}::coin::Coin<${SUI}>`],
]);
check('types of all', Object.keys(done.objectTypes).sort(), done.effects.changedObjects.map((o) => o.objectId).sort());
check('balance change', done.balanceChanges.find((b) => b.address === friend).amount, '12345');
check('sent commands', done.transaction.commands.map((c) => c.$kind), ['SplitCoins', 'TransferObjects']);
check('sent data', [done.transaction.sender, done.transaction.gasData.owner, done.transaction.gasData.payment.length], [owner, owner, 1]);
const read = bcs.TransactionEffects.parse(done.effects.bcs).V2;
check('effects in both forms', [read.status.Success, read.executedEpoch, read.lamportVersion, read.gasUsed, read.dependencies.length],
	[true, done.epoch, done.effects.lamportVersion, done.effects.gasUsed, done.effects.dependencies.length]);
const changed = Object.fromEntries(done.effects.changedObjects.map((o) => [o.objectId, o]));
for (const [id, c] of read.changedObjects) {
	const o = changed[id];
	check('changed object', [o.inputVersion, o.inputDigest, o.idOperation, o.outputDigest],
		[c.inputState.Exist?.[0][0] ?? null, c.inputState.Exist?.[0][1] ?? null, c.idOperation.$kind, c.outputState.ObjectWrite?.[0] ?? null]);
}
check('gas object', done.effects.gasObject.objectId, done.transaction.gasData.payment[0].objectId);

// Found again, by whoever waits, and answered again.
const waited = (await client.waitForTransaction({ digest: done.digest, include })).Transaction;
check('found again', [waited.digest, waited.checkpoint, waited.timestampMs > 0, text(waited.effects)], [done.digest, done.checkpoint, true, text(done.effects)]);
check('by its result', (await client.waitForTransaction({ result: { Transaction: done } })).Transaction.digest, done.digest);
check('the same again', text((await client.executeTransaction({ transaction: bytes, signatures: [signature], include })).Transaction), text(done));
check('as JSON', (await client.getTransaction({ digest: done.digest, include: { protoJson: true } })).protoJson.digest, done.digest);
await fails('unknown transaction', ['not found'], () => client.getTransaction({ digest: toBase58(new Uint8Array(32)) }));
await fails('as the service says it', ['NOT_FOUND'], () => client.ledgerService.getTransaction({ digest: toBase58(new Uint8Array(32)) }));
await fails('malformed digest', ['INVALID_ARGUMENT', 'digest'], () => client.getTransaction({ digest: 'x' }));
const never = toBase58(new Uint8Array(32).fill(7));
check('timeout', (await fails('waiting for nothing', ['timeout'], () => client.waitForTransaction({ digest: never, timeout: 500, pollSchedule: [0, 50] }))).name, 'TimeoutError');
const stop = new AbortController();
setTimeout(() => stop.abort(new Error('had enough')), 100);
await fails('giving up', ['had enough'], () => client.waitForTransaction({ digest: never, signal: stop.signal, pollSchedule: [0, 20, 40] }));
const soon = built((t) => t.transferObjects([t.splitCoins(t.gas, [3])], friend));
soon.setSender(owner);
const soonBytes = await soon.build({ client });
const waiting = client.waitForTransaction({ digest: TransactionDataBuilder.getDigestFromBytes(soonBytes), pollSchedule: [0, 50, 100, 150, 200, 300, 500] });
await client.executeTransaction({ transaction: soonBytes, signatures: [(await me.signTransaction(soonBytes)).signature] });
check('waited before it was sent', (await waiting).Transaction.status.success);
const { response: batch } = await client.ledgerService.batchGetTransactions({ digests: [done.digest, never] });
check('batch', batch.transactions.map((t) => t.result.oneofKind), ['transaction', 'error']);

// Sponsored: two signatures, the other one pays nothing; an event tells of it.
const statement = [1, ...Array(14).fill(0)];
const sponsored = built((t) => t.moveCall({ target: `${floe}::parcel::keep`, arguments: [
	t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', statement)] })] }));
sponsored.setSender(other.toSuiAddress());
sponsored.setGasOwner(owner);
const sponsoredBytes = await sponsored.build({ client });
const both = [(await other.signTransaction(sponsoredBytes)).signature, (await me.signTransaction(sponsoredBytes)).signature];
const paid = (await client.executeTransaction({ transaction: sponsoredBytes, signatures: both, include })).Transaction;
check('sponsored', [paid.status.success, paid.effects.gasObject.outputOwner.AddressOwner], [true, owner]);
check('event', paid.events.map((e) => [e.eventType, e.packageId, e.module, e.sender, e.json.statement]),
	[[`${floe}::parcel::ParcelCreated`, floe, 'parcel', other.toSuiAddress(), toBase64(new Uint8Array(statement))]]);
check('sponsored signatures', paid.signatures, both);
check('who paid', paid.balanceChanges.map((b) => b.address), [owner]);
const { response: raw } = await client.ledgerService.getTransaction({ digest: paid.digest, readMask: { paths: ['*'] } });
check('events digest', [raw.transaction.events.digest, paid.effects.eventsDigest], Array(2).fill(hash('TransactionEvents', raw.transaction.events.bcs.value)));
check('effects digest', raw.transaction.effects.digest, hash('TransactionEffects', raw.transaction.effects.bcs.value));
check('place', raw.transaction.transactionIndex, 0n);
check('objects read and written', raw.transaction.objects.objects.length >= 3);

// The client's own executors: one after another, and many at a time.
const serial = new SerialTransactionExecutor({ client, signer: me });
const gifts = await Promise.all([1, 2, 3].map((n) => serial.executeTransaction(built((t) => t.transferObjects([t.splitCoins(t.gas, [n])], friend)))));
check('one after another', gifts.map((r) => r.$kind ?? r.Transaction?.$kind), ['Transaction', 'Transaction', 'Transaction']);
const parallel = new ParallelTransactionExecutor({ client, signer: second, initialCoinBalance: 50_000_000n, minimumCoinBalance: 10_000_000n, maxPoolSize: 4 });
const many = await Promise.all(Array.from({ length: 8 }, (_, n) => parallel.executeTransaction(built((t) => t.transferObjects([t.splitCoins(t.gas, [n + 1])], friend)))));
check('many at a time', new Set(many.map((r) => (r.Transaction ?? r).digest)).size, 8);
check('friend', (await client.getBalance({ owner: friend })).balance.balance, String(12345 + 3 + 6 + 36));
finish();
