// Quilts: files written together, found by ID, identifier and tags, and read one
// by one from the slivers that hold them.
import { WalrusFile, encodeQuilt } from '@mysten/walrus';

const me = await funded();
const client = fresh();
const n = input.shards;
const files = [
	{ identifier: 'a.txt', contents: new TextEncoder().encode('hello'), tags: { kind: 'text', lang: 'en' } },
	{ identifier: 'b.json', contents: new TextEncoder().encode('{"x":[1,2]}'), tags: { kind: 'data' } },
	{ identifier: 'ordner/ü €.bin', contents: random(9_999), tags: {} },
	{ identifier: 'large', contents: random(60_000), tags: { kind: 'data', lang: 'none' } },
	{ identifier: 'one byte', contents: random(1), tags: { ü: 'ß' } },
];
const byName = Object.fromEntries(files.map((f) => [f.identifier, f]));
const names = files.map((f) => f.identifier).sort();
const walrusFiles = files.map((f) => WalrusFile.from(f));
const steps = [];
const written = await client.writeFiles({ files: walrusFiles, deletable: true, epochs: 2, signer: me, attributes: { mine: '1' }, onStep: (s) => steps.push(s.step) });
check('steps', steps, ['encoded', 'registered', 'uploaded', 'certified']);
check('one blob', [written.length, new Set(written.map((w) => w.blobId)).size, new Set(written.map((w) => w.id)).size], [5, 1, 5]);
const { blobId, blobObject } = written[0];
check('certified', typeof blobObject.certified_epoch, 'number');
check('attributes', await client.readBlobAttributes({ blobObjectId: blobObject.id }), { _walrusBlobType: 'quilt', mine: '1' });

const isWhole = async (what, file) => {
	const want = byName[await file.getIdentifier()];
	check(`${what}: bytes`, same(await file.bytes(), want.contents));
	check(`${what}: tags`, await file.getTags(), want.tags);
};
// By the ID of each patch, bytes first, and names first.
const byID = await fresh().getFiles({ ids: written.map((w) => w.id) });
for (const f of byID) await isWhole('by ID', f);
check('all names', (await Promise.all(byID.map((f) => f.getIdentifier()))).sort(), names);
for (const f of await fresh().getFiles({ ids: written.map((w) => w.id).reverse() })) check('bytes first', (await f.bytes()).length, byName[await f.getIdentifier()].contents.length);
// The quilt as one blob, and as a file.
const quilt = await fresh().readBlob({ blobId });
const [whole] = await fresh().getFiles({ ids: [blobId] });
check('as a file', [same(await whole.bytes(), quilt), await whole.getIdentifier(), await whole.getTags()], [true, null, {}]);
check('as it was made', same((await client.encodeQuilt({ blobs: files })).quilt, quilt));
check('and by the function alone', same(encodeQuilt({ blobs: files, numShards: n }).quilt, quilt));
const blob = await fresh().getBlob({ blobId });
check('blob', [await blob.blobId(), await blob.exists(), same(await (await blob.asFile()).bytes(), quilt)], [blobId, true, true]);
// After the whole was read, files come out of it without asking again.
for (const f of await blob.files()) await isWhole('from the whole', f);

const found = async (filter) => {
	const list = await (await fresh().getBlob({ blobId })).files(filter);
	for (const f of list) await isWhole(text(filter), f);
	return (await Promise.all(list.map((f) => f.getIdentifier()))).sort();
};
check('all', await found(), names);
check('by identifier', await found({ identifiers: ['large', 'a.txt', 'nope'] }), ['a.txt', 'large']);
check('by tag', await found({ tags: [{ kind: 'data' }] }), ['b.json', 'large']);
check('by two tags at once', await found({ tags: [{ kind: 'data', lang: 'none' }] }), ['large']);
check('by either tag', await found({ tags: [{ lang: 'en' }, { ü: 'ß' }] }), ['a.txt', 'one byte']);
check('by ID', await found({ ids: [written[0].id] }), [names[0]]);
check('by none', await found({ tags: [{ kind: 'no' }] }), []);
const [json] = await (await fresh().getBlob({ blobId })).files({ identifiers: ['b.json'] });
check('JSON', [await json.json(), await json.text()], [{ x: [1, 2] }, '{"x":[1,2]}']);

// One patch: its own secondary slivers and nothing else; the ID says where.
const { QuiltPatchId } = await inside('utils/bcs.mjs');
for (const w of written) {
	const { patchId } = QuiltPatchId.parse(Buffer.from(w.id, 'base64url'));
	const asked = new Set();
	const spy = fresh({ storageNodeClientOptions: { fetch: (url, o) => (asked.add(`${o.method ?? 'GET'} ${url.slice(url.indexOf('/v1/'))}`), fetch(url, o)) } });
	const [f] = await spy.getFiles({ ids: [w.id] });
	const bytes = await f.bytes();
	check('its bytes', same(bytes, byName[await f.getIdentifier()].contents));
	// The column's size is known from the first sliver, or from metadata if that isn't there yet.
	const slivers = [...asked].filter((a) => a !== `GET /v1/blobs/${blobId}/metadata`).sort();
	check('only its slivers', slivers, Array.from({ length: patchId.endIndex - patchId.startIndex }, (_, i) => `GET /v1/blobs/${blobId}/slivers/${n - 1 - patchId.startIndex - i}/secondary`).sort());
}
// One secondary sliver by the client's own method.
const sliver = await client.getSecondarySliver({ blobId, index: 1 });
check('secondary sliver', same(sliver, await client.internalGetSecondarySliver({ blobId, index: 1 })));

// The flow in steps, resumed, and writeQuilt.
const flow = client.writeFilesFlow({ files: walrusFiles.slice(0, 2) });
const encoded = await flow.encode();
const { digest } = await run(flow.register({ epochs: 1, deletable: false, owner: me.toSuiAddress() }), me);
await flow.upload({ digest });
await run(flow.certify(), me);
const listed = await flow.listFiles();
check('flow', [listed.length, listed[0].blobId, listed[0].blobObject.deletable], [2, encoded.blobId, false]);
let saved;
const pair = [WalrusFile.from({ contents: new Blob(['x y']), identifier: 'x' }), WalrusFile.from({ contents: random(77), identifier: 'y' })];
for await (const step of client.writeFilesFlow({ files: pair }).run({ signer: me, epochs: 1, deletable: true })) {
	saved = JSON.parse(JSON.stringify(step));
	if (step.step === 'registered') break;
}
const resumed = await fresh().writeFiles({ files: pair, resume: saved, epochs: 1, deletable: true, signer: me });
check('resumed', resumed.map((r) => r.blobObject.id), [saved.blobObjectId, saved.blobObjectId]);
const [x] = await fresh().getFiles({ ids: [resumed[0].id] });
check('its text', await x.text(), 'x y');
const named = await client.writeQuilt({ blobs: files.slice(0, 3), deletable: true, epochs: 1, signer: me });
check('index', named.index.patches.map((p) => [p.identifier, p.patchId.length > 43]), names.filter((i) => files.slice(0, 3).some((f) => f.identifier === i)).map((i) => [i, true]));
const [patch] = await fresh().getFiles({ ids: [named.index.patches[2].patchId] });
await isWhole('written as a quilt', patch);
await fails('twice the same name', 'Duplicate', () => client.encodeQuilt({ blobs: [files[0], files[0]] }));
done();
