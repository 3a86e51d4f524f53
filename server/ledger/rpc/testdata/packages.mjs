// Publishing and upgrading, as an application does; what full nodes tell of packages.
const { readFileSync } = await import('node:fs');
const { default: { createHash } } = await import('node:crypto');

const code = readFileSync('../server/sui/move/build/parcel.mv');
const modules = [[...code]];
const dependencies = ['0x1', '0x2'];
const b2 = (bytes) => blake2b(new Uint8Array(bytes), { dkLen: 32 });
const less = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const digest = b2([b2(code), ...dependencies.map((d) => fromHex(normalizeSuiAddress(d).slice(2)))].sort(less).flatMap((p) => [...p]));

// Published: a package with our module at its own address, and a capability.
const done = await ran('publish', (t) => t.transferObjects([t.publish({ modules, dependencies })], owner));
check('published', done.status.success);
check('effects bytes', again(bcs.TransactionEffects, done.effects.bcs));
const changed = Object.fromEntries(done.effects.changedObjects.map((o) => [o.outputState === 'PackageWrite' ? 'package' : done.objectTypes[o.objectId], o]));
const capType = `${normalizeSuiAddress('0x2')}::package::UpgradeCap`;
const pkg = changed.package.objectId;
const cap = changed[capType].objectId;
check('created', [changed.package.idOperation, changed.package.outputVersion, changed.package.inputVersion, changed[capType].outputOwner.AddressOwner],
	['Created', '1', null, owner]);
const [read] = bcs.TransactionEffects.parse(done.effects.bcs).V2.changedObjects.filter(([id]) => id === pkg);
check('package write', [read[1].outputState.$kind, read[1].outputState.PackageWrite[0], read[1].outputState.PackageWrite[1]],
	['PackageWrite', '1', changed.package.outputDigest]);

const { response: { object } } = await client.ledgerService.getObject({ objectId: pkg, readMask: { paths: ['bcs', 'package', 'owner', 'digest', 'version', 'object_type'] } });
check('object digest', hash('Object', object.bcs.value), object.digest);
check('as an object', [object.owner.kind, object.version, object.digest], [4, 1n, changed.package.outputDigest]);
const { response: { package: found } } = await client.movePackageService.getPackage({ packageId: pkg });
check('package', [found.storageId, found.originalId, found.version, found.modules.map((m) => m.name)], [pkg, pkg, 1n, ['parcel']]);
const stored = Buffer.from(found.modules[0].contents);
const self = Buffer.from(fromHex(pkg.slice(2)));
check('bytecode', stored.includes(self) && stored.indexOf(self) === code.indexOf(Buffer.alloc(32)) && stored.length === code.length);
stored.fill(0, stored.indexOf(self), stored.indexOf(self) + 32);
check('module', createHash('sha256').update(stored).digest('hex'), createHash('sha256').update(code).digest('hex'));
check('types', found.typeOrigins.map((o) => [o.moduleName, o.datatypeName, o.packageId]).at(0), ['parcel', 'Parcel', pkg]);
check('links', found.linkage.map((l) => [l.originalId, l.upgradedId]), dependencies.map((d) => [normalizeSuiAddress(d), normalizeSuiAddress(d)]));
check('function', (await client.core.getMoveFunction({ packageId: pkg, moduleName: 'parcel', name: 'create' })).function.parameters.length, 2);

// The package runs: its types and events carry its ID.
const statement = [1, ...Array(12).fill(0), 0, 0];
const create = (at) => (t) => {
	const parcel = t.moveCall({ target: `${at}::parcel::create`, arguments: [t.pure.vector('u8', statement)] });
	t.moveCall({ target: `${at}::parcel::keep`, arguments: [parcel] });
};
const first = await ran('parcel', create(pkg));
check('event', first.events.map((e) => [e.packageId, e.eventType]), [[pkg, `${pkg}::parcel::ParcelCreated`]]);
const parcelOf = (tx) => tx.effects.changedObjects.find((o) => o.idOperation === 'Created').objectId;
check('type', first.objectTypes[parcelOf(first)], `${pkg}::parcel::Parcel`);

// Upgraded: the next version works on the same types.
const upgrade = (t, bytes = digest, policy = 0) => {
	const ticket = t.moveCall({ target: '0x2::package::authorize_upgrade', arguments: [t.object(cap), t.pure.u8(policy), t.pure.vector('u8', [...bytes])] });
	const receipt = t.upgrade({ modules, dependencies, package: pkg, ticket });
	t.moveCall({ target: '0x2::package::commit_upgrade', arguments: [t.object(cap), receipt] });
};
const wrong = await fails('another digest', ['command 1'], () => run((t) => upgrade(t, new Uint8Array(32))));
check('it names ours', [wrong.executionError.$kind, wrong.executionError.PackageUpgradeError.digest], ['PackageUpgradeError', toBase58(digest)]);
const upgraded = await ran('upgrade', (t) => upgrade(t));
const next = upgraded.effects.changedObjects.find((o) => o.outputState === 'PackageWrite').objectId;
const versions = await pages(async (pageToken) => {
	const { response } = await client.movePackageService.listPackageVersions({ packageId: pkg, pageSize: 1, ...(pageToken && { pageToken }) });
	return { versions: response.versions, hasNextPage: response.nextPageToken !== undefined, cursor: response.nextPageToken };
});
check('versions', versions.map((p) => p.versions.map((v) => [v.packageId, v.version])), [[[pkg, 1n]], [[next, 2n]]]);
await fails("another package's token", ['INVALID_ARGUMENT', 'page_token'], () => client.movePackageService.listPackageVersions({ packageId: floe, pageToken: versions[0].cursor }));
const { response: { package: second2 } } = await client.movePackageService.getPackage({ packageId: next });
check('second version', [second2.storageId, second2.originalId, second2.version, second2.typeOrigins.every((o) => o.packageId === pkg)], [next, pkg, 2n, true]);
const other2 = await ran('parcel of the second version', create(next));
check('its type', [other2.objectTypes[parcelOf(other2)], other2.events[0].packageId], [`${pkg}::parcel::Parcel`, next]);
const deleted = await ran('old parcel, new code', (t) => t.moveCall({ target: `${next}::parcel::delete`, arguments: [t.object(parcelOf(first))] }));
check('deleted', deleted.effects.changedObjects.find((o) => o.objectId === parcelOf(first)).idOperation, 'Deleted');

// What isn't ours is refused by name.
const foreign = [...code];
foreign[foreign.length - 20] ^= 1;
const message = await fails('other bytecode', ['Go twin'], () => run((t) => t.transferObjects([t.publish({ modules: [foreign], dependencies })], owner)));
check('it names the digest', /digest [0-9a-f]{64}/.test(message.message));
await fails('capability left over', ['without the drop ability'], () => run((t) => t.publish({ modules, dependencies })));
await ran('frozen', (t) => t.moveCall({ target: '0x2::package::make_immutable', arguments: [t.object(cap)] }));
await fails('nothing to upgrade with', [cap], () => run((t) => upgrade(t)));
finish();
