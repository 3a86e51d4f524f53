// Coins and balances: listing, paging, splitting, merging, transferring.
const before = BigInt((await client.getBalance({ owner })).balance.balance);
check('balance', before > 0n);
const coins = await client.listCoins({ owner, coinType: '0x2::sui::SUI' });
check('sum of coins', coins.objects.reduce((s, c) => s + BigInt(c.balance), 0n), before);
check('last page', [coins.hasNextPage, coins.cursor], [false, null]);
check('coins are told whole', coins.objects.every((c) => c.type === `${normalizeSuiAddress('0x2')}::coin::Coin<${SUI}>` && c.owner.AddressOwner === owner && c.digest && c.version));

// Both kinds of coins; what isn't there is 0, not an error.
const wals = (await client.getBalance({ owner, coinType: WAL })).balance;
check('coin balance', [wals.coinBalance === wals.balance, BigInt(wals.balance) > 0n, wals.addressBalance, wals.coinType], [true, true, '0', WAL]);
check('WAL coins', (await client.listCoins({ owner, coinType: WAL })).objects.reduce((s, c) => s + BigInt(c.balance), 0n), BigInt(wals.balance));
check('balances', (await client.listBalances({ owner })).balances.map((b) => [b.coinType, b.balance, b.coinBalance, b.addressBalance]).sort(),
	[[SUI, before, before, '0'], [WAL, wals.balance, wals.balance, '0']].sort());
const nobody = new Ed25519Keypair().toSuiAddress();
check('nobody has nothing', [(await client.getBalance({ owner: nobody })).balance.balance, (await client.listBalances({ owner: nobody })).balances,
	(await client.listCoins({ owner: nobody })).objects], ['0', [], []]);
check('an unknown coin', (await client.getBalance({ owner, coinType: '0x5::none::NONE' })).balance.balance, '0');
await fails('a malformed type', ['INVALID_ARGUMENT', 'coin_type'], () => client.getBalance({ owner, coinType: 'SUI' }));
await fails('a malformed owner', ['INVALID_ARGUMENT', 'owner'], () => client.getBalance({ owner: 'me' }));

// Balances in pages.
const balancePages = await pages((cursor) => client.listBalances({ owner, limit: 1, cursor }));
check('pages of balances', balancePages.map((p) => p.balances.length), [1, 1]);
check('pages together', balancePages.flatMap((p) => p.balances.map((b) => b.coinType)).sort(), [SUI, WAL].sort());
await fails("another owner's token", ['INVALID_ARGUMENT', 'page_token'], () => client.listBalances({ owner: nobody, cursor: balancePages[0].cursor }));
await fails('a cut token', ['INVALID_ARGUMENT', 'page_token'], () => client.listBalances({ owner, cursor: toBase64(fromBase64(balancePages[0].cursor).slice(0, 33)) }));

// Split, and list in pages of every size.
await ran('split', (tx) => {
	const ones = tx.splitCoins(tx.gas, Array(23).fill(1));
	tx.transferObjects(Array.from({ length: 23 }, (_, i) => ones[i]), owner);
});
for (const limit of [1, 5, 24, 50]) {
	const all = await pages((cursor) => client.listCoins({ owner, limit, cursor }));
	const ids = all.flatMap((p) => p.objects.map((o) => o.objectId));
	check(`pages of ${limit}`, [new Set(ids).size, ids.length, all.every((p) => p.objects.length <= limit)], [24, 24, true]);
}
const first = await client.listCoins({ owner, limit: 2 });
await fails("another owner's token", ['INVALID_ARGUMENT', 'page_token'], () => client.listCoins({ owner: nobody, limit: 2, cursor: first.cursor }));
await fails("another type's token", ['INVALID_ARGUMENT', 'page_token'], () => client.listCoins({ owner, coinType: WAL, limit: 2, cursor: first.cursor }));
await fails('no token at all', ['INVALID_ARGUMENT', 'page_token'], () => client.listCoins({ owner, cursor: toBase64(new Uint8Array(5)) }));
await fails('an empty token', ['INVALID_ARGUMENT', 'page_token'], () => client.stateService.listOwnedObjects({ owner, pageToken: new Uint8Array() }));

// Merge, split what isn't gas, transfer whole and in parts.
const small = (await client.listCoins({ owner })).objects.filter((c) => c.balance === '1').map((c) => c.objectId);
const merged = await ran('merge', (tx) => tx.mergeCoins(tx.object(small[0]), small.slice(1).map((id) => tx.object(id))));
check('merged coins are gone', merged.effects.changedObjects.filter((o) => o.idOperation === 'Deleted').map((o) => o.objectId).sort(), small.slice(1).sort());
check('sum', (await client.listCoins({ owner })).objects.find((c) => c.objectId === small[0]).balance, '23');
const parts = await ran('transfer of parts', (tx) => {
	const [a, b] = tx.splitCoins(tx.object(small[0]), [10, 12]);
	tx.transferObjects([a], friend);
	tx.transferObjects([b, tx.object(small[0])], nobody);
});
check('where it went', [(await client.getBalance({ owner: friend })).balance.balance, (await client.getBalance({ owner: nobody })).balance.balance], ['10', '13']);
const changes = Object.fromEntries(parts.balanceChanges.map((c) => [c.address, BigInt(c.amount)]));
const gas = parts.effects.gasUsed;
check('balance changes', [changes[friend], changes[nobody], changes[owner]], [10n, 13n,
	-23n - BigInt(gas.computationCost) - BigInt(gas.storageCost) + BigInt(gas.storageRebate)]);
check('all types are coins', [...new Set(parts.balanceChanges.map((c) => c.coinType))], [SUI]);
const [wholeWal] = (await client.listCoins({ owner, coinType: WAL })).objects;
const walGift = await ran('transfer of WAL', (tx) => tx.transferObjects([tx.splitCoins(tx.object(wholeWal.objectId), [77])], friend));
check('change of WAL', walGift.balanceChanges.filter((c) => c.coinType === WAL).map((c) => [c.address, c.amount]).sort(), [[friend, '77'], [owner, '-77']].sort());

// Metadata: of coins that have it, null of all others.
const metadata = (await client.getCoinMetadata({ coinType: WAL })).coinMetadata;
check('metadata', [metadata.decimals, metadata.symbol, metadata.name], [9, 'WAL', 'WAL Token']);
check('metadata of SUI', (await client.getCoinMetadata({ coinType: '0x2::sui::SUI' })).coinMetadata.decimals, 9);
for (const coinType of [`${floe}::parcel::Parcel`, '0x5::none::NONE', '0x2::clock::Clock'])
	check(`no metadata of ${coinType}`, (await client.getCoinMetadata({ coinType })).coinMetadata, null);
await fails('as the service says it', ['NOT_FOUND', 'Coin type', 'not found'], () => client.stateService.getCoinInfo({ coinType: '0x2::clock::Clock' }));
await fails('a type is required', ['INVALID_ARGUMENT', 'missing coin_type'], () => client.stateService.getCoinInfo({}));
finish();
