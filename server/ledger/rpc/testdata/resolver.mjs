// SimulateTransaction: as a dry run, and as what fills in transactions.
const { coinWithBalance } = await import('@mysten/sui/transactions');
const simulated = async (f, options = {}) => {
	const tx = built(f);
	tx.setSenderIfNotSet(owner);
	return client.simulateTransaction({ transaction: tx, include: { commandResults: true, ...include }, ...options });
};
const [coin] = (await client.listCoins({ owner })).objects;

// Results of commands, and effects that never come to be.
const valued = await simulated((t) => t.moveCall({ target: '0x2::coin::value', typeArguments: [SUI], arguments: [t.object(coin.objectId)] }));
check('a value', toHex(valued.commandResults[0].returnValues[0].bcs), toHex(bcs.u64().serialize(coin.balance).toBytes()));
const joined = await simulated((t) => {
	const [a, b] = t.splitCoins(t.gas, [5, 6]);
	t.mergeCoins(a, [b]);
	t.transferObjects([a], friend);
});
check('results', [joined.commandResults.length, joined.commandResults[0].returnValues.length, joined.commandResults[1].mutatedReferences.length], [3, 2, 1]);
check('simulated effects', [joined.Transaction.status.success, again(bcs.TransactionEffects, joined.Transaction.effects.bcs), joined.Transaction.checkpoint], [true, true, null]);
check('simulated changes', joined.Transaction.balanceChanges.find((c) => c.address === friend).amount, '11');
check('nothing happened', (await client.getBalance({ owner: friend })).balance.balance, '0');
const bytes = await (async () => {
	const t = built((x) => x.transferObjects([x.splitCoins(x.gas, [5])], friend));
	t.setSender(owner);
	return t.build({ client });
})();
const whole = await client.simulateTransaction({ transaction: bytes, include });
check('bytes as they are', [whole.Transaction.digest, toBase64(whole.Transaction.bcs)], [undefined, toBase64(bytes)]);
const failed = await simulated((t) => t.splitCoins(t.object(coin.objectId), [2n ** 63n]), {});
check('a failure is told', [failed.$kind, failed.FailedTransaction.status.success], ['FailedTransaction', false]);

// Without checks: no sender's coins, functions that aren't public, results still.
const foreign = await simulated((t) => {
	t.setSender(friend);
	t.moveCall({ target: '0x2::coin::value', typeArguments: [SUI], arguments: [t.object(coin.objectId)] });
}, { checksEnabled: false });
check("another's coin", toHex(foreign.commandResults[0].returnValues[0].bcs), toHex(bcs.u64().serialize(coin.balance).toBytes()));
await fails('not with checks', ['INVALID_ARGUMENT', `is owned by account address ${owner}`], () => simulated((t) => {
	t.setSender(second.toSuiAddress());
	t.moveCall({ target: '0x2::coin::value', typeArguments: [SUI], arguments: [t.object(coin.objectId)] });
}));
const kindOnly = built((t) => t.moveCall({ target: `${walrus}::system::epoch`, arguments: [t.object(system)] }));
const kind = bcs.TransactionKind.parse(await kindOnly.build({ client, onlyTransactionKind: true }));
check('kind only', [kind.ProgrammableTransaction.inputs[0].Object.SharedObject.mutable, kind.ProgrammableTransaction.commands.length], [false, 1]);

// What inputs become: shared ones are mutable if any command needs it.
const inputs = async (f) => {
	const t = built(f);
	t.setSender(owner);
	await t.prepareForSerialization({ client });
	await t.build({ client });
	return t.getData();
};
const epochOf = (t, s) => t.moveCall({ target: `${walrus}::system::epoch`, arguments: [s] });
const read = await inputs((t) => epochOf(t, t.object(system)));
check('read', [read.inputs[0].Object.SharedObject.mutable, read.inputs[0].Object.SharedObject.initialSharedVersion !== '0'], [false, true]);
const reserved = await inputs((t) => {
	const s = t.object(system);
	epochOf(t, s);
	const pay = coinWithBalance({ type: WAL, balance: 10_000_000_000 })(t);
	t.transferObjects([t.moveCall({ target: `${walrus}::system::reserve_space`, arguments: [s, t.pure.u64(1 << 20), t.pure.u32(1), pay] }), pay], owner);
	t.transferObjects([coinWithBalance({ balance: 7 })(t)], friend);
});
check('read and changed', reserved.inputs.find((i) => i.Object?.SharedObject).Object.SharedObject.mutable);
check('clock', (await inputs((t) => t.moveCall({ target: '0x2::clock::timestamp_ms', arguments: [t.object.clock()] }))).inputs[0].Object.SharedObject.mutable, false);
const mixed = await inputs((t) => t.transferObjects([t.object(coin.objectId)], friend)).catch((e) => e);
check('the only coin is no gas', /insufficient SUI balance/.test(mixed.message));
await fails('a missing object', ['Object 0x00000000000000000000000000000000000000000000000000000000000abcde not found'], () => inputs((t) => t.transferObjects([t.object('0xabcde')], friend)));
await fails('receiving the only coin', ['insufficient SUI balance'], () => inputs((t) => t.transferObjects([t.object(Inputs.ReceivingRef(coin))], friend)));
await fails('an unknown function', ['unable to find function'], () => inputs((t) => t.moveCall({ target: `${floe}::parcel::nothing`, arguments: [t.object(system)] })));
await fails('an unknown package', ['Object 0x00000000000000000000000000000000000000000000000000000000000abcde not found'], () => inputs((t) => t.moveCall({ target: '0xabcde::a::b', arguments: [t.object(system)] })));
await fails('an object for a package', ['is not a package'], () => inputs((t) => t.moveCall({ target: `${coin.objectId}::a::b`, arguments: [t.object(system)] })));
await fails('too many arguments', ['invalid input parameter'], () => inputs((t) => t.moveCall({ target: `${walrus}::system::epoch`, arguments: [t.object(system), t.object(system)] })));

