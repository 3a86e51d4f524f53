// Lists of transactions, events and checkpoints, and what follows them live.
const parcel = (t) => t.moveCall({ target: `${floe}::parcel::keep`, arguments: [
	t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', [1, ...Array(14).fill(0)])] })] });
const sent = [];
for (let i = 0; i < 7; i++) {
	sent.push((await ran('parcel', parcel)).digest);
	await ran("somebody else's gift", (t) => t.transferObjects([t.splitCoins(t.gas, [i + 1])], friend), second);
}
const digests = (page) => page.transactions.map((t) => (t.Transaction ?? t.FailedTransaction).digest);

// By sender, in both directions, in pages from both ends.
const bySender = { filter: { sender: owner } };
const mine = await client.listTransactions({ ...bySender, include });
check('mine', [digests(mine), mine.hasNextPage], [sent, false]);
check('told whole', mine.transactions.every((t) => t.Transaction.events.length === 1 && again(bcs.TransactionEffects, t.Transaction.effects.bcs) &&
	TransactionDataBuilder.getDigestFromBytes(t.Transaction.bcs) === t.Transaction.digest));
check('backwards', digests(await client.listTransactions({ ...bySender, order: 'descending' })), sent.toReversed());
for (const limit of [1, 2, 3, 7, 50]) {
	const up = await pages(async (after) => { const p = await client.listTransactions({ ...bySender, limit, after }); return { ...p, cursor: p.endCursor }; });
	check(`forward by ${limit}`, [up.flatMap(digests), up.length], [sent, Math.ceil(7 / limit)]);
	const down = await pages(async (before) => { const p = await client.listTransactions({ ...bySender, limit, before, order: 'descending' }); return { ...p, cursor: p.endCursor }; });
	check(`backward by ${limit}`, [down.flatMap(digests), down.length], [sent.toReversed(), Math.ceil(7 / limit)]);
}
const middle = await client.listTransactions({ ...bySender, limit: 3 });
check('before what came first', digests(await client.listTransactions({ ...bySender, before: middle.startCursor })), []);
check('before what came last', digests(await client.listTransactions({ ...bySender, before: middle.endCursor })), sent.slice(0, 2).reverse());

// By function, package and module.
for (const filter of [`${floe}::parcel::create`, `${floe}::parcel`, floe])
	check(`calls of ${filter}`, digests(await client.listTransactions({ filter: { function: filter } })), sent);
check('no calls', digests(await client.listTransactions({ filter: { function: `${floe}::parcel::delete` } })), []);
check('everything', digests(await client.listTransactions({ limit: 1000 })).length >= 15);

// Events: by type, by module, by sender; with their place.
const { response: { checkpoint: last } } = await client.ledgerService.getCheckpoint({ checkpointId: { oneofKind: undefined } });
for (const filter of [{ eventType: `${floe}::parcel::ParcelCreated` }, { eventType: `${floe}::parcel` }, { emitModule: `${floe}::parcel` }, { sender: owner }]) {
	const list = await client.listEvents({ filter });
	check(`events of ${text(filter)}`, list.events.map((e) => [e.transactionDigest, e.eventIndex, e.sender, e.eventType]), sent.map((d) => [d, 0, owner, `${floe}::parcel::ParcelCreated`]));
	check('where', list.events.every((e) => BigInt(e.checkpoint) <= last.sequenceNumber && e.json && e.bcs.length > 0));
}
const eventPages = await pages(async (after) => { const p = await client.listEvents({ filter: { sender: owner }, limit: 3, after }); return { ...p, cursor: p.endCursor }; });
check('pages of events', eventPages.flatMap((p) => p.events.map((e) => e.transactionDigest)), sent);
check('events backwards', (await client.listEvents({ filter: { sender: owner }, limit: 2, order: 'descending' })).events.map((e) => e.transactionDigest), sent.toReversed().slice(0, 2));
check('no events', (await client.listEvents({ filter: { eventType: `${floe}::parcel::Nothing` } })).events, []);

// What the services say beyond that: ends, watermarks, terms and negations.
async function frames(call) {
	const all = [];
	for await (const f of call.responses) all.push(f);
	return all;
}
const literal = (negated, predicate) => ({ negated, predicate });
const is = (name, field, value, negated = false) => literal(negated, { oneofKind: name, [name]: { [field]: value } });
const list = async (terms, more = {}) => frames(client.ledgerService.listTransactions({ filter: terms ? { terms: terms.map((literals) => ({ literals })) } : undefined, readMask: { paths: ['digest', 'checkpoint', 'transaction_index'] }, ...more }));
const found = (all) => all.filter((f) => f.transaction).map((f) => f.transaction.digest);
const tip = await list([[is('sender', 'address', owner)]]);
check('the last frame', [tip.at(-1).end.reason, tip.at(-1).transaction, tip.at(-1).watermark.checkpoint >= last.sequenceNumber, tip.filter((f) => f.end).length], [5, undefined, true, 1]);
check('watermarks on all', tip.every((f) => f.watermark.cursor.length > 0));
check('going on at the tip', (await list([[is('sender', 'address', owner)]], { options: { after: tip.at(-1).watermark.cursor } })).map((f) => [f.end?.reason, f.transaction]), [[5, undefined]]);
const full = await list(null, { options: { limit: 2 } });
check('the item that fills a list', [full.length, full[1].end.reason, full[1].transaction.transactionIndex !== undefined], [2, 1, true]);
const genesis = await list(null, { startCheckpoint: 0n, endCheckpoint: 1n });
check('a range of checkpoints', [genesis.at(-1).end.reason, genesis.slice(0, -1).every((f) => f.transaction.checkpoint === 0n)], [3, true]);
check('to a cursor', (await list(null, { options: { before: full[0].watermark.cursor } })).at(-1).end.reason, 4);
check('not mine, with a gift', found(await list([[is('sender', 'address', owner, true), is('affectedAddress', 'address', friend)]])).length, 7);
check('either', found(await list([[is('sender', 'address', owner)], [is('affectedAddress', 'address', friend)]])).length, 14);
const { changedObjects } = mine.transactions[2].Transaction.effects;
const made = changedObjects.find((o) => o.idOperation === 'Created').objectId;
check('of an object', found(await list([[is('affectedObject', 'objectId', made)]])), [sent[2]]);
check('by event', found(await list([[is('eventType', 'eventType', `${floe}::parcel::ParcelCreated`)]])), sent);
check('packages', found(await list([[literal(false, { oneofKind: 'packageWrite', packageWrite: {} })]])).length >= 1);
await fails('a filter without terms', ['INVALID_ARGUMENT', 'term'], () => list([]));
await fails('a literal without predicate', ['INVALID_ARGUMENT', 'predicate'], () => list([[literal(false, { oneofKind: undefined })]]));
await fails('a malformed function', ['INVALID_ARGUMENT', 'function'], () => list([[is('moveCall', 'function', 'a::b')]]));
await fails('streams of events', ['UNIMPLEMENTED', 'event_stream_head'], () => list([[is('eventStreamHead', 'streamId', owner)]]));
await fails('a wrong cursor', ['INVALID_ARGUMENT', 'cursor'], () => list(null, { options: { after: new Uint8Array(3) } }));
await fails('an unknown path', ['INVALID_ARGUMENT', 'read_mask'], () => frames(client.ledgerService.listEvents({ readMask: { paths: ['nothing'] } })));
const steps = await frames(client.ledgerService.listCheckpoints({ readMask: { paths: ['sequence_number', 'digest', 'summary.bcs'] }, options: { limit: 100 } }));
check('all checkpoints', steps.slice(0, -1).map((f, i) => f.checkpoint.sequenceNumber === BigInt(i) && f.checkpoint.digest === hash('CheckpointSummary', f.checkpoint.summary.bcs.value)).every((ok) => ok));
check('checkpoints of mine', (await frames(client.ledgerService.listCheckpoints({ filter: { terms: [{ literals: [is('sender', 'address', owner)] }] } }))).filter((f) => f.checkpoint).map((f) => f.checkpoint.sequenceNumber),
	[...new Set(mine.transactions.map((t) => BigInt(t.Transaction.checkpoint)))]);

// Live: transactions, events and checkpoints, all and filtered.
const stop = new AbortController();
const abort = { abort: stop.signal };
const service = client.subscriptionService;
const terms = (...literals) => ({ filter: { terms: [{ literals }] } });
const live = service.subscribeTransactions({ readMask: { paths: ['digest'] }, ...terms(is('sender', 'address', owner)) }, abort).responses[Symbol.asyncIterator]();
const events = service.subscribeEvents({ readMask: { paths: ['transaction_digest', 'event_index', 'event_type'] }, ...terms(is('emitModule', 'module', `${floe}::parcel`)) }, abort).responses[Symbol.asyncIterator]();
const steps1 = service.subscribeCheckpoints({ readMask: { paths: ['sequence_number', 'digest', 'summary.bcs', 'contents.bcs', 'transactions.digest'] } }, abort).responses[Symbol.asyncIterator]();
const steps2 = service.subscribeCheckpoints({ readMask: { paths: ['transactions.digest'] }, ...terms(is('sender', 'address', owner)) }, abort).responses[Symbol.asyncIterator]();
const begin = (await live.next()).value;
check('where it begins', [begin.transaction, begin.watermark.checkpoint >= last.sequenceNumber], [undefined, true]);
await events.next();
let before = (await steps1.next()).value.cursor;
await steps2.next();
await ran("somebody else's", (t) => t.transferObjects([t.splitCoins(t.gas, [9])], friend), second);
const wanted = (await ran('parcel', parcel)).digest;
const until = async (stream, what) => { for (;;) { const { value } = await stream.next(); if (what(value)) return value; } };
check('a transaction', (await until(live, (f) => f.transaction)).transaction.digest, wanted);
const event = (await until(events, (f) => f.event)).event;
check('an event', [event.transactionDigest, event.eventIndex, event.eventType], [wanted, 0, `${floe}::parcel::ParcelCreated`]);
const step = await until(steps1, ({ cursor, checkpoint }) => {
	check('no gap', cursor, ++before);
	check('checkpoint', [checkpoint.sequenceNumber, checkpoint.digest], [cursor, hash('CheckpointSummary', checkpoint.summary.bcs.value)]);
	return checkpoint.transactions.some((t) => t.digest === wanted);
});
check('filtered', (await until(steps2, (f) => f.checkpoint)).cursor, step.cursor);
stop.abort();
await fails('an end', ['CANCELLED'], () => until(live, () => false));

// Who comes back late reads what was missed.
const missed = await frames(client.ledgerService.listTransactions({ options: { after: begin.watermark.cursor }, readMask: { paths: ['digest'] }, ...terms(is('sender', 'address', owner)) }));
check('caught up', missed.filter((f) => f.transaction).map((f) => f.transaction.digest), [wanted]);
finish();
