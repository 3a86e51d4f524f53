// All objects that the client reads, through its own definitions: what it reads,
// written again, is the same bytes, and their digests are those of the bytes.
import { blake2b } from '@noble/hashes/blake2.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { bcs } from '@mysten/sui/bcs';
import { toBase58 } from '@mysten/bcs';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { walrus } from '@mysten/walrus';

const me = await funded();
const client = fresh();
const sui = ledger();
const def = async (module, name) => (await inside(`contracts/walrus/${module}.mjs`))[name];
const { Field, StorageConfirmation, BlobMetadataWithId, SliverData } = await inside('utils/bcs.mjs');
const digest = (name, bytes) => toBase58(blake2b(new Uint8Array([...new TextEncoder().encode(`${name}::`), ...bytes]), { dkLen: 32 }));
const load = async (objectId) => (await sui.getObject({ objectId, include: { content: true, objectBcs: true } })).object;
const seen = {};
// whole wants an object to round-trip, and to be what its digest says.
async function whole(what, objectId, type) {
	const o = await load(objectId);
	const value = type.parse(o.content);
	seen[what] = (seen[what] ?? 0) + 1;
	check(`${what}: written again`, Buffer.from(type.serialize(value, { maxSize: 1 << 20 }).toBytes()).toString('hex'), Buffer.from(o.content).toString('hex'));
	check(`${what}: digest`, digest('Object', o.objectBcs), o.digest);
	check(`${what}: contents in the object`, Buffer.from(bcs.Object.parse(o.objectBcs).data.Move.contents).equals(Buffer.from(o.content)));
	check(`${what}: ID`, `0x${Buffer.from(o.content.slice(0, 32)).toString('hex')}`, o.objectId);
	return [value, o];
}
const [system, systemObject] = await whole('System', input.system, await def('system', 'System'));
const [staking] = await whole('Staking', input.staking, await def('staking', 'Staking'));
check('shared', systemObject.owner.$kind, 'Shared');
check('type', systemObject.type, `${input.walrus}::system::System`);
check('as the client reads them', [await client.systemObject(), await client.stakingObject()], [system, staking]);
check('packages', [system.package_id, staking.package_id, system.new_package_id], [input.walrus, input.walrus, null]);
const inner = async (what, parent, version, type) => {
	const id = deriveDynamicFieldID(parent, 'u64', bcs.u64().serialize(version).toBytes());
	const [field, object] = await whole(what, id, Field(bcs.u64(), type));
	check(`${what}: parent`, object.owner.ObjectOwner, parent);
	return field.value;
};
const sys = await inner('SystemStateInnerV1', input.system, system.version, await def('system_state_inner', 'SystemStateInnerV1'));
const stk = await inner('StakingInnerV1', input.staking, staking.version, await def('staking_inner', 'StakingInnerV1'));
check('as the client reads the inner ones', [await client.systemState(), await client.stakingState()], [sys, stk]);

// As an extension of Sui's client, which is how its documentation has it. That
// knows two networks by name; the name is a label.
const extension = () => walrus({ packageConfig: { systemObjectId: input.system, stakingPoolId: input.staking }, storageNodeUrlScheme: 'http' });
const extended = new SuiGrpcClient({ network: 'testnet', baseUrl: input.url }).$extend(extension());
check('by the extension', await extended.walrus.stakingState(), stk);
await fails('a third name', 'only supports mainnet and testnet', () => sui.$extend(extension()));

