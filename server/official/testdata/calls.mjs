// One operation after the other, each announced to the recorder in between; the
// names of what is created are said as "SAY <id> <name>".
import { bcs } from '@mysten/sui/bcs';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { WalrusFile } from '@mysten/walrus';

const me = await funded();
const name = (id, as) => console.log(`SAY ${id} ${as}`);
name(me.toSuiAddress(), 'me');
const nameBlob = (id) => {
	name(id, 'Blob');
	name(deriveDynamicFieldID(id, 'vector<u8>', bcs.string().serialize('metadata').toBytes()), 'field(Blob,"metadata")');
};
const mark = (operation) => fetch(`${input.url}/mark/${operation}`);
const client = fresh();

await mark('first-use');
await client.encodeBlob(new Uint8Array(1));

const blob = random(40_000);
const flow = client.writeBlobFlow({ blob });
await flow.encode();
await mark('register');
const options = { signer: me, epochs: 2, deletable: true, owner: me.toSuiAddress() };
const { txDigest: digest, blobObjectId } = await flow.executeRegister({ ...options, attributes: { key1: 'v' } });
nameBlob(blobObjectId);
await mark('upload');
await flow.upload({ digest, deletable: true });
await mark('certify');
const { blobId, blobObject } = await flow.executeCertify({ signer: me });
check('certified', typeof blobObject.certified_epoch, 'number');

await mark('read');
check('bytes', same(await client.readBlob({ blobId }), blob));
await mark('extend');
await client.executeExtendBlobTransaction({ signer: me, blobObjectId, epochs: 3 });
await mark('attributes');
await client.executeWriteBlobAttributesTransaction({ signer: me, blobObjectId, attributes: { key1: null, b: 'c' } });

await mark('unlisted');
const again = client.writeBlobFlow({ blob });
await again.encode();
const second = await again.executeRegister(options);
nameBlob(second.blobObjectId);
await mark('upload-again');
await again.upload({ digest: second.txDigest, deletable: true });

await mark('delete');
await client.executeDeleteBlobTransaction({ signer: me, blobObjectId });
await mark('create-storage');
await fails('create storage', 'Storage object not found', () => client.executeCreateStorageTransaction({ signer: me, size: 1_000, epochs: 1 }));

await mark('write-files');
const files = ['one', 'two'].map((identifier, i) => WalrusFile.from({ identifier, contents: random(30 + i), tags: { i: String(i) } }));
const written = await client.writeFiles({ files, epochs: 1, deletable: true, signer: me });
nameBlob(written[0].blobObject.id);
await mark('get-files');
const [file] = await client.getFiles({ ids: [written[1].id] });
check('file', [(await file.bytes()).length, await file.getIdentifier(), await file.getTags()], [31, 'two', { i: '1' }]);
await mark('find-files');
const [found] = await (await client.getBlob({ blobId: written[0].blobId })).files({ tags: [{ i: '0' }] });
check('found', (await found.bytes()).length, 30);

await mark('unlisted');
const relayed = fresh({ uploadRelay: { host: input.url, sendTip: { max: 10_000 } } });
await relayed.encodeBlob(new Uint8Array(1));
await mark('relay');
await relayed.writeBlob({ blob: random(1_000), deletable: true, epochs: 1, signer: me, onStep: (s) => s.blobObjectId && nameBlob(s.blobObjectId) });
await mark('unlisted');
done();
