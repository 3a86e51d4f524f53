// How it travels: gRPC-Web as text, which is what the client sends unasked, and
// binary; unary and streamed, failed, cut off by the caller; and what a browser
// asks before it lets a page call.
const { SuiGrpcClient: Client } = await import('@mysten/sui/grpc');
const statement = [1, ...Array(14).fill(0)];
await ran('a parcel', (t) => t.moveCall({ target: `${floe}::parcel::keep`, arguments: [
	t.moveCall({ target: `${floe}::parcel::create`, arguments: [t.pure.vector('u8', statement)] })] }));
for (const format of [undefined, 'text', 'binary']) {
	let asked;
	const told = {};
	const c = new Client({ network: 'localnet', baseUrl: url, ...(format && { format }), fetch: async (to, init) => {
		asked = new Headers(init.headers);
		const res = await fetch(to, init);
		Object.assign(told, { type: res.headers.get('content-type'), exposed: res.headers.get('access-control-expose-headers'), origin: res.headers.get('access-control-allow-origin'), status: res.status });
		return res;
	} });
	const kind = format === 'binary' ? 'application/grpc-web+proto' : 'application/grpc-web-text';
	check(`${format}: unary`, (await c.getBalance({ owner })).balance.balance, (await client.getBalance({ owner })).balance.balance);
	check(`${format}: sent as`, [asked.get('content-type'), asked.get('x-grpc-web'), asked.has('x-sui-client-protocol-version')], [kind, '1', true]);
	check(`${format}: answered as`, [told.type.startsWith(kind), told.status, told.origin, /grpc-status.*grpc-message.*x-sui-chain-id/.test(told.exposed)], [true, 200, '*', true]);
	check(`${format}: streamed`, (await c.listEvents({ filter: { sender: owner } })).events.length, 1);
	const failure = await fails(`${format}: failed`, ['NOT_FOUND', `Object 0x${'ab'.repeat(32)} not found`], () => c.ledgerService.getObject({ objectId: '0x' + 'ab'.repeat(32) }));
	check(`${format}: where the node stands`, [failure.meta['x-sui-chain-id'], failure.meta['x-sui-epoch'], failure.meta['x-sui-lowest-available-checkpoint'], Number(failure.meta['x-sui-checkpoint-height']) > 0],
		[(await client.getChainIdentifier()).chainIdentifier, '0', '0', true]);
	check(`${format}: where it failed`, [failure.methodName, failure.serviceName], ['GetObject', 'sui.rpc.v2.LedgerService']);
	await fails(`${format}: words beyond ASCII`, ['INVALID_ARGUMENT', 'invalid read_mask path: größe %'], () => c.ledgerService.getObject({ objectId: system, readMask: { paths: ['größe %'] } }));
	await fails(`${format}: a stream that fails`, ['INVALID_ARGUMENT', 'nothing'], async () => {
		for await (const _ of c.ledgerService.listEvents({ readMask: { paths: ['nothing'] } }).responses);
	});
	const stop = new AbortController();
	const live = c.subscriptionService.subscribeCheckpoints({}, { abort: stop.signal }).responses[Symbol.asyncIterator]();
	check(`${format}: live`, (await live.next()).value.cursor > 0n);
	setTimeout(() => stop.abort(), 20);
	await fails(`${format}: cut off`, ['CANCELLED'], () => live.next());
	await fails(`${format}: too late`, ['DEADLINE_EXCEEDED'], async () => {
		for await (const _ of c.subscriptionService.subscribeCheckpoints({}, { timeout: 300 }).responses);
	});
	const big = await c.ledgerService.getCheckpoint({ checkpointId: { oneofKind: 'sequenceNumber', sequenceNumber: 0n }, readMask: { paths: ['*'] } });
	check(`${format}: a long answer`, big.response.checkpoint.objects.objects.length > 20);
	await fails(`${format}: too long a question`, ['RESOURCE_EXHAUSTED'], () => c.executeTransaction({ transaction: new Uint8Array(5 << 20), signatures: [] }));
}

// A browser's preflight, from any origin, for just these headers.
const headers = 'content-type,x-grpc-web,x-sui-client-protocol-version,grpc-timeout';
const res = await fetch(`${url}/sui.rpc.v2.LedgerService/GetServiceInfo`, { method: 'OPTIONS',
	headers: { Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': headers } });
check('preflight', [res.status, res.headers.get('access-control-allow-origin'), res.headers.get('access-control-allow-methods'), res.headers.get('access-control-allow-headers')], [204, '*', 'POST', headers]);
finish();
