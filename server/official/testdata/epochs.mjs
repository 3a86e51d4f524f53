// Epochs of six seconds: a client that is behind, its retry, and blobs that end.
const me = await funded();
const current = async () => (await fresh().stakingState()).epoch;
const until = async (epoch) => {
	while ((await current()) < epoch) await new Promise((r) => setTimeout(r, 50));
};
// begin waits for the beginning of an epoch, so that what follows fits into it.
const begin = async () => {
	const next = (await current()) + 1;
	await until(next);
	return next;
};
let epoch = await begin();
const stale = fresh();
check('an epoch', (await stale.systemState()).committee.epoch, epoch);
const blob = random(20_000);
const short = await stale.writeBlob({ blob, deletable: true, epochs: 1, signer: me });
const long = await stale.writeBlob({ blob: random(3_000), deletable: false, epochs: 8, signer: me });
check('ends', [short.blobObject.storage.end_epoch, long.blobObject.storage.end_epoch], [epoch + 1, epoch + 8]);

// The next epoch: nodes sign for that, while the client is still in the former.
// It reads all the same; it can't certify, says so with an error that its
// documentation has one answer with reset, and then goes on from where it was.
epoch = await begin();
check('behind', (await stale.systemState()).committee.epoch < epoch);
check('reading from behind', (await stale.readBlob({ blobId: long.blobId })).length, 3_000);
const late = random(4_000);
let last;
await fails('certifying from behind', 'NotEnoughBlobConfirmationsError', () => stale.writeBlob({ blob: late, deletable: true, epochs: 4, signer: me, onStep: (s) => (last = s) }));
check('it was registered', last.step, 'registered');
stale.reset();
await stale.writeBlob({ blob: late, resume: last, deletable: true, epochs: 4, signer: me });
stale.reset();
const object = await stale.getBlobObject(last.blobObjectId);
check('certified after a reset', [object.registered_epoch, object.certified_epoch], [epoch, epoch]);

// The blob that was kept for one epoch is over, as Walrus sees it.
check('over', await fresh().getVerifiedBlobStatus({ blobId: short.blobId }), { type: 'nonexistent' });
await fails('not read', 'BlobNotCertifiedError', () => fresh().readBlob({ blobId: short.blobId }));
await fails('not extended', ['abort code: 2', 'assert_certified_not_expired'], () => fresh().executeExtendBlobTransaction({ signer: me, blobObjectId: short.blobObject.id, epochs: 1 }));
await fails('not deleted', ['abort code: 2', 'delete'], () => fresh().executeDeleteBlobTransaction({ signer: me, blobObjectId: short.blobObject.id }));
const kept = await fresh().getVerifiedBlobStatus({ blobId: long.blobId });
check('kept', [kept.type, kept.endEpoch, kept.isCertified, kept.initialCertifiedEpoch], ['permanent', long.blobObject.storage.end_epoch, true, long.blobObject.certified_epoch]);

// Its own retry: readBlob forgets all that it knows of the network and asks once
// more when a quorum says that there is no such blob. Here the blob is certified
// in the moment when the last of that quorum has answered.
epoch = await begin();
const writer = fresh();
const mine = random(6_000);
const enc = await writer.encodeBlob(mine);
const { blob: registered, digest } = await writer.executeRegisterBlobTransaction({ signer: me, epochs: 2, deletable: true, size: mine.length, blobId: enc.blobId, rootHash: enc.rootHash });
let missing = 0;
let upload;
const reader = fresh({
	storageNodeClientOptions: {
		fetch: async (url, options) => {
			const res = await fetch(url, options);
			if (res.status === 404 && ++missing === 9) upload = writer.writeBlob({ blob: mine, deletable: true, epochs: 2, signer: me, resume: { step: 'registered', blobId: enc.blobId, blobObjectId: registered.id, txDigest: digest } });
			if (missing >= 9) await upload;
			return res;
		},
	},
});
await reader.stakingState();
check('read in the second attempt', same(await reader.readBlob({ blobId: enc.blobId }), mine));
check('after a first', missing >= 9);

// Rewards of the past epochs went to the nodes: what was paid is not in front of us any more.
const state = await fresh().systemState();
check('the ring turned', state.future_accounting.ring_buffer.length, 53);
check('it is about this epoch and later ones', state.future_accounting.ring_buffer.every((s) => s.epoch >= state.committee.epoch && s.epoch < state.committee.epoch + 53));
done();
