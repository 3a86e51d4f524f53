// What goes wrong goes wrong as on a full node: refusals before anything is
// executed, with code and words; failures in effects, with gas charged.
const { MultiSigPublicKey } = await import('@mysten/sui/multisig');
const price = 1000n;
const coinsOf = async (address) => (await client.listCoins({ owner: address })).objects;
// bytesOf makes a whole transaction without asking the resolver.
async function bytesOf(f, { signer = me, budget = 50_000_000n, gasPrice = price, payment, expiration = { None: true } } = {}) {
	const t = built(f);
	t.setSender(signer.toSuiAddress());
	t.setGasPrice(gasPrice);
	t.setGasBudget(budget);
	t.setGasPayment((payment ?? await coinsOf(signer.toSuiAddress())).map(({ objectId, version, digest }) => ({ objectId, version, digest })));
	t.setExpiration(expiration);
	return t.build();
}
// rewired is bytesOf with the first argument of the last command replaced.
async function rewired(f, argument) {
	const data = TransactionDataBuilder.fromBytes(await bytesOf(f));
	data.commands.at(-1).TransferObjects.objects[0] = argument;
	return data.build();
}
async function execute(bytes, signers = [me]) {
	const signatures = [];
	for (const s of signers) signatures.push((await s.signTransaction(bytes)).signature);
	return client.executeTransaction({ transaction: bytes, signatures, include });
}
const give = (t, n = 1, from = t.gas) => t.transferObjects([t.splitCoins(from, [n])], t.pure.address(friend));
const refused = (what, words, options, f = give, signers) =>
	fails(what, ['INVALID_ARGUMENT', ...words], async () => execute(await bytesOf(f, options), signers));
// failing executes what fails, and checks that it fails so and is paid for.
async function failing(what, f, want, { bytes, ...options } = {}) {
	const before = BigInt((await client.getBalance({ owner })).balance.balance);
	const done = await execute(bytes ?? await bytesOf(f, options));
	const { status, effects, balanceChanges } = done.FailedTransaction ?? done.Transaction;
	check(`${what}: failed`, status.success, false);
	const { message, ...told } = status.error ?? {};
	check(what, told, want);
	const gas = effects.gasUsed;
	const cost = BigInt(gas.computationCost) + BigInt(gas.storageCost) - BigInt(gas.storageRebate);
	check(`${what}: charged`, [BigInt(gas.computationCost) >= 1000n * price, balanceChanges.map((c) => [c.address, c.amount])], [true, [[owner, String(-cost)]]]);
	check(`${what}: taken`, before - BigInt((await client.getBalance({ owner })).balance.balance), cost);
	check(`${what}: only gas changes`, effects.changedObjects.map((o) => o.objectId).sort(), done.FailedTransaction.transaction.gasData.payment.map((o) => o.objectId).sort());
	check(`${what}: bytes`, [again(bcs.TransactionEffects, effects.bcs), bcs.TransactionEffects.parse(effects.bcs).V2.status.$kind], [true, 'Failure']);
	return message;
}

// Gas.
const gasCoin = (await coinsOf(owner))[0];
await refused('balance below the budget', ['lower than the needed amount: 50000000000'], { budget: 50_000_000_000n, payment: [(await (async () => {
	const done = await ran('a small coin', (t) => t.transferObjects([t.splitCoins(t.gas, [5_000_000])], owner));
	const { objectId } = done.effects.changedObjects.find((o) => o.idOperation === 'Created');
	return (await client.getObject({ objectId })).object;
})())] });
await refused('budget below the least', ['Gas budget: 999999 is lower than min: 1000000'], { budget: 999_999n });
await refused('budget above the most', ['Gas budget: 50000000001 is higher than max: 50000000000'], { budget: 50_000_000_001n });
await refused('price below the reference', ['Gas price 999 under reference gas price (RGP) 1000'], { gasPrice: 999n });
await refused('price above the most', ['Gas price cannot exceed'], { gasPrice: 100_000n });
await refused('no payment', [], { payment: [] });
await failing('budget too low for the storage', (t) => t.transferObjects(Array.from({ length: 20 }, () => t.splitCoins(t.gas, [1])), t.pure.address(friend)),
	{ $kind: 'Unknown', Unknown: null }, { budget: 2_000_000n });
