// Space without a blob: created, kept after a deletion, used for another blob,
// cut and joined by Walrus' own functions; and the client's own mistake there.
const me = await funded();
const owner = me.toSuiAddress();
const client = fresh();
const { Storage } = await inside('contracts/walrus/storage_resource.mjs');
const { registerBlob } = await inside('contracts/walrus/system.mjs');
const storages = async () => {
	const { objects } = await ledger().listOwnedObjects({ owner, type: `${input.walrus}::storage_resource::Storage`, include: { content: true } });
	return objects.map((o) => Storage.parse(o.content)).sort((a, b) => a.id.localeCompare(b.id));
};
const epoch = (await client.systemState()).committee.epoch;

// executeCreateStorageTransaction of 1.2.13 looks for a Blob among what was
// created, so it throws after its transaction has succeeded, on any network.
const before = await balance(me);
await fails('create storage', ['WalrusClientError', 'Storage object not found in transaction effects for transaction'], () =>
	client.executeCreateStorageTransaction({ signer: me, size: 100_000, epochs: 3 }),
);
const { storageCost } = await client.storageCost(100_000, 3);
check('it is paid', before - (await balance(me)), storageCost);
let [space] = await storages();
check('and there', [space.start_epoch, space.end_epoch], [epoch, epoch + 3]);
await run(client.createStorageTransaction({ size: 50_000, epochs: 2, owner }), me);
check('two', (await storages()).length, 2);
const mine = new Transaction();
mine.transferObjects([mine.add(client.createStorage({ size: 20_000, epochs: 1 }))], owner);
await run(mine, me);
check('three', (await storages()).length, 3);

// A blob in space that is there already: only the write is paid.
const blob = random(90_000);
const enc = await client.encodeBlob(blob);
const register = async (resource, data, e, deletable = true) => {
	const tx = new Transaction();
	const { writeCost } = await client.storageCost(data.length, 1);
	const coins = (await ledger().listCoins({ owner, coinType: WAL })).objects;
	const [payment] = tx.splitCoins(coins[0].objectId, [writeCost]);
	const b = tx.add(
		registerBlob({
			package: input.walrus,
			arguments: {
				self: input.system, storage: resource(tx), blobId: BigInt('0x' + Buffer.from(e.blobId, 'base64url').reverse().toString('hex')),
				rootHash: BigInt('0x' + Buffer.from(e.rootHash).reverse().toString('hex')), size: data.length, encodingType: 1, deletable, writePayment: payment,
			},
		}),
	);
	tx.moveCall({ target: '0x2::coin::destroy_zero', typeArguments: [WAL], arguments: [payment] });
	tx.transferObjects([b], owner);
	const paid = await balance(me);
	const r = await run(tx, me, { effects: true, objectTypes: true });
	check('only the write is paid', paid - (await balance(me)), writeCost);
	const id = r.effects.changedObjects.find((o) => o.idOperation === 'Created' && r.objectTypes[o.objectId] === `${input.walrus}::blob::Blob`).objectId;
	return client.getBlobObject(id);
};
const certify = async (object, e) => {
	const confirmations = await client.writeEncodedBlobToNodes({ blobId: e.blobId, deletable: object.deletable, objectId: object.id, metadata: e.metadata, sliversByNode: e.sliversByNode });
	await client.executeCertifyBlobTransaction({ signer: me, blobId: e.blobId, blobObjectId: object.id, confirmations, deletable: object.deletable });
};
const object = await register((tx) => tx.object(space.id), blob, enc);
check('in that space', object.storage, space);
await certify(object, enc);
check('read', same(await fresh().readBlob({ blobId: enc.blobId }), blob));

// Deleted, its space holds another blob, in one transaction.
const other = random(80_000);
const enc2 = await client.encodeBlob(other);
const again = await register((tx) => tx.add(client.deleteBlob({ blobObjectId: object.id })), other, enc2, false);
check('the same space again', again.storage, space);
await certify(again, enc2);
check('read from there', same(await fresh().readBlob({ blobId: enc2.blobId }), other));
await fails('too small a space', 'new', async () => {
	const small = (await storages()).find((s) => s.end_epoch === epoch + 1);
	const big = random(400_000);
	await register((tx) => tx.object(small.id), big, await client.encodeBlob(big));
});

// Cut by size and by epoch, joined again.
const whole = (await storages()).find((s) => s.end_epoch === epoch + 2);
const cut = new Transaction();
const at = (name, ...args) => cut.moveCall({ target: `${input.walrus}::storage_resource::${name}`, arguments: args });
const part = at('split_by_size', cut.object(whole.id), cut.pure.u64(400_000));
const late = at('split_by_epoch', part, cut.pure.u32(epoch + 1));
at('fuse_periods', part, late);
cut.transferObjects([part], owner);
await run(cut, me);
const rest = (await storages()).filter((s) => s.end_epoch === epoch + 2);
check('sizes', rest.map((s) => BigInt(s.storage_size)).sort(), [400_000n, BigInt(whole.storage_size) - 400_000n].sort());
const join = new Transaction();
join.moveCall({ target: `${input.walrus}::storage_resource::fuse`, arguments: [join.object(rest[0].id), join.object(rest[1].id)] });
await run(join, me);
check('joined', (await storages()).filter((s) => s.end_epoch === epoch + 2).map((s) => s.storage_size), [whole.storage_size]);
done();
