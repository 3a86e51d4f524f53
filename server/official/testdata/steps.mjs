// A write in steps: the flow with transactions signed apart, resumed after every
// step, and the client's single methods, one after the other, by hand.
const me = await funded();
const owner = me.toSuiAddress();
const client = fresh();
const certified = async (id) => typeof (await client.getBlobObject(id)).certified_epoch === 'number';
// reset: the client caches objects as it read them.
const isCertified = async (id) => (client.reset(), certified(id));

// The flow, with a wallet that signs elsewhere.
{
	const blob = random(12_345);
	const flow = client.writeBlobFlow({ blob });
	const encoded = await flow.encode();
	check('encoded', [encoded.step, encoded.unencodedSize, Buffer.from(encoded.rootHash, 'base64').length], ['encoded', 12_345, 32]);
	const registered = await run(flow.register({ epochs: 2, deletable: true, owner, attributes: { a: 'b' } }), me);
	const uploaded = await flow.upload({ digest: registered.digest });
	check('uploaded', [uploaded.step, uploaded.blobId, uploaded.txDigest], ['uploaded', encoded.blobId, registered.digest]);
	check('not certified yet', await isCertified(uploaded.blobObjectId), false);
	await run(flow.certify(), me);
	client.reset();
	const last = await flow.getBlob();
	check('certified', [last.step, last.blobObject.id, typeof last.blobObject.certified_epoch], ['certified', uploaded.blobObjectId, 'number']);
	check('its attribute', await client.readBlobAttributes({ blobObjectId: last.blobObjectId }), { a: 'b' });
	check('its bytes', same(await fresh().readBlob({ blobId: last.blobId }), blob));
	await fails('register before encode', 'encode must', async () => client.writeBlobFlow({ blob }).register({ epochs: 1, deletable: true, owner }));
}

// A crash after each step, and another process that goes on from what was saved.
for (const deletable of [true, false]) {
	const blob = random(5_000 + deletable);
	const saved = [];
	for await (const step of client.writeBlobFlow({ blob }).run({ signer: me, epochs: 1, deletable })) saved.push(JSON.parse(JSON.stringify(step)));
	check('steps', saved.map((s) => s.step), ['encoded', 'registered', 'uploaded', 'certified']);
	const crash = async (upTo) => {
		const data = random(3_000 + upTo);
		let last;
		for await (const step of fresh().writeBlobFlow({ blob: data }).run({ signer: me, epochs: 1, deletable })) {
			last = JSON.parse(JSON.stringify(step));
			if (step.step === saved[upTo].step) break;
		}
		const result = await fresh().writeBlob({ blob: data, resume: last, deletable, epochs: 1, signer: me });
		// Where it resumes with an object, 1.2.13 returns that as it read it before it certified.
		check(`resumed after ${last.step}`, [typeof result.blobObject.certified_epoch, last.blobObjectId ?? result.blobObject.id], [upTo ? 'object' : 'number', result.blobObject.id]);
		check(`certified after ${last.step}`, await isCertified(result.blobObject.id));
		check(`read after ${last.step}`, same(await fresh().readBlob({ blobId: result.blobId }), data));
	};
	for (const upTo of [0, 1, 2]) await crash(upTo);
	const none = [];
	for await (const step of client.writeBlobFlow({ blob, resume: saved[3] }).run({ signer: me, epochs: 1, deletable })) none.push(step);
	check('nothing left to do', none, []);
	await fails('resumed with another blob', 'mismatch', () => client.writeBlob({ blob: random(9), resume: saved[1], deletable, epochs: 1, signer: me }));
}

