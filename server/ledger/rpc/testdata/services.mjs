// The services one by one: what is told of the network and its packages, and
// what isn't served, which says so by name.
const { ledgerService, movePackageService, nameService, forkingService, signatureVerificationService } = client;
const { response: info } = await ledgerService.getServiceInfo({});
check('service info', [info.chainId, info.chain, info.server, info.epoch, info.lowestAvailableCheckpoint], [(await client.getChainIdentifier()).chainIdentifier, 'local', 'floe/test', 0n, 0n]);
check('chain', [fromBase58(info.chainId).length, (await client.core.getChainIdentifier()).chainIdentifier], [32, info.chainId]);

// Checkpoints: by number, by digest, the latest; the first names the chain.
const all = { readMask: { paths: ['*'] } };
const checkpoint = async (id, more = {}) => (await ledgerService.getCheckpoint({ checkpointId: id, ...more })).response.checkpoint;
const byNumber = (n) => ({ oneofKind: 'sequenceNumber', sequenceNumber: n });
const genesis = await checkpoint(byNumber(0n), all);
check('the first', [genesis.digest, genesis.sequenceNumber, genesis.summary.previousDigest], [info.chainId, 0n, undefined]);
const latest = await checkpoint({ oneofKind: undefined }, all);
check('the last', latest.sequenceNumber >= info.checkpointHeight);
check('by digest', (await checkpoint({ oneofKind: 'digest', digest: latest.digest })).sequenceNumber, latest.sequenceNumber);
check('what is told unasked', await checkpoint(byNumber(1n)).then((c) => [c.sequenceNumber, !!c.digest, c.summary, c.contents, c.transactions]), [1n, true, undefined, undefined, []]);
check('chained', latest.summary.previousDigest, (await checkpoint(byNumber(latest.sequenceNumber - 1n))).digest);
await fails('one to come', ['NOT_FOUND', 'Checkpoint 999999 not found'], () => checkpoint(byNumber(999999n)));
await fails('an unknown digest', ['NOT_FOUND'], () => checkpoint({ oneofKind: 'digest', digest: toBase58(new Uint8Array(32)) }));
await fails('a malformed digest', ['INVALID_ARGUMENT', 'digest'], () => checkpoint({ oneofKind: 'digest', digest: 'x' }));

// Epochs.
const { response: { epoch } } = await ledgerService.getEpoch(all);
check('epoch', [epoch.epoch, epoch.firstCheckpoint, epoch.lastCheckpoint, epoch.end, epoch.systemState.epoch], [0n, 0n, undefined, undefined, 0n]);
check('by number', (await ledgerService.getEpoch({ epoch: 0n, ...all })).response.epoch.start, epoch.start);
await fails('an epoch to come', ['NOT_FOUND', 'Epoch 9'], () => ledgerService.getEpoch({ epoch: 9n }));
const { systemState } = await client.getCurrentSystemState();
check('system state', [systemState.referenceGasPrice, systemState.epoch, systemState.safeMode], [(await client.getReferenceGasPrice()).referenceGasPrice, '0', false]);
check('its times', [Number(systemState.epochStartTimestampMs) === Number(epoch.start.seconds) * 1000, Number(systemState.parameters.epochDurationMs) > 0], [true, true]);
const { protocolConfig } = await client.getProtocolConfig();
check('protocol', [protocolConfig.protocolVersion, protocolConfig.attributes.max_tx_size_bytes, protocolConfig.attributes.max_tx_gas, protocolConfig.attributes.max_arguments],
	[systemState.protocolVersion, '131072', '50000000000', '512']);

// Packages.
const { response: { package: pkg } } = await movePackageService.getPackage({ packageId: floe });
const parcel = pkg.modules.find((m) => m.name === 'parcel');
check('package', [pkg.storageId, pkg.originalId, parcel.datatypes.some((d) => d.name === 'Parcel')], [floe, floe, true]);
for (const f of parcel.functions) {
	const { response } = await movePackageService.getFunction({ packageId: floe, moduleName: 'parcel', name: f.name });
	check(`function ${f.name}`, text(response.function), text(f));
}
for (const d of parcel.datatypes)
	check(`type ${d.name}`, text((await movePackageService.getDatatype({ packageId: floe, moduleName: 'parcel', name: d.name })).response.datatype), text(d));
check('versions', (await movePackageService.listPackageVersions({ packageId: floe })).response.versions.map((v) => [v.packageId, v.version]), [[floe, pkg.version]]);
const { function: fn } = await client.core.getMoveFunction({ packageId: floe, moduleName: 'parcel', name: 'put_grant' });
check('signature', [fn.visibility, fn.isEntry, fn.parameters.map((p) => [p.reference, p.body.$kind])],
	['public', false, [['mutable', 'datatype'], [null, 'vector'], [null, 'vector']]]);
