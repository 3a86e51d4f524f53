// Writes a blob with @mysten/walrus, unmodified, and reads one that the relay
// stored. Run with .ci as working directory; the input is JSON in $WALRUS_INPUT:
//   { url, system, staking, blobId, sha256 }
// Prints one line of JSON: { blobId, objectId, size, sha256 of what it read back of its own }
import { createHash } from 'node:crypto';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { walrus } from '@mysten/walrus';

const { url, system, staking, blobId, sha256 } = JSON.parse(process.env.WALRUS_INPUT);
const hash = (b) => createHash('sha256').update(b).digest('hex');
const signer = new Ed25519Keypair();
const given = await fetch(url + '/api/v1/faucet', {
	method: 'POST',
	headers: { 'Content-Type': 'application/json' },
	body: JSON.stringify({ address: signer.toSuiAddress() }),
});
if (!given.ok) throw new Error(`faucet: ${given.status} ${await given.text()}`);

// The network's name is a label; the client knows but two.
const client = new SuiGrpcClient({ network: 'testnet', baseUrl: url }).$extend(
	walrus({ packageConfig: { systemObjectId: system, stakingPoolId: staking }, storageNodeUrlScheme: 'http' }),
);
const theirs = await client.walrus.readBlob({ blobId });
if (hash(theirs) !== sha256) throw new Error('what the relay stored reads differently');

const blob = crypto.getRandomValues(new Uint8Array(50_000));
const written = await client.walrus.writeBlob({ blob, deletable: true, epochs: 2, signer });
const back = await client.walrus.readBlob({ blobId: written.blobId });
if (hash(back) !== hash(blob)) throw new Error('what was written reads differently');
console.log(JSON.stringify({ blobId: written.blobId, objectId: written.blobObject.id, size: blob.length, sha256: hash(blob) }));
process.exit(0);