// By hand: register and certify apart, uploads node by node, the deletable way.
{
	const blob = random(33_333);
	const enc = await client.encodeBlob(blob);
	check('slivers of all nodes', [enc.sliversByNode.length, enc.sliversByNode.reduce((s, x) => s + x.primary.length + x.secondary.length, 0)], [input.nodes, 2 * input.shards]);
	const { blob: object, digest } = await client.executeRegisterBlobTransaction({ signer: me, epochs: 1, deletable: true, size: blob.length, blobId: enc.blobId, rootHash: enc.rootHash });
	check('registered', [object.blob_id, object.certified_epoch, digest.length > 40], [BigInt('0x' + Buffer.from(enc.blobId, 'base64url').reverse().toString('hex')).toString(), null, true]);
	const to = { blobId: enc.blobId, deletable: true, objectId: object.id };
	await fails('confirmation before slivers', 'aren\'t stored', () => client.getStorageConfirmationFromNode({ nodeIndex: 0, ...to }));
	const stored = await client.writeMetadataToNode({ nodeIndex: 0, blobId: enc.blobId, metadata: enc.metadata });
	check('metadata stored', stored.success.code, 201);
	check('metadata stored before', (await client.writeMetadataToNode({ nodeIndex: 0, blobId: enc.blobId, metadata: enc.metadata })).success.code, 200);
	const one = enc.sliversByNode[0].primary[0];
	const put = { blobId: enc.blobId, sliverPairIndex: one.sliverPairIndex, sliverType: 'primary', sliver: one.sliver };
	check('sliver stored', (await client.writeSliver(put)).success.code, 201);
	check('sliver stored before', (await client.writeSliver(put)).success.code, 200);
	await fails('another\'s sliver', 'BadRequestError 400', () => client.writeSliver({ ...put, sliverPairIndex: enc.sliversByNode[0].primary[1].sliverPairIndex }));
	await fails('sliver without metadata', 'BadRequestError 400', () => client.writeSliversToNode({ blobId: enc.blobId, slivers: enc.sliversByNode[1], nodeIndex: 1 }));
	await client.writeSliversToNode({ blobId: enc.blobId, slivers: enc.sliversByNode[0], nodeIndex: 0 });
	const alone = await client.getStorageConfirmationFromNode({ nodeIndex: 0, ...to });
	check('message', Buffer.from(alone.serializedMessage, 'base64').length, 72);
	check('one node', await client.writeEncodedBlobToNode({ nodeIndex: 1, ...to, metadata: enc.metadata, slivers: enc.sliversByNode[1] }).then((c) => c.serializedMessage), alone.serializedMessage);
	check('so far', (await client.getStorageConfirmations(to)).map((c) => c !== null), Array.from({ length: input.nodes }, (_, i) => i < 2));
	const early = await client.getStorageConfirmations(to);
	await fails('too few confirmations', 'NotEnoughBlobConfirmationsError', () => client.certificateFromConfirmations({ confirmations: early, blobId: enc.blobId, deletable: true, blobObjectId: object.id }));
	const confirmations = await client.writeEncodedBlobToNodes({ ...to, metadata: enc.metadata, sliversByNode: enc.sliversByNode });
	check('all confirm', confirmations.every((c) => c.serializedMessage === alone.serializedMessage));
	check('asked again, they sign the same', await client.getStorageConfirmations(to), confirmations);
	const cert = await client.certificateFromConfirmations({ confirmations, blobId: enc.blobId, deletable: true, blobObjectId: object.id });
	check('signers', cert.signers, Array.from({ length: input.nodes }, (_, i) => i));
	await client.executeCertifyBlobTransaction({ signer: me, blobId: enc.blobId, blobObjectId: object.id, confirmations, deletable: true });
	check('certified by hand', await isCertified(object.id));
	await fails('certified twice', ['abort code: 5', 'certify_with_certified_msg'], () => client.executeCertifyBlobTransaction({ signer: me, blobId: enc.blobId, blobObjectId: object.id, certificate: cert, deletable: true }));
	check('bytes', same(await client.readBlob({ blobId: enc.blobId }), blob));
}

// The permanent way; registration and certificate as parts of larger
// transactions; a certificate of some nodes, kept as text.
{
	const blob = random(777);
	const enc = await client.encodeBlob(blob);
	const options = { owner, epochs: 1, deletable: false, size: blob.length, blobId: enc.blobId, rootHash: enc.rootHash };
	const both = client.registerBlobTransaction(options);
	both.transferObjects([both.add(client.registerBlob({ ...options, deletable: true, epochs: 2 }))], owner);
	const created = (await run(both, me, { effects: true, objectTypes: true })).effects.changedObjects.filter((o) => o.idOperation === 'Created').map((o) => o.objectId);
	const type = await client.getBlobType();
	const objects = (await ledger().getObjects({ objectIds: created })).objects.filter((o) => o.type === type).map((o) => o.objectId);
	check('two at once', objects.length, 2);
	const blobs = await Promise.all(objects.map((id) => client.getBlobObject(id)));
	const permanent = blobs.find((b) => !b.deletable);
	const deletable = blobs.find((b) => b.deletable);
	await client.writeEncodedBlobToNodes({ blobId: enc.blobId, metadata: enc.metadata, sliversByNode: enc.sliversByNode, deletable: false });
	const confirmations = await client.getStorageConfirmations({ blobId: enc.blobId, deletable: false });
	check('message of a permanent one', Buffer.from(confirmations[3].serializedMessage, 'base64').length, 40);
	const some = confirmations.map((c, i) => (i === 2 || i === 5 ? null : c));
	const cert = await client.certificateFromConfirmations({ confirmations: some, blobId: enc.blobId, deletable: false, blobObjectId: permanent.id });
	check('eleven signed', cert.signers.length, input.nodes - 2);
	const { CertificateBcs } = await inside('utils/bcs.mjs');
	const asText = CertificateBcs.serialize(cert).toBase64();
	const tx = client.certifyBlobTransaction({ blobId: enc.blobId, blobObjectId: permanent.id, certificate: asText, deletable: false });
	const theirs = await client.getStorageConfirmations({ blobId: enc.blobId, deletable: true, objectId: deletable.id });
	tx.add(client.certifyBlob({ blobId: enc.blobId, blobObjectId: deletable.id, confirmations: theirs, deletable: true }));
	await run(tx, me);
	check('both certified', [await isCertified(permanent.id), await isCertified(deletable.id)], [true, true]);
	await fails('a certificate for another object', ['abort code: 10', 'certify_with_certified_msg'], async () => {
		const { blob: third } = await client.executeRegisterBlobTransaction({ signer: me, ...options, deletable: true });
		await client.executeCertifyBlobTransaction({ signer: me, blobId: enc.blobId, blobObjectId: third.id, certificate: await client.certificateFromConfirmations({ confirmations: theirs, blobId: enc.blobId, deletable: true, blobObjectId: deletable.id }) });
	});
}
await fails('not registered', ['BlobNotRegisteredError', '400'], async () => {
	const enc = await client.encodeBlob(random(50));
	await client.writeMetadataToNode({ nodeIndex: 4, blobId: enc.blobId, metadata: enc.metadata });
});
done();