const { function: generic } = await client.getMoveFunction({ packageId: '0x2', moduleName: 'coin', name: 'split' });
check('generics', [generic.typeParameters.length, generic.parameters[0].body.datatype.typeName, generic.parameters[0].body.datatype.typeParameters, generic.parameters.at(-1).body.datatype.typeName],
	[1, `${normalizeSuiAddress('0x2')}::coin::Coin`, [{ $kind: 'typeParameter', index: 0 }], `${normalizeSuiAddress('0x2')}::tx_context::TxContext`]);
const named = (packageId, moduleName, name) => ({ packageId, moduleName, name });
for (const [what, words, f] of [
	['no package', ['NOT_FOUND'], () => movePackageService.getPackage({ packageId: '0xabc' })],
	['no module', ['NOT_FOUND', 'nothing'], () => movePackageService.getFunction(named(floe, 'nothing', 'create'))],
	['no function', ['NOT_FOUND', 'nothing'], () => client.getMoveFunction(named(floe, 'parcel', 'nothing'))],
	['no type', ['NOT_FOUND', 'Nothing'], () => movePackageService.getDatatype(named(floe, 'parcel', 'Nothing'))],
	['a malformed package', ['INVALID_ARGUMENT', 'package_id'], () => movePackageService.getPackage({ packageId: 'floe' })],
	['no name', ['INVALID_ARGUMENT', 'missing name'], () => movePackageService.getDatatype({ packageId: floe, moduleName: 'parcel' })],
	['no versions', ['NOT_FOUND'], () => movePackageService.listPackageVersions({ packageId: '0xabc' })],
]) await fails(what, words, f);

// Names: neither those of people nor those of packages are kept here.
await fails('a name', ['UNIMPLEMENTED', 'sui.rpc.v2.NameService/LookupName'], () => client.resolveNameServiceAddress({ name: 'a.sui' }));
await fails('the name of an address', ['UNIMPLEMENTED', 'sui.rpc.v2.NameService/ReverseLookupName'], () => client.defaultNameServiceName({ address: owner }));
await fails('as the service says it', ['UNIMPLEMENTED'], () => nameService.lookupName({ name: 'a.sui' }));
await fails('a package by name', ['MVR Api URL is not set'], () => client.core.mvr.resolvePackage({ package: '@floe/parcel' }));
await fails('a type by name', ['MVR Api URL is not set'], () => client.core.mvr.resolveType({ type: '@floe/parcel::parcel::Parcel' }));
check('what is no name', [(await client.core.mvr.resolvePackage({ package: floe })).package, (await client.mvr.resolveType({ type: SUI })).type], [floe, SUI]);
const { SuiGrpcClient: Client } = await import('@mysten/sui/grpc');
const told = new Client({ network: 'localnet', baseUrl: url, mvr: { overrides: { packages: { '@floe/parcel': floe }, types: { '@floe/parcel::parcel::Parcel': `${floe}::parcel::Parcel` } } } });
check('names that the client knows', [(await told.getMoveFunction(named('@floe/parcel', 'parcel', 'create'))).function.name,
	(await told.listOwnedObjects({ owner, type: '@floe/parcel::parcel::Parcel' })).objects], ['create', []]);

// Forks of Sui are no part of this.
for (const [name, f] of Object.entries({ AdvanceClock: () => forkingService.advanceClock({}), AdvanceCheckpoint: () => forkingService.advanceCheckpoint({}), GetStatus: () => forkingService.getStatus({}) }))
	await fails(name, ['UNIMPLEMENTED', `sui.forking.v1alpha.ForkingService/${name}`], f);

// Signatures are verified, except those of zkLogin.
const bytes = await (async () => {
	const t = built((x) => x.transferObjects([x.splitCoins(x.gas, [1])], friend));
	t.setSender(owner);
	return t.build({ client });
})();
const message = new TextEncoder().encode('words');
const signed = (await me.signTransaction(bytes)).signature, personal = (await me.signPersonalMessage(message)).signature;
const verify = (name, value, signature, address = owner) => signatureVerificationService.verifySignature({
	message: { name, value }, signature: { bcs: { value: fromBase64(signature) }, signature: { oneofKind: undefined } }, address, jwks: [] }).then(({ response }) => [response.isValid, response.reason === undefined]);
check('a transaction', await verify('TransactionData', bytes, signed), [true, true]);
check("another's", await verify('TransactionData', bytes, signed, friend), [false, false]);
check('other bytes', await verify('TransactionData', bytes.map((b, i) => (i === 40 ? b ^ 1 : b)), signed).catch((e) => [e.code]).then((r) => r[0] !== true));
check('a message', await verify('PersonalMessage', bcs.byteVector().serialize(message).toBytes(), personal), [true, true]);
check('a message as the client asks', (await client.verifyZkLoginSignature({ bytes: toBase64(message), signature: personal, intentScope: 'PersonalMessage', address: owner })).success);
await fails('zkLogin', ['UNIMPLEMENTED', 'zkLogin'], () => client.verifyZkLoginSignature({ bytes: toBase64(bytes), signature: toBase64(new Uint8Array([5, ...Array(200).fill(1)])), intentScope: 'TransactionData', address: owner }));
finish();
