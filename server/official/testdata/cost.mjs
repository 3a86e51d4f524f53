// What storing costs, to the unit: what leaves the balance is what storageCost
// says, however the coins lie; and where it goes.
const me = await funded();
const owner = me.toSuiAddress();
const client = fresh();
const paid = async (f) => {
	const before = await balance(me);
	const result = await f();
	return [before - (await balance(me)), result];
};
const state = () => fresh().systemState();
const units = (bytes) => (BigInt(bytes) + (1n << 20n) - 1n) >> 20n;
const { storage_price_per_unit_size: storagePrice, write_price_per_unit_size: writePrice } = await state();
check('prices', BigInt(storagePrice) > 0n && BigInt(writePrice) > 0n);

for (const [size, epochs, deletable] of [[1, 1, true], [70_000, 2, false], [300_000, 5, true], [1 << 20, 52, true], [2_000_000, 3, false]]) {
	const cost = await client.storageCost(size, epochs);
	const before = await state();
	const [spent, { blobObject }] = await paid(() => client.writeBlob({ blob: random(size), deletable, epochs, signer: me }));
	const encoded = BigInt(blobObject.storage.storage_size);
	check(`${size} B, ${epochs} epochs: paid`, spent, cost.totalCost);
	check(`${size} B, ${epochs} epochs: parts`, [cost.storageCost, cost.writeCost], [units(encoded) * BigInt(storagePrice) * BigInt(epochs), units(encoded) * BigInt(writePrice)]);
	const after = await state();
	check(`${size} B: used`, BigInt(after.used_capacity_size) - BigInt(before.used_capacity_size), encoded);
	const ring = (s) => s.future_accounting.ring_buffer.filter((_, i, all) => (i - s.future_accounting.current_index + all.length) % all.length < epochs);
	const gained = ring(after).map((slot, i) => BigInt(slot.rewards_to_distribute.value) - BigInt(ring(before)[i].rewards_to_distribute.value));
	const each = units(encoded) * BigInt(storagePrice);
	check(`${size} B: where it goes`, gained.sort().map(String), Array.from({ length: epochs }, (_, i) => each + (i === 0 ? cost.writeCost : 0n)).sort().map(String));

	// Extended by a count and to an end; only one that is certified.
	if (epochs < 10) {
		const [more] = await paid(() => client.executeExtendBlobTransaction({ signer: me, blobObjectId: blobObject.id, epochs: 4 }));
		check(`${size} B: extended`, more, (await client.storageCost(size, 4)).storageCost);
		const wide = fresh();
		const [longer] = await paid(() => wide.executeExtendBlobTransaction({ signer: me, blobObjectId: blobObject.id, endEpoch: blobObject.storage.end_epoch + 6 }));
		check(`${size} B: to an end`, longer, (await client.storageCost(size, 2)).storageCost);
		check(`${size} B: end`, (await fresh().getBlobObject(blobObject.id)).storage.end_epoch, blobObject.storage.end_epoch + 6);
	}
	if (deletable) {
		const [nothing] = await paid(() => client.executeDeleteBlobTransaction({ signer: me, blobObjectId: blobObject.id }));
		check(`${size} B: deleted for nothing`, nothing, 0n);
	}
}
const { blobObject: short } = await client.writeBlob({ blob: random(10), deletable: true, epochs: 1, signer: me });
const far = fresh();
await fails('beyond what is sold', ['abort code: 2', 'extend_blob'], () => far.executeExtendBlobTransaction({ signer: me, blobObjectId: short.id, epochs: 53 }));
await fails('for 54 epochs', ['abort code: 2', 'reserve_space'], () => client.writeBlob({ blob: random(10), deletable: true, epochs: 54, signer: me }));
await fails('for none', ['abort code: 2', 'reserve_space'], () => client.writeBlob({ blob: random(10), deletable: true, epochs: 0, signer: me }));
const { blob: uncertified } = await client.executeRegisterBlobTransaction({ signer: me, epochs: 1, deletable: true, size: 10, ...(({ blobId, rootHash }) => ({ blobId, rootHash }))(await client.encodeBlob(random(10))) });
await fails('extending what is not certified', ['abort code: 0', 'assert_certified_not_expired'], () => client.executeExtendBlobTransaction({ signer: me, blobObjectId: uncertified.id, epochs: 1 }));
const stays = await paid(async () => {
	const tx = await fresh().extendBlobTransaction({ blobObjectId: short.id, endEpoch: short.storage.end_epoch });
	tx.transferObjects([tx.splitCoins(tx.gas, [1])], owner);
	await run(tx, me);
});
check('no extension, no cost', stays[0], 0n);

// From a coin that the caller names, as part of a transaction of hers.
{
	const blob = random(50_000);
	const enc = await client.encodeBlob(blob);
	const cost = await client.storageCost(blob.length, 2);
	const tx = new Transaction();
	const walCoin = tx.object((await ledger().listCoins({ owner, coinType: WAL })).objects[0].objectId);
	tx.transferObjects([tx.add(client.registerBlob({ size: blob.length, epochs: 2, blobId: enc.blobId, rootHash: enc.rootHash, deletable: true, walCoin }))], owner);
	tx.transferObjects([tx.add(client.createStorage({ size: 100, epochs: 1, walCoin }))], owner);
	tx.add(fresh().extendBlob({ blobObjectId: short.id, epochs: 1, walCoin }));
	const [spent] = await paid(() => run(tx, me));
	check('from a named coin', spent, cost.totalCost + (await client.storageCost(100, 1)).storageCost + (await client.storageCost(10, 1)).storageCost);
}

// From many coins that are exactly enough together, and from too few.
{
	const poor = await funded();
	const cost = (await client.storageCost(60_000, 1)).totalCost;
	const tx = new Transaction();
	const coins = (await ledger().listCoins({ owner: poor.toSuiAddress(), coinType: WAL })).objects.map((c) => tx.object(c.objectId));
	const parts = [cost / 3n, cost / 3n, cost - 2n * (cost / 3n)];
	tx.transferObjects(parts.map((p) => tx.splitCoins(coins[0], [p])[0]), poor.toSuiAddress());
	tx.transferObjects(coins, owner);
	await run(tx, poor);
	check('three coins', [await balance(poor), (await ledger().listCoins({ owner: poor.toSuiAddress(), coinType: WAL })).objects.length], [cost, 3]);
	await fails('one unit short', 'nsufficient', () => client.writeBlob({ blob: random(60_000), deletable: true, epochs: 2, signer: poor }));
	const { blobId } = await client.writeBlob({ blob: random(60_000), deletable: true, epochs: 1, signer: poor });
	check('to the last unit', [await balance(poor), (await ledger().listCoins({ owner: poor.toSuiAddress(), coinType: WAL })).objects.length], [0n, 0]);
	check('stored', (await fresh().getVerifiedBlobStatus({ blobId })).type, 'deletable');
}
done();
