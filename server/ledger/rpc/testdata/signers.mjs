// Every signer of @mysten/sui: they pay, they sponsor each other, their
// signatures come back whole and taken apart, and the server verifies them.
const { PasskeyKeypair } = await import('@mysten/sui/keypairs/passkey');
const { Secp256k1Keypair } = await import('@mysten/sui/keypairs/secp256k1');
const { Secp256r1Keypair } = await import('@mysten/sui/keypairs/secp256r1');
const { MultiSigPublicKey } = await import('@mysten/sui/multisig');
const { verifyPersonalMessageSignature, verifyTransactionSignature } = await import('@mysten/sui/verify');
const { p256 } = await import('@noble/curves/nist.js');
const { sha256 } = await import('@noble/hashes/sha2.js');
const { concatBytes } = await import('@noble/hashes/utils.js');

// An authenticator as browsers have it: DER in, high s as often as low.
class Authenticator {
	#secret = p256.utils.randomSecretKey();
	async create() {
		const spki = concatBytes(fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'), p256.getPublicKey(this.#secret, false));
		return { rawId: new Uint8Array(16), response: { getPublicKey: () => spki } };
	}
	async get(challenge) {
		const clientDataJSON = new TextEncoder().encode(JSON.stringify({ type: 'webauthn.get', challenge: Buffer.from(challenge).toString('base64url'), origin: 'http://localhost:8080', crossOrigin: false }));
		const authenticatorData = concatBytes(sha256(new TextEncoder().encode('localhost')), Uint8Array.of(29, 0, 0, 0, 0));
		return { response: { authenticatorData, clientDataJSON, signature: p256.sign(concatBytes(authenticatorData, sha256(clientDataJSON)), this.#secret, { format: 'der', lowS: false }) } };
	}
}
const ed = new Ed25519Keypair(), k1 = new Secp256k1Keypair(), r1 = new Secp256r1Keypair();
const pass = await PasskeyKeypair.getPasskeyInstance(new Authenticator());
const publicKeys = [[ed, 1], [k1, 1], [r1, 2], [pass, 3]].map(([key, weight]) => ({ publicKey: key.getPublicKey(), weight }));
const group = MultiSigPublicKey.fromPublicKeys({ threshold: 3, publicKeys });
const signers = { ed25519: ed, secp256k1: k1, secp256r1: r1, passkey: pass, 'multisig of keys': group.getSigner(ed, r1), 'multisig by passkey': group.getSigner(pass) };
const schemes = { ed25519: 0, secp256k1: 1, secp256r1: 2, passkey: 6 };

for (const key of new Set(Object.values(signers).map((s) => s.toSuiAddress()))) {
	await ran('funding', (t) => {
		const [a, b] = t.splitCoins(t.gas, [1_000_000_000, 1_000_000_000]);
		t.transferObjects([a, b], key);
	});
}
const signatureOf = async (digest) => (await client.ledgerService.getTransaction({ digest, readMask: { paths: ['signatures'] } })).response.transaction.signatures;
const verify = async (name, value, signature, address) =>
	(await client.signatureVerificationService.verifySignature({ message: { name, value }, signature, address, jwks: [] })).response;
const asBytes = (signature) => ({ bcs: { value: fromBase64(signature) }, signature: { oneofKind: undefined } });
const message = new TextEncoder().encode('Ahoi');
const parts = {};

for (const [name, signer] of Object.entries(signers)) {
	const from = signer.toSuiAddress();
	const tx = built((t) => t.transferObjects([t.splitCoins(t.gas, [7])], friend));
	tx.setSender(from);
	const bytes = await tx.build({ client });
	const { signature } = await signer.signTransaction(bytes);
	const done = (await client.executeTransaction({ transaction: bytes, signatures: [signature], include })).Transaction;
	check(`${name} sends`, [done.status.success, done.transaction.sender, done.signatures], [true, from, [signature]]);
	await verifyTransactionSignature(done.bcs, done.signatures[0], { address: from });
	const [one] = await signatureOf(done.digest);
	parts[name] = one;
	check(`${name}: scheme`, one.scheme, schemes[name] ?? 3);
	check(`${name}: bytes`, [one.bcs.name, toBase64(one.bcs.value)], ['UserSignatureBytes', signature]);
	check(`${name}: sent by the whole`, (await ran(name, (t) => t.transferObjects([t.splitCoins(t.gas, [1])], friend), signer)).transaction.sender, from);

	// Taken apart it is as good as whole, and what it isn't over it doesn't hold for.
	const again = built((t) => t.transferObjects([t.splitCoins(t.gas, [8])], friend));
	again.setSender(from);
	const second = await again.build({ client });
	await fails(`${name} for another transaction`, ['Invalid user signature'], () => client.executeTransaction({ transaction: second, signatures: [signature] }));
	const { response } = await client.transactionExecutionService.executeTransaction({ transaction: { bcs: { value: bytes } }, signatures: [{ signature: one.signature }], readMask: { paths: ['digest'] } });
	check(`${name} taken apart`, response.transaction.digest, done.digest);

	check(`${name} verified`, (await verify('TransactionData', bytes, asBytes(signature), from)).isValid);
	check(`${name} verified, apart`, (await verify('TransactionData', bytes, { signature: one.signature }, undefined)).isValid);
	check(`${name} verified, with its length`, (await verify('TransactionData', bytes, asBytes(toBase64(bcs.byteVector().serialize(fromBase64(signature), { maxSize: 8192 }).toBytes())), from)).isValid);
	const wrong = await verify('TransactionData', second, asBytes(signature), from);
	check(`${name} refused`, [wrong.isValid, wrong.reason.includes('bad signature')], [false, true]);
	const another = await verify('TransactionData', bytes, asBytes(signature), friend);
	check(`${name} of another address`, [another.isValid, another.reason.includes('does not match derived address')], [false, true]);
	const personal = (await signer.signPersonalMessage(message)).signature;
	await verifyPersonalMessageSignature(message, personal, { address: from });
	const said = bcs.byteVector().serialize(message).toBytes();
	check(`${name} verified as a message`, (await verify('PersonalMessage', said, asBytes(personal), from)).isValid);
	check(`${name}: no message`, (await verify('PersonalMessage', said, asBytes(signature), from)).isValid, false);
	check(`${name} by the client`, (await client.core.verifyZkLoginSignature({ intentScope: 'PersonalMessage', bytes: toBase64(message), signature: personal, address: from })).success);
}
check('simple', [parts.secp256k1.signature.simple.publicKey, parts.secp256k1.signature.simple.scheme].map((v) => v.length ?? v), [33, 1]);
check('passkey', [parts.passkey.signature.passkey.authenticatorData.length, JSON.parse(parts.passkey.signature.passkey.clientDataJson).type, parts.passkey.signature.passkey.signature.scheme], [37, 'webauthn.get', 2]);
const multi = parts['multisig of keys'].signature.multisig;
check('multisig', [multi.bitmap, multi.signatures.map((s) => [s.scheme, s.signature.length]), multi.committee.threshold], [5, [[0, 64], [2, 64]], 3]);
check('its members', multi.committee.members.map((m) => [m.publicKey.scheme, toBase64(m.publicKey.publicKey), m.weight]), publicKeys.map(({ publicKey, weight }) => [publicKey.flag(), toBase64(publicKey.toRawBytes()), weight]));
check('a passkey in a multisig', parts['multisig by passkey'].signature.multisig.signatures.map((s) => [s.scheme, s.passkey.signature.scheme]), [[6, 2]]);

// Sponsored, in both orders of the two signatures.
for (const [from, payer] of [[signers['multisig of keys'], me], [me, pass], [k1, signers['multisig by passkey']], [pass, r1]]) {
	for (const turn of [0, 1]) {
		const tx = built((t) => t.transferObjects([t.splitCoins(t.gas, [5])], friend));
		tx.setSender(from.toSuiAddress());
		tx.setGasOwner(payer.toSuiAddress());
		const bytes = await tx.build({ client });
		const signatures = [(await from.signTransaction(bytes)).signature, (await payer.signTransaction(bytes)).signature];
		await fails('sponsored, one signature', ['Expect 2 signer signatures but got 1'], () => client.executeTransaction({ transaction: bytes, signatures: [signatures[turn]] }));
		if (turn) signatures.reverse();
		const done = (await client.executeTransaction({ transaction: bytes, signatures, include })).Transaction;
		check('sponsored', [done.status.success, done.signatures, done.transaction.gasData.owner], [true, signatures, payer.toSuiAddress()]);
		check('the sponsor pays', done.balanceChanges.map((b) => b.address).includes(from.toSuiAddress()), false);
	}
}

// Too few of a group, and what isn't verified here.
const few = built((t) => t.transferObjects([t.splitCoins(t.gas, [1])], friend));
few.setSender(group.toSuiAddress());
const fewBytes = await few.build({ client });
const tooFew = group.combinePartialSignatures([(await ed.signTransaction(fewBytes)).signature]);
await fails('too little weight', ['INVALID_ARGUMENT', 'weight 1 of 3'], () => client.executeTransaction({ transaction: fewBytes, signatures: [tooFew] }));
const zk = toBase64(concatBytes(Uint8Array.of(5), new Uint8Array(300)));
await fails('zkLogin', ['UNIMPLEMENTED', 'zkLogin'], () => client.executeTransaction({ transaction: fewBytes, signatures: [zk] }));
await fails('zkLogin, verified', ['UNIMPLEMENTED', 'zkLogin'], () => verify('TransactionData', fewBytes, asBytes(zk)));
await fails('another message', ['INVALID_ARGUMENT', 'message type'], () => verify('CheckpointSummary', fewBytes, asBytes(tooFew)));
await fails('no transaction', ['INVALID_ARGUMENT', 'TransactionData'], () => verify('TransactionData', message, asBytes(tooFew)));
await fails('no signature', ['INVALID_ARGUMENT', 'signature'], () => verify('TransactionData', fewBytes, undefined));
await fails('garbage', ['INVALID_ARGUMENT', 'signature'], () => verify('TransactionData', fewBytes, asBytes('AAAA')));
finish();
