// Objects, what is within them, and the listings of both.
const done = await ran('transfer', (tx) => tx.transferObjects([tx.splitCoins(tx.gas, [12345])], friend));
const coin = done.effects.changedObjects.find((o) => o.idOperation === 'Created').objectId;
const missing = '0x' + 'ab'.repeat(32);
const { objects } = await client.getObjects({ objectIds: [coin, system, missing, '0x2'],
	include: { content: true, previousTransaction: true, objectBcs: true, json: true, display: true } });
check('missing object', [objects[2] instanceof Error, objects[2].message, objects[2].objectId, objects[2].reason], [true, `Object ${missing} not found`, missing, 'notFound']);
for (const o of objects.slice(0, 2)) {
	check('object digest', o.digest, hash('Object', o.objectBcs));
	check('object bytes', again(bcs.Object, o.objectBcs));
	check('object contents', toHex(bcs.Object.parse(o.objectBcs).data.Move.contents), toHex(o.content));
	check('no display', o.display, null);
}
check('previous transaction', objects[0].previousTransaction, done.digest);
check('coin as JSON', [objects[0].json.id, objects[0].json.balance], [coin, '12345']);
check('owners', objects.map((o) => o.owner?.$kind), ['AddressOwner', 'Shared', undefined, 'Immutable']);
check('a package', [objects[3].type, again(bcs.Object, objects[3].objectBcs), objects[3].content], ['package', true, undefined]);
const one = (await client.getObject({ objectId: coin })).object;
check('one object', [one.objectId, one.version, one.digest, one.content], [coin, objects[0].version, objects[0].digest, undefined]);
await fails('one that is missing', ['not found'], () => client.getObject({ objectId: missing }));
await fails('malformed ID', ['INVALID_ARGUMENT', 'object_id'], () => client.getObject({ objectId: 'x' }));
check('more than a batch', (await client.getObjects({ objectIds: Array(120).fill(coin) })).objects.length, 120);

// Old versions, and the end of an object.
const { response: now } = await client.ledgerService.getObject({ objectId: coin });
check('this version', (await client.ledgerService.getObject({ objectId: coin, version: now.object.version })).response.object.digest, objects[0].digest);
await fails('a version to come', ['NOT_FOUND', `with version ${now.object.version + 1n} not found`], () => client.ledgerService.getObject({ objectId: coin, version: now.object.version + 1n }));
await fails('unknown path', ['INVALID_ARGUMENT', 'read_mask'], () => client.ledgerService.getObject({ objectId: coin, readMask: { paths: ['nothing'] } }));
const mine = (await client.listCoins({ owner })).objects[0];
const { response: then } = await client.ledgerService.getObject({ objectId: mine.objectId, readMask: { paths: ['previous_transaction', 'bcs', 'digest'] } });
const kept = await ran('a parcel', (tx) => tx.moveCall({ target: `${floe}::parcel::keep`, arguments: [tx.moveCall({ target: `${floe}::parcel::create`,
	arguments: [tx.pure.vector('u8', [1, ...Array(14).fill(0)])] })] }));
const { response: still } = await client.ledgerService.getObject({ objectId: mine.objectId, version: BigInt(mine.version), readMask: { paths: ['bcs', 'digest'] } });
check('the coin as it was', [still.object.digest, toHex(still.object.bcs.value)], [then.object.digest, toHex(then.object.bcs.value)]);

// Owned objects, filtered and in pages.
const all = (await client.listOwnedObjects({ owner, include: { content: true, objectBcs: true, json: true, previousTransaction: true } })).objects;
check('all owned', all.map((o) => o.type.split('::')[2].split('<')[0]).sort(), ['Coin', 'Coin', 'Parcel']);
check('their bytes', all.every((o) => o.digest === hash('Object', o.objectBcs) && o.json.id === o.objectId && o.owner.AddressOwner === owner));
check('filtered', (await client.listOwnedObjects({ owner, type: `${floe}::parcel::Parcel` })).objects.map((o) => o.objectId),
	[kept.effects.changedObjects.find((o) => o.idOperation === 'Created').objectId]);
check('any coin', (await client.listOwnedObjects({ owner, type: '0x2::coin::Coin' })).objects.length, 2);
check('none of a type', (await client.listOwnedObjects({ owner, type: '0x2::clock::Clock' })).objects, []);
const paged = await pages((cursor) => client.listOwnedObjects({ owner, limit: 1, cursor }));
check('pages', paged.flatMap((p) => p.objects.map((o) => o.objectId)), all.map((o) => o.objectId));
await fails('a malformed type', ['INVALID_ARGUMENT', 'object_type'], () => client.listOwnedObjects({ owner, type: 'Coin' }));

// Dynamic fields: the state of the System object, by every way there is.
const fields = (await client.listDynamicFields({ parentId: system, include: { value: true } })).dynamicFields;
check('dynamic fields', fields.map((f) => [f.$kind, f.name.type, f.childId]), [['DynamicField', 'u64', undefined]]);
for (const f of fields) {
	check('field id', f.fieldId, deriveDynamicFieldID(system, f.name.type, f.name.bcs));
	const { dynamicField } = await client.getDynamicField({ parentId: system, name: f.name });
	check('the field itself', [dynamicField.fieldId, dynamicField.value.type, toHex(dynamicField.value.bcs), dynamicField.$kind, dynamicField.childId],
		[f.fieldId, f.valueType, toHex(f.value.bcs), 'DynamicField', undefined]);
	check('its type', dynamicField.type, f.type);
}
await fails('no such field', ['not found'], () => client.getDynamicField({ parentId: system, name: { type: 'u64', bcs: bcs.u64().serialize(9).toBytes() } }));
check('no fields', (await client.listDynamicFields({ parentId: coin })).dynamicFields, []);

// Dynamic object fields, in pages: the pools in Staking's table.
const inner = (await client.listDynamicFields({ parentId: staking, include: { value: true } })).dynamicFields[0];
const state = (await client.getObject({ objectId: inner.fieldId, include: { json: true } })).object.json;
const table = state.value.pools.id;
const poolPages = await pages((cursor) => client.listDynamicFields({ parentId: table, limit: 2, cursor }));
const pools = poolPages.flatMap((p) => p.dynamicFields);
check('pools', [pools.length, poolPages.length, new Set(pools.map((p) => p.childId)).size, pools[0].$kind], [5, 3, 5, 'DynamicObject']);
for (const p of pools) {
	const { object } = await client.getDynamicObjectField({ parentId: table, name: p.name, include: { content: true, json: true } });
	check('pool', [object.objectId, object.type, object.owner.$kind, object.owner.ObjectOwner], [p.childId, p.valueType, 'ObjectOwner', p.fieldId]);
	check('its name', p.childId, bcs.Address.parse(p.name.bcs));
}
await fails("another parent's token", ['INVALID_ARGUMENT', 'page_token'], () => client.listDynamicFields({ parentId: system, cursor: poolPages[0].cursor }));
const { response: whole } = await client.stateService.listDynamicFields({ parent: table, readMask: { paths: ['*'] } });
check('with objects', whole.dynamicFields.every((f) => f.fieldObject.objectId === f.fieldId && f.childObject.objectId === f.childId));
finish();