check('its words', (await execute(await bytesOf((t) => t.transferObjects(Array.from({ length: 20 }, () => t.splitCoins(t.gas, [2])), t.pure.address(friend)), { budget: 2_000_000n })))
	.FailedTransaction.status.error.message, 'Insufficient Gas.');

// Objects.
await refused('an old version', [gasCoin.objectId, 'unavailable for consumption'], { payment: [gasCoin] });
const [coin] = await coinsOf(owner);
await refused('a version to come', ['Could not find the referenced object', 'version'], { payment: [{ ...coin, version: '999999' }] });
await refused('a wrong digest', ['Invalid Object digest for object'], { payment: [{ ...coin, digest: toBase58(new Uint8Array(32).fill(3)) }] });
await refused('no such object', ['Could not find the referenced object'], {}, (t) => t.transferObjects([t.object(Inputs.ObjectRef({ ...coin, objectId: '0xabcd' }))], t.pure.address(friend)));
const foreign = (await coinsOf(second.toSuiAddress()))[0];
await refused("another's object", [`is owned by account address ${second.toSuiAddress()}, but given owner/signer address is ${owner}`], {},
	(t) => t.transferObjects([t.object(Inputs.ObjectRef(foreign))], t.pure.address(friend)));
await refused("another's gas", [`is owned by account address ${second.toSuiAddress()}`], { payment: [foreign] });
await refused('an object twice', ['cannot appear more than one in one transaction'], { payment: [coin, coin] });
await refused('gas as input too', ['cannot appear more than one in one transaction'], {}, (t) => t.transferObjects([t.object(Inputs.ObjectRef(coin))], t.pure.address(friend)));
await refused('shared as owned', [], {}, (t) => t.moveCall({ target: `${walrus}::system::epoch`, arguments: [t.object(Inputs.ObjectRef({ ...coin, objectId: system }))] }));
const shared = (version) => (t) => t.moveCall({ target: `${walrus}::system::epoch`, arguments: [t.object(Inputs.SharedObjectRef({ objectId: system, initialSharedVersion: version, mutable: false }))] });
await refused('shared since another version', [], {}, shared('77'));
await refused('an unknown package', ['Dependent package not found on-chain'], {}, (t) => t.moveCall({ target: '0xabcd::a::b' }));

// Signatures.
const bytes = await bytesOf(give);
const mine = (await me.signTransaction(bytes)).signature, others = (await other.signTransaction(bytes)).signature;
for (const [what, words, signatures] of [['none', 'Expect 1 signer signatures but got 0', []], ['one too many', 'Expect 1 signer signatures but got 2', [mine, others]],
	["another's", `Required Signature from ${owner} is absent`, [others]], ['of other bytes', 'Signature is not valid', [(await me.signTransaction(await bytesOf((t) => give(t, 2)))).signature]],
	['of a message', 'Signature is not valid', [(await me.signPersonalMessage(bytes)).signature]], ['cut', 'Invalid user signature', [toBase64(fromBase64(mine).slice(0, 60))]]])
	await fails(`signatures: ${what}`, ['INVALID_ARGUMENT', 'Invalid user signature', words], () => client.executeTransaction({ transaction: bytes, signatures }));
const both = MultiSigPublicKey.fromPublicKeys({ threshold: 2, publicKeys: [{ publicKey: me.getPublicKey(), weight: 1 }, { publicKey: other.getPublicKey(), weight: 1 }] });
await fails('a multisig of somebody else', ['Invalid user signature'], () => client.executeTransaction({ transaction: bytes, signatures: [both.combinePartialSignatures([mine])] }));
await fails('no transaction', ['INVALID_ARGUMENT', 'missing transaction'], () => client.transactionExecutionService.executeTransaction({ signatures: [] }));
await fails('no bytes', ['INVALID_ARGUMENT'], () => client.executeTransaction({ transaction: new Uint8Array([0]), signatures: [mine] }));

// Two transactions of one coin at once: one is executed, the other refused.
const rivals = await Promise.all([3, 4].map((n) => bytesOf((t) => give(t, n))));
const races = await Promise.allSettled(rivals.map((b) => execute(b)));
check('one of two', races.map((r) => r.status).sort(), ['fulfilled', 'rejected']);
const loser = races.find((r) => r.status === 'rejected').reason;
check('the other', [loser.code, /unavailable for consumption/.test(loser.message)], ['INVALID_ARGUMENT', true]);

