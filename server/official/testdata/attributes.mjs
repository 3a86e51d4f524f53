// Attributes: written with the blob, read, changed, removed; quirks of 1.2.13.
const me = await funded();
const client = fresh();
const read = (blobObjectId) => fresh().readBlobAttributes({ blobObjectId });
const { blobObject } = await client.writeBlob({ blob: random(500), deletable: true, epochs: 1, signer: me, attributes: { 'content-type': 'text/plain', ü: 'ß €', empty: '' } });
const id = blobObject.id;
check('written with the blob', await read(id), { 'content-type': 'text/plain', ü: 'ß €', empty: '' });

await client.executeWriteBlobAttributesTransaction({ signer: me, blobObjectId: id, attributes: { 'content-type': 'image/png', more: 'x'.repeat(2000), empty: null } });
check('changed, added, removed', await read(id), { ü: 'ß €', 'content-type': 'image/png', more: 'x'.repeat(2000) });
check('a changed one is the last', Object.keys(await read(id)), ['ü', 'content-type', 'more']);
await run(await client.writeBlobAttributesTransaction({ blobObjectId: id, attributes: { more: null, 'not there': null } }), me);
check('removing what is not there', await read(id), { ü: 'ß €', 'content-type': 'image/png' });
const tx = new Transaction();
tx.add(client.writeBlobAttributes({ blobObjectId: id, attributes: { ü: null, 'content-type': null } }));
await run(tx, me);
check('all removed', await read(id), {});
await client.executeWriteBlobAttributesTransaction({ signer: me, blobObjectId: id, attributes: { back: 'again' } });
check('and back', await read(id), { back: 'again' });

// A blob without attributes: 1.2.13 reads them before it writes, and reading
// what isn't there throws, so blobObjectId can't name such a blob; blobObject can.
const { blobObject: bare } = await client.writeBlob({ blob: random(501), deletable: true, epochs: 1, signer: me });
await fails('none', 'not found', () => read(bare.id));
await fails('first ones by ID', 'not found', () => client.executeWriteBlobAttributesTransaction({ signer: me, blobObjectId: bare.id, attributes: { a: '1' } }));
const first = new Transaction();
first.add(client.writeBlobAttributes({ blobObject: first.object(bare.id), attributes: { a: '1', b: '2' } }));
await run(first, me);
check('first ones', await read(bare.id), { a: '1', b: '2' });
const twice = new Transaction();
twice.add(client.writeBlobAttributes({ blobObject: twice.object(bare.id), attributes: { c: '3' } }));
await fails('two sets of attributes', 'add_metadata', () => run(twice, me));

// They go with the blob.
await client.executeDeleteBlobTransaction({ signer: me, blobObjectId: bare.id });
await fails('deleted', 'not found', () => read(bare.id));
done();