// Several coins, by intents: merged, used up exactly, and out of the gas.
await ran('several coins', (t) => t.transferObjects([1, 2, 3].map((n) => t.splitCoins(t.gas, [n * 1000])), owner));
const [walCoin] = (await client.listCoins({ owner, coinType: WAL })).objects;
await ran('several WAL', (t) => t.transferObjects([t.splitCoins(t.object(walCoin.objectId), [500]), t.splitCoins(t.object(walCoin.objectId), [600])], owner));
const total = BigInt((await client.getBalance({ owner, coinType: WAL })).balance.balance);
const part = await ran('coinWithBalance', (t) => t.transferObjects([coinWithBalance({ type: WAL, balance: total - 1n })(t), coinWithBalance({ balance: 9 })(t)], friend));
check('what it took', part.balanceChanges.filter((c) => c.address === friend).map((c) => c.amount).sort(), ['9', String(total - 1n)].sort());
await ran('to the last', (t) => t.transferObjects([coinWithBalance({ type: WAL, balance: 1 })(t)], friend));
check('none is left', (await client.listCoins({ owner, coinType: WAL })).objects, []);
await fails('more than there is', ['Insufficient balance'], () => run((t) => t.transferObjects([coinWithBalance({ type: WAL, balance: 1 })(t)], friend)));
await ran('nothing at all', (t) => t.transferObjects([coinWithBalance({ type: WAL, balance: 0 })(t)], friend));
await ran('not of the gas', (t) => t.transferObjects([coinWithBalance({ balance: 1500, useGasCoin: false })(t)], friend), second)
	.catch((e) => check('one coin is not enough for both', /insufficient SUI balance/.test(e.message)));
await fails('balances of addresses', ['UNIMPLEMENTED', 'send_funds'], async () => {
	const t = built((x) => x.moveCall({ target: '0x2::balance::send_funds', typeArguments: [SUI], arguments: [x.balance({ balance: 5 }), x.pure.address(friend)] }));
	t.setSender(owner);
	await client.simulateTransaction({ transaction: t });
});

// Gas: budget and payment are picked, from several coins, or as they are given.
await ran('coins to pay with', (t) => t.transferObjects([4, 5].map((n) => t.splitCoins(t.gas, [n * 100_000_000])), owner));
const coins = (await client.listCoins({ owner })).objects;
const picked = await inputs((t) => t.transferObjects([t.splitCoins(t.gas, [1])], friend));
check('all coins pay', [picked.gasData.payment.length, picked.gasData.owner, Number(picked.gasData.budget) > 1_000_000, picked.gasData.price], [coins.length, owner, true, '1000']);
const used = await inputs((t) => t.transferObjects([t.object(coins[1].objectId)], friend));
check('but those in use', used.gasData.payment.map((p) => p.objectId).includes(coins[1].objectId), false);
const given = await inputs((t) => { t.setGasBudget(7_000_000); t.setGasPrice(1001); t.transferObjects([t.splitCoins(t.gas, [1])], friend); });
check('a budget that is given', [given.gasData.budget, given.gasData.price], ['7000000', '1001']);
const chosen = coins.toSorted((a, b) => Number(BigInt(b.balance) - BigInt(a.balance)))[0];
const one = await inputs((t) => { t.setGasPayment([chosen]); t.transferObjects([t.splitCoins(t.gas, [1])], friend); });
check('a payment that is given', one.gasData.payment.map((p) => p.objectId), [chosen.objectId]);
await fails('no gas', ['insufficient SUI balance'], async () => {
	const t = built((x) => x.transferObjects([x.splitCoins(x.gas, [1])], friend));
	t.setSender(new Ed25519Keypair().toSuiAddress());
	await t.build({ client });
});

// Expirations go through the resolver and back.
const { systemState } = await client.getCurrentSystemState();
const { chainIdentifier } = await client.getChainIdentifier();
const during = { minEpoch: systemState.epoch, maxEpoch: String(BigInt(systemState.epoch) + 1n), minTimestamp: null, maxTimestamp: null, chain: chainIdentifier, nonce: 42 };
for (const expiration of [{ None: true }, { Epoch: Number(systemState.epoch) + 2 }, { ValidDuring: during }]) {
	const done = await ran(`expiration ${Object.keys(expiration)[0]}`, (t) => { t.setExpiration(expiration); t.transferObjects([t.splitCoins(t.gas, [1])], friend); });
	const [name] = Object.keys(expiration);
	check('the same expiration', name === 'None' ? done.transaction.expiration.$kind : text(done.transaction.expiration[name]), name === 'None' ? 'None' : text(name === 'Epoch' ? String(expiration.Epoch) : during));
}
for (const [what, words, change] of [['too late', 'Transaction Expired', { maxTimestamp: '1000' }], ['too early', 'Transaction Expired', { minEpoch: '90', maxEpoch: '91' }],
	['of another chain', 'chain', { chain: toBase58(new Uint8Array(32).fill(9)) }]])
	await fails(what, [words], () => run((t) => { t.setExpiration({ ValidDuring: { ...during, ...change } }); t.transferObjects([t.splitCoins(t.gas, [1])], friend); }));
finish();
