// Writes through an upload relay. The input has relay, its address, and what it
// takes: tip is null, { const: n } or { linear: { base, perEncodedKib } }, and
// tipAddress is where that goes.
const { relay: host, tip, tipAddress } = input;
const me = await funded();
const owner = me.toSuiAddress();
const direct = [];
const storageNodeClientOptions = { fetch: (url, o) => (direct.push(url), fetch(url, o)) };
const through = (sendTip) => fresh({ uploadRelay: { host, sendTip }, storageNodeClientOptions });
const client = through(tip && { max: 1_000_000_000 });
const n = input.shards;
const encodedSize = (size) => {
	const f = Math.floor((n - 1) / 3);
	let symbol = Math.ceil(Math.max(size, 1) / ((n - 2 * f) * (n - f)));
	symbol += symbol % 2;
	return n * ((n - 2 * f + n - f) * symbol + 64 * n + 32);
};
const due = (size) => {
	if (!tip) return 0n;
	return 'const' in tip ? BigInt(tip.const) : BigInt(tip.linear.base) + BigInt(tip.linear.perEncodedKib) * BigInt(Math.ceil(encodedSize(size) / 1024));
};
const tipped = async () => BigInt((await ledger().getBalance({ owner: tipAddress })).balance.balance);

// Deletable and permanent, of several sizes: certified without a word to a node.
for (const [i, size] of [0, 1, 70_000, 1_500_000].entries()) {
	const blob = random(size);
	check(`${size}: tip`, BigInt(await client.calculateUploadRelayTip({ size })), due(size));
	const before = await tipped();
	const wal = await balance(me);
	const { blobId, blobObject } = await client.writeBlob({ blob, deletable: i % 2 === 0, epochs: 2, signer: me, attributes: { size: String(size) } });
	check(`${size}: certified`, [typeof blobObject.certified_epoch, blobObject.deletable], ['number', i % 2 === 0]);
	check(`${size}: tip paid`, (await tipped()) - before, due(size));
	check(`${size}: WAL paid`, wal - (await balance(me)), (await client.storageCost(size, 2)).totalCost);
	check(`${size}: nodes were left alone`, direct.splice(0), []);
	check(`${size}: read from the nodes`, same(await fresh().readBlob({ blobId }), blob));
	check(`${size}: all nodes have it`, (await fresh().getStorageConfirmations({ blobId, deletable: blobObject.deletable, objectId: blobObject.id })).filter((c) => c).length, input.nodes);
}
const quilt = await client.writeQuilt({ blobs: [{ identifier: 'a', contents: random(500) }, { identifier: 'b', contents: random(900) }], deletable: true, epochs: 1, signer: me });
const [b] = await fresh().getFiles({ ids: [quilt.index.patches[1].patchId] });
check('a file', [await b.getIdentifier(), (await b.bytes()).length], ['b', 900]);

// Resumed after a crash: nonce and transaction come from what was saved.
{
	const blob = random(2_000);
	let saved;
	for await (const step of client.writeBlobFlow({ blob }).run({ signer: me, epochs: 1, deletable: true })) {
		saved = JSON.parse(JSON.stringify(step));
		if (step.step === 'registered') break;
	}
	check('the nonce is kept', Buffer.from(saved.nonce, 'base64').length, 32);
	const again = through(tip && { max: 1_000_000_000 });
	const { blobId } = await again.writeBlob({ blob, resume: saved, epochs: 1, deletable: true, signer: me });
	check('resumed', same(await fresh().readBlob({ blobId }), blob));
}

// By hand. pay makes the transaction that registers a blob and pays, each part as asked.
const pay = async (meta, size, { deletable = true, amount = due(size), digest = meta.blobDigest, nonce = meta.nonce } = {}) => {
	const tx = new Transaction();
	tx.add(client.addAuthPayload({ size, blobDigest: digest, nonce }));
	if (amount) tx.transferObjects([tx.splitCoins(tx.gas, [amount])], tipAddress);
	tx.transferObjects([tx.add(client.registerBlob({ size, epochs: 1, blobId: meta.blobId, rootHash: meta.rootHash, deletable }))], owner);
	const r = await run(tx, me, { effects: true, objectTypes: true });
	const type = await client.getBlobType();
	return { txDigest: r.digest, blobObjectId: r.effects.changedObjects.find((o) => o.idOperation === 'Created' && r.objectTypes[o.objectId] === type).objectId };
};
const send = (meta, blob, paid, more = {}) =>
	client.writeBlobToUploadRelay({ blobId: meta.blobId, blob, nonce: meta.nonce, deletable: true, encodingType: meta.metadata.encodingType, ...paid, ...more });