// Time and size.
const { chainIdentifier } = await client.getChainIdentifier();
const during = { minEpoch: '0', maxEpoch: '1', minTimestamp: null, maxTimestamp: null, chain: chainIdentifier, nonce: 1 };
await refused('expired', ['Transaction Expired'], { expiration: { ValidDuring: { ...during, maxTimestamp: '1000' } } });
await refused('for another chain', ['chain'], { expiration: { ValidDuring: { ...during, chain: toBase58(new Uint8Array(32)) } } });
const filled = (n, size) => (t) => { for (let i = 0; i < n; i++) t.pure(new Uint8Array(size).fill(i)); give(t); };
await refused('too many bytes', ['Size limit exceeded', 'serialized transaction size'], {}, filled(9, 16_000));
await refused('too large an input', ['Size limit exceeded', 'maximum pure argument size'], {}, filled(1, 16_385));
await refused('too many commands', ['Size limit exceeded', 'maximum commands'], {}, (t) => { for (let i = 0; i < 1025; i++) t.splitCoins(t.gas, [1]); });
await refused('a command without arguments', ['no arguments'], {}, (t) => t.transferObjects([], t.pure.address(friend)));

// Failures when it runs: aborts with their location, then arguments and types.
const create = (t, statement) => t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', statement)] });
const functions = (await client.movePackageService.getPackage({ packageId: floe })).response.package.modules[0].functions;
check('words of an abort', await failing('abort', (t) => { give(t); t.moveCall({ target: `${floe}::parcel::keep`, arguments: [create(t, [9])] }); }, { $kind: 'MoveAbort', command: 2, MoveAbort: {
	abortCode: '1', location: { package: floe, module: 'parcel', function: functions.findIndex((f) => f.name === 'check'), instruction: 0, functionName: 'check' } } }).then((m) => m.split(' (instruction')[0]),
`MoveAbort in 3rd command, abort code: 1, in '${floe}::parcel::check'`);
await failing('not enough to split', (t) => give(t, 2n ** 60n), { $kind: 'Unknown', command: 0, Unknown: null });
const argument = (n, name) => ({ $kind: 'CommandArgumentError', command: n, CommandArgumentError: { argument: 0, name } });
const now = async () => ({ payment: [(await coinsOf(owner))[0]] });
await failing('an unknown function', (t) => t.moveCall({ target: `${floe}::parcel::nothing` }), { $kind: 'Unknown', command: 0, Unknown: null }, await now());
await failing('too few arguments', (t) => { t.splitCoins(t.gas, [1]); t.moveCall({ target: `${floe}::parcel::create` }); }, { $kind: 'Unknown', command: 1, Unknown: null }, await now());
await failing('a number for a vector', (t) => t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.u64(5)] }), argument(0, 'InvalidBcsBytes'), await now());
await failing('a coin for a parcel', (t) => t.moveCall({ target: `${floe}::parcel::delete`, arguments: [t.gas] }), argument(0, 'TypeMismatch'), await now());
await failing('a result that is not there', give, argument(1, 'IndexOutOfBounds'), { bytes: await rewired(give, { $kind: 'Result', Result: 7 }) });
await failing('a part that is not there', give, argument(1, 'SecondaryIndexOutOfBounds'), { bytes: await rewired(give, { $kind: 'NestedResult', NestedResult: [0, 5] }) });
await failing('a value used twice', (t) => { const [c] = t.splitCoins(t.gas, [1]); t.transferObjects([c], friend); t.transferObjects([c], friend); }, argument(2, 'ArgumentWithoutValue'), await now());
await failing('a type too many', (t) => t.moveCall({ target: '0x2::coin::zero', typeArguments: [SUI, SUI] }), { $kind: 'Unknown', command: 0, Unknown: null }, await now());
await failing('a private function', (t) => t.moveCall({ target: `${floe}::parcel::check` }), { $kind: 'Unknown', command: 0, Unknown: null }, await now());
await failing('a value that is left', (t) => t.splitCoins(t.gas, [1]), { $kind: 'IndexError', IndexError: { index: 0, subresult: 0 } }, await now());
finish();