// The two agree on who holds what, in the same order; their keys sum up.
check('shards', [sys.committee.n_shards, stk.n_shards], [input.shards, input.shards]);
check('epochs', [sys.committee.epoch, sys.future_accounting.length, sys.future_accounting.ring_buffer.length], [stk.epoch, 53, 53]);
const seats = stk.committee[0].contents;
check('members', sys.committee.members.map((m) => [m.node_id, m.weight]), seats.map((s) => [s.key, s.value.length]));
check('each shard once', seats.flatMap((s) => s.value).sort((a, b) => a - b), Array.from({ length: input.shards }, (_, i) => i));
const point = (hex) => bls12_381.G1.Point.fromHex(hex);
const keys = sys.committee.members.map((m) => point(Buffer.from(m.public_key.bytes).toString('hex')));
check('aggregated key', keys.reduce((a, b) => a.add(b)).toHex(true), Buffer.from(sys.committee.total_aggregated_key.bytes).toString('hex'));
const Pool = await def('staking_pool', 'StakingPool');
for (const [i, seat] of seats.entries()) {
	const [pool, object] = await whole('StakingPool', seat.key, Pool);
	check('pool', [pool.node_info.node_id, pool.node_info.network_public_key.length, pool.state.$kind], [seat.key, 33, 'Active']);
	check('pool: key', pool.node_info.public_key.bytes, sys.committee.members[i].public_key.bytes);
	check('pool: type', object.type, `${input.walrus}::staking_pool::StakingPool`);
}
check('pools', Number(stk.pools.size), seats.length);

// A blob with attributes, its transactions and events, and what nodes say.
const blob = random(4_321);
const steps = [];
const { blobId, blobObject } = await client.writeBlob({ blob, deletable: true, epochs: 2, signer: me, attributes: { k: 'v' }, onStep: (s) => steps.push(s) });
const [b] = await whole('Blob', blobObject.id, await def('blob', 'Blob'));
check('blob', b, blobObject);
const attributes = deriveDynamicFieldID(blobObject.id, 'vector<u8>', bcs.string().serialize('metadata').toBytes());
await whole('Metadata', attributes, Field(bcs.byteVector(), await def('metadata', 'Metadata')));
await run(client.createStorageTransaction({ size: 5, epochs: 1, owner: me.toSuiAddress() }), me);
const { objects } = await sui.listOwnedObjects({ owner: me.toSuiAddress(), type: `${input.walrus}::storage_resource::Storage` });
await whole('Storage', objects[0].objectId, await def('storage_resource', 'Storage'));
check('all kinds', Object.keys(seen).length, 8);

const txs = await Promise.all(steps.filter((s) => s.step === 'registered').map((s) => s.txDigest).map((d) => sui.getTransaction({ digest: d, include: { bcs: true, effects: true, events: true } })));
const registered = txs[0].Transaction;
check('transaction digest', digest('TransactionData', registered.bcs), registered.digest);
check('effects digest', [registered.effects.bcs.length > 100, registered.effects.transactionDigest], [true, registered.digest]);
const number = BigInt('0x' + Buffer.from(blobId, 'base64url').reverse().toString('hex')).toString();
const BlobRegistered = bcs.struct('BlobRegistered', { epoch: bcs.u32(), blob_id: bcs.u256(), size: bcs.u64(), encoding_type: bcs.u8(), end_epoch: bcs.u32(), deletable: bcs.bool(), object_id: bcs.Address });
check('event', registered.events.map((e) => [e.eventType, BlobRegistered.parse(e.bcs)]), [
	[`${input.walrus}::events::BlobRegistered`, { epoch: b.registered_epoch, blob_id: number, size: String(blob.length), encoding_type: 1, end_epoch: b.storage.end_epoch, deletable: true, object_id: b.id }],
]);
const again = (type, bytes) => Buffer.from(type.serialize(type.parse(bytes), { maxSize: 1 << 20 }).toBytes()).equals(Buffer.from(bytes));
for (const { serializedMessage } of await client.getStorageConfirmations({ blobId, deletable: true, objectId: b.id })) {
	const message = Buffer.from(serializedMessage, 'base64');
	check('confirmation: written again', again(StorageConfirmation, message));
	check('confirmation', StorageConfirmation.parse(message), { intent: 1, epoch: stk.epoch, messageContents: { blobId, blobType: { $kind: 'Deletable', Deletable: { objectId: b.id } } } });
}
const node = (await client.stakingState(), Pool.parse((await load(seats[0].key)).content).node_info.network_address);
const raw = async (path) => new Uint8Array(await (await fetch(`http://${node}/v1/blobs/${blobId}/${path}`)).arrayBuffer());
check('metadata: written again', again(BlobMetadataWithId, await raw('metadata')));
for (const sliver of await client.getSlivers({ blobId })) check('sliver: written again', again(SliverData, sliver));
done();
