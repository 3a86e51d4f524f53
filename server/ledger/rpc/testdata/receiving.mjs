// Objects that were sent to an object: named as receiving by who knows so, and
// by the resolver where a function wants it.
const [coinType] = [`${normalizeSuiAddress('0x2')}::coin::Coin<${SUI}>`];
const sent = await ran('sent to an object', (t) => t.transferObjects([t.splitCoins(t.gas, [77])], system));
const created = sent.effects.changedObjects.find((o) => o.idOperation === 'Created');
const ref = { objectId: created.objectId, version: created.outputVersion, digest: created.outputDigest };
const look = (argument) => (t) => t.moveCall({ target: '0x2::transfer::receiving_object_id', typeArguments: [coinType], arguments: [argument(t)] });

const named = await ran('named', look((t) => t.object(Inputs.ReceivingRef(ref))));
check('input', named.transaction.inputs[0].Object?.Receiving?.objectId, ref.objectId);
check('untouched', named.effects.changedObjects.some((o) => o.objectId === ref.objectId), false);
const resolved = await ran('resolved', look((t) => t.object(ref.objectId)));
check('as receiving', resolved.transaction.inputs[0].Object?.Receiving, ref);

// Nobody takes it but the object: a new object can't, nor can who sent it.
await fails('by another object', ['receive_impl', '3'], () => run((t) => {
	const id = t.moveCall({ target: '0x2::object::new' });
	t.transferObjects([t.moveCall({ target: '0x2::transfer::public_receive', typeArguments: [coinType], arguments: [id, t.object(ref.objectId)] })], owner);
	t.moveCall({ target: '0x2::object::delete', arguments: [id] });
}));
await fails('as an owned object', ['owned by'], () => run((t) => t.transferObjects([t.object(ref.objectId)], owner)));
await fails('a transfer of what is only named', ['argument at 0'], () => run((t) => t.transferObjects([t.object(Inputs.ReceivingRef(ref))], owner)));
check('still there', (await client.listOwnedObjects({ owner: system })).objects.map((o) => o.objectId), [ref.objectId]);
finish();
