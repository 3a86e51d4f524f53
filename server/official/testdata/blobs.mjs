// Blobs of many sizes, deletable and permanent, written by one client and read
// by another: what is read, the Blob objects, and the same blob twice.
const me = await funded();
const writer = fresh();
const n = input.shards;
const f = Math.floor((n - 1) / 3);
const matrix = (n - 2 * f) * (n - f); // source symbols
// encoded is what Walrus reserves for a blob.
const encoded = (size) => {
	let symbol = Math.ceil(Math.max(size, 1) / matrix);
	symbol += symbol % 2;
	return n * ((n - 2 * f + n - f) * symbol + 64 * n + 32);
};
const sizes = [0, 1, matrix - 1, matrix, matrix + 1, 2 * matrix, 2 * matrix + 1, 70_000, 1 << 20, (4 << 20) + 7];
const epoch = (await writer.systemState()).committee.epoch;
for (const [i, size] of sizes.entries()) {
	const deletable = i % 2 === 0;
	const blob = random(size);
	const { blobId, blobObject } = await writer.writeBlob({ blob, deletable, epochs: 1 + (i % 3), signer: me });
	check(`${size}: ID`, (await writer.computeBlobMetadata({ bytes: blob, numShards: n })).blobId, blobId);
	check(`${size}: object`, [blobObject.size, blobObject.deletable, blobObject.encoding_type, blobObject.registered_epoch, blobObject.certified_epoch], [
		String(size), deletable, 1, epoch, epoch,
	]);
	check(`${size}: storage`, [blobObject.storage.start_epoch, blobObject.storage.end_epoch, blobObject.storage.storage_size], [
		epoch, epoch + 1 + (i % 3), String(encoded(size)),
	]);
	const reader = fresh();
	check(`${size}: bytes`, same(await reader.readBlob({ blobId }), blob));
	const object = await reader.getBlobObject(blobObject.id);
	check(`${size}: object read again`, object, blobObject);
	const md = await reader.getBlobMetadata({ blobId });
	check(`${size}: metadata`, [md.blobId, md.metadata.V1.unencoded_length, md.metadata.V1.hashes.length, md.metadata.V1.encoding_type.$kind], [blobId, String(size), n, 'RS2']);
	const slivers = await reader.getSlivers({ blobId });
	check(`${size}: slivers`, [slivers.length, new Set(slivers.map(sha256)).size <= slivers.length], [n - 2 * f, true]);
}

// The same blob twice, in both persistences: objects of their own, one content.
const blob = random(90_000);
const first = await writer.writeBlob({ blob, deletable: true, epochs: 2, signer: me });
const again = await writer.writeBlob({ blob, deletable: true, epochs: 3, signer: me });
const kept = await writer.writeBlob({ blob, deletable: false, epochs: 1, signer: me });
check('one ID', [again.blobId, kept.blobId], [first.blobId, first.blobId]);
check('three objects', new Set([first, again, kept].map((b) => b.blobObject.id)).size, 3);
check('all certified', [first, again, kept].every((b) => b.blobObject.certified_epoch === epoch));
check('bytes of the three', same(await fresh().readBlob({ blobId: first.blobId }), blob));

// For somebody else, who owns the object from the start.
const friend = new Ed25519Keypair().toSuiAddress();
const signals = [];
const gift = await writer.writeBlob({ blob: random(100), deletable: true, epochs: 1, signer: me, owner: me.toSuiAddress(), onStep: (s) => signals.push(s.step) });
check('steps', signals, ['encoded', 'registered', 'uploaded', 'certified']);
const given = await writer.executeRegisterBlobTransaction({ signer: me, owner: friend, epochs: 1, deletable: true, size: 100, ...(({ blobId, rootHash }) => ({ blobId, rootHash }))(await writer.encodeBlob(random(100))) });
const owner = (await ledger().getObject({ objectId: given.blob.id })).object.owner;
check('owner', owner.AddressOwner, friend);
check('gift', gift.blobObject.deletable);
await fails('no such blob', 'BlobNotCertifiedError', () => fresh().readBlob({ blobId: given.blob.blob_id && urlSafe(random(32)) }));
const aborted = AbortSignal.abort();
await fails('aborted', 'UserAbortError', () => fresh().readBlob({ blobId: first.blobId, signal: aborted }));
done();
