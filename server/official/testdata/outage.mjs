// Four nodes of thirteen down: writing. Eight down: reading. More: the client's
// errors. Up again: all is as before.
const me = await funded();
const client = fresh();
const set = async (what, ...nodes) => {
	for (const i of nodes) await post(`/api/v1/nodes/${i}/${what}`);
};
const signers = async (confirmations) => confirmations.filter((c) => c !== null).length;
const before = await client.writeBlob({ blob: random(40_000), deletable: true, epochs: 1, signer: me });
const quilt = await client.writeQuilt({ blobs: [{ identifier: 'q', contents: random(30_000), tags: { a: 'b' } }, { identifier: 'r', contents: random(300) }], deletable: true, epochs: 1, signer: me });

await set('stop', 1, 4, 7, 12);
const blobs = [];
for (const [deletable, size] of [[true, 70_000], [false, 1_000], [true, 2_000_000]]) {
	const blob = random(size);
	const w = await fresh().writeBlob({ blob, deletable, epochs: 2, signer: me });
	blobs.push({ ...w, blob });
	check(`${size}: certified with four down`, typeof w.blobObject.certified_epoch, 'number');
	check(`${size}: nine signed`, await signers(await client.getStorageConfirmations({ blobId: w.blobId, deletable, objectId: w.blobObject.id })), 9);
	check(`${size}: read`, same(await fresh().readBlob({ blobId: w.blobId }), blob));
}
const [down] = await fresh().getFiles({ ids: [quilt.index.patches[0].patchId] });
check('a quilt with four down', [(await down.bytes()).length, await down.getIdentifier(), await down.getTags()], [30_000, 'q', { a: 'b' }]);
const files = await client.writeQuilt({ blobs: [{ identifier: 's', contents: random(20_000) }], deletable: true, epochs: 1, signer: me });
check('a quilt written with four down', typeof files.blobObject.certified_epoch, 'number');
// 1.2.13 wants one status more than a quorum: of nine nodes with 72 shards, 69
// being a quorum, it throws the nine away. With ten of thirteen it has enough.
await fails('status with four down', 'NoBlobStatusReceivedError', () => fresh().getVerifiedBlobStatus({ blobId: blobs[0].blobId }));
await set('start', 12);
check('status with three down', (await fresh().getVerifiedBlobStatus({ blobId: blobs[0].blobId })).type, 'deletable');

await set('stop', 12, 0);
const unlucky = random(5_000);
await fails('writing with five down', 'NotEnoughBlobConfirmationsError', () => fresh().writeBlob({ blob: unlucky, deletable: true, epochs: 1, signer: me }));
await set('stop', 2, 3, 5);
for (const b of blobs) check('read with eight down', same(await fresh().readBlob({ blobId: b.blobId }), b.blob));
const [old] = await fresh().getFiles({ ids: [quilt.index.patches[1].patchId] });
check('a patch with eight down', (await old.bytes()).length, 300);
await set('stop', 6);
await fails('reading with nine down', 'NotEnoughSliversReceivedError', () => fresh().readBlob({ blobId: before.blobId }));

await set('start', 0, 1, 2, 3, 4, 5, 6, 7, 12);
const whole = await fresh().writeBlob({ blob: random(10_000), deletable: true, epochs: 1, signer: me });
check('all sign again', await signers(await client.getStorageConfirmations({ blobId: whole.blobId, deletable: true, objectId: whole.blobObject.id })), 13);
check('what was written before', (await fresh().readBlob({ blobId: before.blobId })).length, 40_000);
// Those that were down get what they missed from the others.
const missed = { blobId: blobs[0].blobId, deletable: true, objectId: blobs[0].blobObject.id };
let healed = 0;
for (let i = 0; i < 300 && healed < 13; i++) {
	healed = await signers(await client.getStorageConfirmations(missed));
	if (healed < 13) await new Promise((r) => setTimeout(r, 100));
}
check('healed', healed, 13);
done();
