// Networks of other sizes: five nodes with ten shards, or as many shards as
// Walrus has. input.down is a node to stop, if the client can do with one less.
const me = await funded();
const client = fresh();
const n = (await client.systemState()).committee.n_shards;
check('shards', n, input.shards);
for (const size of input.sizes) {
	const blob = random(size);
	const cost = await client.storageCost(size, 2);
	const before = await balance(me);
	const { blobId, blobObject } = await client.writeBlob({ blob, deletable: true, epochs: 2, signer: me });
	check(`${size}: paid`, before - (await balance(me)), cost.totalCost);
	check(`${size}: certified`, typeof blobObject.certified_epoch, 'number');
	check(`${size}: read`, same(await fresh().readBlob({ blobId }), blob));
}
// A quilt, of the first size again.
const quilt = await client.encodeQuilt({ blobs: [{ identifier: 'a', contents: random(input.sizes[0]) }, { identifier: 'b', contents: random(10) }] });
check('columns', quilt.index.patches.at(-1).endIndex <= n - Math.floor((n - 1) / 3));

if (input.down !== undefined) {
	await post(`/api/v1/nodes/${input.down}/stop`);
	const blob = random(4_000);
	const { blobId } = await fresh().writeBlob({ blob, deletable: true, epochs: 1, signer: me });
	// With fewer than eleven nodes 1.2.13 can't go on from a first node that
	// doesn't answer: it divides the others into groups of none.
	const outcomes = new Set();
	for (let i = 0; i < 60 && outcomes.size < 2; i++) {
		outcomes.add(await fresh().readBlob({ blobId }).then((b) => same(b, blob), (e) => `${e.constructor.name} ${e.message}`));
	}
	check('reading with one down', [...outcomes].sort(), ['RangeError Invalid array length', true].sort());
}
done();
