// The status of a blob in every state, from one node and verified by many.
const me = await funded();
const client = fresh();
const status = (blobId) => fresh().getVerifiedBlobStatus({ blobId });
const epoch = (await client.systemState()).committee.epoch;
const counts = (total, certified) => ({ count_deletable_total: total, count_deletable_certified: certified });
check('blob type', await client.getBlobType(), `${input.walrus}::blob::Blob`);

check('nonexistent', await status(urlSafe(random(32))), { type: 'nonexistent' });
const missing = await fresh().getBlob({ blobId: urlSafe(random(32)) });
check('which says of itself', [await missing.exists(), await missing.storedUntil()], [false, null]);

// Deletable: registered, certified, registered twice, deleted.
const blob = random(1_000);
const enc = await client.encodeBlob(blob);
const options = { signer: me, epochs: 2, size: blob.length, blobId: enc.blobId, rootHash: enc.rootHash };
const { blob: object } = await client.executeRegisterBlobTransaction({ ...options, deletable: true });
const settled = async (blobId, want) => {
	let got;
	for (let i = 0; i < 50; i++) {
		got = await status(blobId);
		if (text(got) === text(want)) break;
		await new Promise((r) => setTimeout(r, 20));
	}
	return got;
};
let want = { type: 'deletable', initialCertifiedEpoch: null, deletableCounts: counts(1, 0) };
check('registered', await settled(enc.blobId, want), want);
await fails('not to be read yet', 'BlobNotCertifiedError', () => fresh().readBlob({ blobId: enc.blobId }));
await client.writeBlob({ blob, deletable: true, epochs: 2, signer: me, resume: { step: 'registered', blobId: enc.blobId, blobObjectId: object.id, txDigest: '' } });
want = { type: 'deletable', initialCertifiedEpoch: epoch, deletableCounts: counts(1, 1) };
check('certified', await settled(enc.blobId, want), want);
const { blob: second } = await client.executeRegisterBlobTransaction({ ...options, deletable: true });
want.deletableCounts = counts(2, 1);
check('registered again', await settled(enc.blobId, want), want);
const whole = await fresh().getBlob({ blobId: enc.blobId });
check('exists', [await whole.exists(), await whole.storedUntil(), await whole.blobId()], [true, null, enc.blobId]);

// Permanent beside it speaks for the blob; the event is the one that says so.
const { blob: third, digest } = await client.executeRegisterBlobTransaction({ ...options, deletable: false });
const events = async (of) => (await ledger().getTransaction({ digest: of, include: { events: true } })).Transaction.events;
const at = async (of, name) => ({ eventSeq: String((await events(of)).findIndex((e) => e.eventType.endsWith(`::events::${name}`))), txDigest: of });
want = { type: 'permanent', endEpoch: epoch + 2, isCertified: false, statusEvent: await at(digest, 'BlobRegistered'), deletableCounts: counts(2, 1), initialCertifiedEpoch: epoch };
check('permanent, registered', await settled(enc.blobId, want), want);
const confirmations = await client.getStorageConfirmations({ blobId: enc.blobId, deletable: false });
const certified = await client.executeCertifyBlobTransaction({ signer: me, blobId: enc.blobId, blobObjectId: third.id, confirmations, deletable: false });
want = { ...want, isCertified: true, statusEvent: await at(certified.digest, 'BlobCertified') };
check('permanent, certified', await settled(enc.blobId, want), want);
const extended = await client.executeExtendBlobTransaction({ signer: me, blobObjectId: third.id, epochs: 3 });
want = { ...want, endEpoch: epoch + 5, statusEvent: await at(extended.digest, 'BlobCertified') };
check('extended', await settled(enc.blobId, want), want);
const kept = await fresh().getBlob({ blobId: enc.blobId });
check('stored until', [await kept.exists(), await kept.storedUntil()], [true, epoch + 5]);
await fails('a permanent one stays', 'delete', () => client.executeDeleteBlobTransaction({ signer: me, blobObjectId: third.id }));

// Deleted one by one.
await client.executeDeleteBlobTransaction({ signer: me, blobObjectId: object.id });
want.deletableCounts = counts(1, 0);
check('first deleted', await settled(enc.blobId, want), want);
await run(client.deleteBlobTransaction({ blobObjectId: second.id, owner: me.toSuiAddress() }), me);
want.deletableCounts = counts(0, 0);
check('second deleted', await settled(enc.blobId, want), want);
check('still read', same(await fresh().readBlob({ blobId: enc.blobId }), blob));
await fails('deleted twice', 'not found', () => fresh().executeDeleteBlobTransaction({ signer: me, blobObjectId: object.id }));

const short = await client.writeBlob({ blob: random(40), deletable: true, epochs: 1, signer: me });
await client.executeDeleteBlobTransaction({ signer: me, blobObjectId: short.blobObject.id });
check('deleted', await settled(short.blobId, { type: 'nonexistent' }), { type: 'nonexistent' });
await fails('a deleted one is not read', 'BlobNotCertifiedError', () => fresh().readBlob({ blobId: short.blobId }));
done();
