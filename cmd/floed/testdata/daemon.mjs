// Works with @mysten/walrus, unmodified, on what floed's publisher stored, and
// sends blobs through its upload relay, which takes a tip. Run with .ci as
// working directory; the input is JSON in $DAEMON_INPUT:
//   { url, relay, system, staking, blobId, sha256, quiltId, patchId, files: [{ identifier, tags, sha256 }] }
// Prints one line of JSON: { blobIds, sha256s, objectIds } of what it sent.
import { createHash } from 'node:crypto';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { WalrusFile, walrus } from '@mysten/walrus';

const { url, relay, system, staking, blobId, sha256, quiltId, patchId, files } = JSON.parse(process.env.DAEMON_INPUT);
const hash = (b) => createHash('sha256').update(b).digest('hex');
const must = (ok, what) => {
	if (!ok) throw new Error(what);
};
const signer = new Ed25519Keypair();
const given = await fetch(url + '/api/v1/faucet', {
	method: 'POST',
	headers: { 'Content-Type': 'application/json' },
	body: JSON.stringify({ address: signer.toSuiAddress() }),
});
must(given.ok, `faucet: ${given.status} ${await given.text()}`);
const options = { packageConfig: { systemObjectId: system, stakingPoolId: staking }, storageNodeUrlScheme: 'http' };
const client = new SuiGrpcClient({ network: 'testnet', baseUrl: url }).$extend(walrus(options));

// What the publisher stored.
must(hash(await client.walrus.readBlob({ blobId })) === sha256, 'the blob reads differently');
const quilt = await client.walrus.getBlob({ blobId: quiltId });
const found = await quilt.files();
must(found.length === files.length, `the quilt has ${found.length} files`);
for (const want of files) {
	const [file] = await quilt.files({ identifiers: [want.identifier] });
	must(file && hash(await file.bytes()) === want.sha256, `${want.identifier} reads differently`);
	must(JSON.stringify(await file.getTags()) === JSON.stringify(want.tags), `${want.identifier} has tags ${JSON.stringify(await file.getTags())}`);
}
const [one] = await client.walrus.getFiles({ ids: [patchId] });
must((await one.getIdentifier()) === files[0].identifier && hash(await one.bytes()) === files[0].sha256, 'the patch ID names another file');

// Through the upload relay, which asks for a tip.
const tipped = new SuiGrpcClient({ network: 'testnet', baseUrl: url }).$extend(
	walrus({ ...options, uploadRelay: { host: relay, sendTip: { max: 1_000_000 } } }),
);
const sent = { blobIds: [], sha256s: [], objectIds: [] };
for (const deletable of [true, false]) {
	const blob = crypto.getRandomValues(new Uint8Array(60_000));
	const written = await tipped.walrus.writeBlob({ blob, deletable, epochs: 2, signer, attributes: { 'content-type': 'image/png' } });
	must(hash(await client.walrus.readBlob({ blobId: written.blobId })) === hash(blob), 'what went through the relay reads differently');
	sent.blobIds.push(written.blobId);
	sent.sha256s.push(hash(blob));
	sent.objectIds.push(written.blobObject.id);
}
const results = await tipped.walrus.writeFiles({
	files: [WalrusFile.from({ contents: new TextEncoder().encode('hello'), identifier: 'hello.txt', tags: { 'content-type': 'text/plain' } })],
	epochs: 2,
	deletable: true,
	signer,
});
sent.patchId = results[0].id;

// Who doesn't pay isn't served.
const stingy = new SuiGrpcClient({ network: 'testnet', baseUrl: url }).$extend(walrus({ ...options, uploadRelay: { host: relay } }));
const refused = await stingy.walrus.writeBlob({ blob: new Uint8Array(100), deletable: true, epochs: 1, signer }).catch((e) => e);
must(refused instanceof Error && refused.status === 400, `without a tip: ${refused}`);
console.log(JSON.stringify(sent));
process.exit(0);
