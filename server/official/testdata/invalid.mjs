// A blob that its nodes declared invalid; input.verdict says what they signed,
// made for a blob of its choice: { blob, message, signature, bitmap, … }, base64.
const { blob: data, signature, bitmap, message, weakSignature, weakBitmap } = input.verdict;
const bytes = (s) => new Uint8Array(Buffer.from(s, 'base64'));
const me = await funded();
const client = fresh();
const blob = bytes(data);
const { blobId, blobObject } = await client.writeBlob({ blob, deletable: true, epochs: 3, signer: me });
check('read while it is valid', same(await fresh().readBlob({ blobId }), blob));
const invalidate = (signature, bitmap, message) => {
	const tx = new Transaction();
	tx.moveCall({
		target: `${input.walrus}::system::invalidate_blob_id`,
		arguments: [tx.object(input.system), tx.pure.vector('u8', bytes(signature)), tx.pure.vector('u8', bytes(bitmap)), tx.pure.vector('u8', bytes(message))],
	});
	return run(tx, me, { effects: true, events: true });
};
await fails('four nodes are too few', 'bls_aggregate', () => invalidate(weakSignature, weakBitmap, message));
await fails('signed by others than it says', 'bls_aggregate', () => invalidate(weakSignature, bitmap, message));
const { digest, events } = await invalidate(signature, bitmap, message);
check('event', events.map((e) => [e.eventType, Buffer.from(e.bcs.slice(4)).toString('base64url')]), [[`${input.walrus}::events::InvalidBlobID`, blobId]]);

const want = { type: 'invalid', event: { txDigest: digest, eventSeq: '0' } };
let status;
for (let i = 0; i < 100 && status?.type !== 'invalid'; i++) status = await fresh().getVerifiedBlobStatus({ blobId });
check('status', status, want);
await fails('reading', 'BlobNotCertifiedError', () => fresh().readBlob({ blobId }));
const [file] = await fresh().getFiles({ ids: [blobId] });
await fails('as a file', 'BlobNotCertifiedError', () => file.bytes());
check('exists', await (await fresh().getBlob({ blobId })).exists(), false);
await fails('confirming', ['400', 'invalid'], () => client.getStorageConfirmationFromNode({ nodeIndex: 0, blobId, deletable: true, objectId: blobObject.id }));
// It can be registered, as on Walrus, and stored nowhere.
await fails('writing it again', 'NotEnoughBlobConfirmationsError', () => fresh().writeBlob({ blob, deletable: true, epochs: 1, signer: me }));
await client.executeDeleteBlobTransaction({ signer: me, blobObjectId: blobObject.id });
check('it stays invalid', await fresh().getVerifiedBlobStatus({ blobId }), want);
done();