const certify = async (meta, certificate, blobObjectId) => {
	await client.executeCertifyBlobTransaction({ signer: me, blobId: meta.blobId, blobObjectId, certificate, deletable: true });
	return typeof (await fresh().getBlobObject(blobObjectId)).certified_epoch === 'number';
};
const blob = random(3_000);
const meta = await client.computeBlobMetadata({ bytes: blob });
const paid = await pay(meta, blob.length);
const { certificate, blobId } = await send(meta, blob, paid);
check('certificate', [blobId, certificate.signers.length > (2 * input.nodes) / 3, certificate.serializedMessage.length, certificate.signature.length], [meta.blobId, true, 72, 96]);
check('certified by hand', await certify(meta, certificate, paid.blobObjectId));
check('sent again', (await send(meta, blob, paid)).blobId, meta.blobId);

// What isn't as it was said is refused.
const other = random(3_000);
const otherMeta = await client.computeBlobMetadata({ bytes: other });
await fails('another blob than its ID', tip ? '401' : '400', () => send(meta, other, paid));
if (!tip) {
	// The relay waits a while for a registration that nodes may see late.
	const deletable = await pay(otherMeta, other.length);
	const third = random(30);
	await Promise.all([
		fails('a blob that is not registered', 'InternalServerError 500', async () => send(await client.computeBlobMetadata({ bytes: third }), third, paid)),
		fails('another object than the deletable one', 'InternalServerError 500', () => send(otherMeta, other, { ...deletable, blobObjectId: paid.blobObjectId })),
		fails('as permanent', 'InternalServerError 500', () => send(otherMeta, other, { ...deletable, deletable: false })),
	]);
} else {
	const refused = async (what, status, wrong, more) => fails(what, status, async () => send(otherMeta, other, await pay(otherMeta, other.length, wrong), more));
	await refused('a tip too small', 'StorageNodeAPIError 402', { amount: due(other.length) - 1n });
	await refused('no tip in the transaction', 'StorageNodeAPIError 402', { amount: 0n });
	await refused('a payload for another blob', 'AuthenticationError 401', { digest: meta.blobDigest });
	await refused('another nonce', 'AuthenticationError 401', {}, { nonce: meta.nonce });
	await refused('a nonce that was not paid with', 'AuthenticationError 401', { nonce: meta.nonce });
	await fails('a tip for another blob', 'AuthenticationError 401', () => send(otherMeta, other, paid));
	await fails('a transaction that is not there', 'BadRequestError 400', () => send(otherMeta, other, { ...paid, txDigest: '4zVWh1kXBXufTXitUCk8BxmeqRDPY4YuhpDVaeanDYjd' }));
	await fails('a client that pays nothing', '400', () => through(null).writeBlob({ blob: random(5), deletable: true, epochs: 1, signer: me }));
	await fails('a client that pays less', 'exceeds the maximum allowed tip', () => through({ max: 10 }).writeBlob({ blob: random(5), deletable: true, epochs: 1, signer: me }));
	// A client that was told the tip, so that it needn't ask.
	const told = through({ address: tipAddress, kind: tip });
	const before = await tipped();
	await told.writeBlob({ blob: random(5), deletable: true, epochs: 1, signer: me });
	check('told', (await tipped()) - before, due(5));
	const tx = new Transaction();
	tx.add(client.sendUploadRelayTip({ size: blob.length, blobDigest: meta.blobDigest, nonce: meta.nonce }));
	const then = await tipped();
	await run(tx, me);
	check('the tip alone', (await tipped()) - then, due(blob.length));
}
check('what is still good', await certify(otherMeta, (await send(otherMeta, other, await pay(otherMeta, other.length).then((p) => (otherMeta.paid = p)))).certificate, otherMeta.paid.blobObjectId));
check('no relay', await fresh().calculateUploadRelayTip({ size: 5 }), 0n);
await fails('no relay to write to', 'Upload relay not configured', () => fresh().writeBlobToUploadRelay({ blobId, blob, nonce: meta.nonce, deletable: false }));
done();
