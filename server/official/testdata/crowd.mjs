// Eight clients write at the same time; all is certified, each pays her own.
const crowd = await Promise.all(Array.from({ length: 8 }, async () => ({ me: await funded(), client: fresh() })));
const before = await Promise.all(crowd.map(({ me }) => balance(me)));
const wrote = await Promise.all(
	crowd.map(async ({ me, client }, i) => {
		const list = [];
		for (let round = 0; round < 2; round++) {
			const blob = random(1_000 + 9_000 * i + round);
			const w = await client.writeBlob({ blob, deletable: i % 2 === 0, epochs: 1 + round, signer: me });
			list.push({ ...w, blob, cost: (await client.storageCost(blob.length, 1 + round)).totalCost });
		}
		return list;
	}),
);
for (const [i, { me }] of crowd.entries()) {
	check(`${i}: paid`, before[i] - (await balance(me)), wrote[i].reduce((s, w) => s + w.cost, 0n));
	for (const w of wrote[i]) {
		check(`${i}: certified`, typeof w.blobObject.certified_epoch, 'number');
		const status = await fresh().getVerifiedBlobStatus({ blobId: w.blobId });
		check(`${i}: status`, [status.type, status.isCertified ?? status.deletableCounts.count_deletable_certified === 1], [i % 2 ? 'permanent' : 'deletable', true]);
	}
}
const reads = await Promise.all(wrote.flat().map(async (w) => same(await fresh().readBlob({ blobId: w.blobId }), w.blob)));
check('all read', reads, Array(16).fill(true));
done();
