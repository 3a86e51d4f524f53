// Writes signatures.json with @mysten/sui: signatures of every scheme that it
// signs with over one transaction and one personal message, and such as must be
// refused. Deterministic. Run with .ci as working directory:
//   cd .ci && node --input-type=module - < ../codec/suitx/testdata/signatures.mjs > ../codec/suitx/testdata/signatures.json
import { bcs } from '@mysten/sui/bcs';
import { messageWithIntent } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { PasskeyKeypair } from '@mysten/sui/keypairs/passkey';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { MultiSigPublicKey } from '@mysten/sui/multisig';
import { verifyTransactionSignature } from '@mysten/sui/verify';
import { toZkLoginPublicIdentifier } from '@mysten/sui/zklogin';
import { fromBase64, toBase64, toHex } from '@mysten/bcs';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

const secret = (n) => new Uint8Array(32).fill(n);
const address = (n) => '0x' + n.toString(16).padStart(2, '0').repeat(32);
const message = new TextEncoder().encode('Grüße aus der Flasche');
const withBudget = (budget) => bcs.TransactionData.serialize({ V1: {
	kind: { ProgrammableTransaction: { inputs: [], commands: [] } }, sender: address(1), expiration: { None: true },
	gasData: { payment: [], owner: address(2), price: '1000', budget: String(budget) } } }).toBytes();
const digestOf = (bytes) => blake2b(messageWithIntent('TransactionData', bytes), { dkLen: 32 });
// One whose digest looks different in base64 and base64url.
const transaction = withBudget(Array.from({ length: 99 }, (_, i) => 2000000 + i).find((n) => /\+.*\/|\/.*\+/.test(toBase64(digestOf(withBudget(n))))));
const base64url = (b) => toBase64(b).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const hex = (base64) => toHex(fromBase64(base64));

// An authenticator that signs the client data which it is told to.
function passkey(n, clientData) {
	const data = clientData ?? ((challenge) => JSON.stringify({ type: 'webauthn.get', challenge: base64url(challenge), origin: 'https://floe.example', crossOrigin: false }));
	return new PasskeyKeypair(p256.getPublicKey(secret(n), true), { get: async (challenge) => {
		const authenticatorData = concatBytes(sha256(new TextEncoder().encode('floe.example')), Uint8Array.of(5, 0, 0, 0, n));
		const clientDataJSON = new TextEncoder().encode(data(challenge));
		const signature = p256.sign(concatBytes(authenticatorData, sha256(clientDataJSON)), secret(n), { format: 'der' });
		return { response: { authenticatorData, clientDataJSON, signature } };
	} });
}
const ed = Ed25519Keypair.fromSecretKey(secret(1)), ed2 = Ed25519Keypair.fromSecretKey(secret(11));
const k1 = Secp256k1Keypair.fromSecretKey(secret(2)), r1 = Secp256r1Keypair.fromSecretKey(secret(3)), pass = passkey(4);
const zk = { getPublicKey: () => toZkLoginPublicIdentifier(12345678901234567890n, 'https://accounts.google.com', { legacyAddress: false }) };

const account = (threshold, ...members) => MultiSigPublicKey.fromPublicKeys({ threshold,
	publicKeys: members.map(([key, weight]) => ({ publicKey: key.getPublicKey(), weight })) });
async function together(key, ...signers) { // in the order given, which is the members' if it is right
	const each = async (sign) => hex(key.combinePartialSignatures(await Promise.all(signers.map(async (s) => (await sign(s)).signature))));
	return { address: key.toSuiAddress(), transaction: await each((s) => s.signTransaction(transaction)), personal: await each((s) => s.signPersonalMessage(message)) };
}
async function alone(key) {
	return { address: key.toSuiAddress(), transaction: hex((await key.signTransaction(transaction)).signature), personal: hex((await key.signPersonalMessage(message)).signature) };
}

const mixed = account(3, [ed, 1], [k1, 1], [r1, 1], [pass, 2]);
const many = Array.from({ length: 10 }, (_, i) => Ed25519Keypair.fromSecretKey(secret(100 + i)));
const ten = account(2550, ...many.map((key) => [key, 255]));
const valid = {
	ed25519: await alone(ed), secp256k1: await alone(k1), secp256r1: await alone(r1), passkey: await alone(pass),
	'passkey with more in its client data': await alone(passkey(5, (c) => JSON.stringify({ type: 'webauthn.get', challenge: base64url(c), origin: 'https://floe.example', other_keys_can_be_added_here: 'do not compare clientDataJSON against a template', deep: { a: [1, { b: null }] } }))),
	'multisig, three keys': await together(mixed, ed, k1, r1),
	'multisig, key and passkey': await together(mixed, k1, pass),
	'multisig, all': await together(mixed, ed, k1, r1, pass),
	'multisig of one': await together(account(1, [ed2, 1]), ed2),
	'multisig of ten': await together(ten, ...many),
	'multisig with a zkLogin member': await together(account(2, [zk, 1], [r1, 2]), r1),
};
const scheme = { ed25519: 0, secp256k1: 1, secp256r1: 2, passkey: 6 };
for (const [name, v] of Object.entries(valid)) {
	v.scheme = scheme[name.split(' ')[0]] ?? 3;
	await verifyTransactionSignature(transaction, toBase64(Uint8Array.from(Buffer.from(v.transaction, 'hex'))), { address: v.address });
}

// What must be refused: bad, or unsupported.
const refused = {};
const refuse = (name, why, v) => (refused[name] = { why, address: v.address, transaction: v.transaction });
const again = (flag, type, v, change) => {
	const parts = type.parse(Uint8Array.from(Buffer.from(v.transaction, 'hex')).slice(1));
	return { ...v, transaction: flag + toHex(type.serialize(change(parts) ?? parts).toBytes()) };
};
const multi = (v, change) => again('03', bcs.MultiSig, v, change);
refuse('multisig, too little weight', 'bad', await together(mixed, ed, k1));
refuse('multisig, wrong order', 'bad', await together(mixed, k1, ed, r1));
const three = valid['multisig, three keys'], one = valid['multisig of one'];
refuse('multisig, bit without signature', 'bad', multi(three, (m) => { m.bitmap |= 8; }));
refuse('multisig, signature without bit', 'bad', multi(three, (m) => { m.bitmap &= 3; }));
refuse('multisig, bit of nobody', 'bad', multi(valid['multisig, key and passkey'], (m) => { m.bitmap = 0x12; }));
refuse('multisig, no signature', 'bad', multi(one, (m) => { m.sigs = []; m.bitmap = 0; }));
refuse('multisig, signed twice by one', 'bad', multi(three, (m) => { m.sigs = [m.sigs[0], m.sigs[0], m.sigs[0]]; }));
const owned = (m) => { // the address is the changed members'
	const parts = [Uint8Array.of(3), bcs.u16().serialize(m.multisig_pk.threshold).toBytes()];
	for (const { pubKey, weight } of m.multisig_pk.pk_map) {
		const flag = { ED25519: 0, Secp256k1: 1, Secp256r1: 2, Passkey: 6 }[pubKey.$kind];
		parts.push(Uint8Array.of(flag), Uint8Array.from(pubKey[pubKey.$kind]), Uint8Array.of(weight));
	}
	return '0x' + toHex(blake2b(concatBytes(...parts), { dkLen: 32 }));
};
const members = (name, v, change) => {
	let at;
	const changed = multi(v, (m) => { change(m.multisig_pk, m); at = owned(m); });
	refuse(name, 'bad', { ...changed, address: at });
};
members('multisig, threshold 0', one, (p) => { p.threshold = 0; });
members('multisig, weight 0', one, (p) => { p.pk_map.push({ pubKey: { $kind: 'Secp256k1', Secp256k1: [...k1.getPublicKey().toRawBytes()] }, weight: 0 }); });
members('multisig, member twice', one, (p) => { p.pk_map.push(p.pk_map[0]); });
members('multisig, no members', one, (p) => { p.pk_map = []; });
members('multisig, eleven members', valid['multisig of ten'], (p) => { p.pk_map.push({ pubKey: { $kind: 'ED25519', ED25519: [...secret(9)] }, weight: 1 }); });
members('multisig, threshold out of reach', one, (p) => { p.threshold = 2; });
members('multisig, signature of another scheme', await together(account(1, [r1, 1]), r1), (p, m) => { m.sigs = [{ $kind: 'Secp256k1', Secp256k1: m.sigs[0].Secp256r1 }]; });
refuse('multisig with a zkLogin signature', 'unsupported', multi(valid['multisig with a zkLogin member'], (m) => { m.sigs = [{ $kind: 'ZkLogin', ZkLogin: [5, 1, 2] }]; m.bitmap = 1; }));
// The form before March 2023: a Roaring bitmap, and keys as base64.
const legacyType = bcs.struct('Legacy', { sigs: bcs.vector(bcs.CompressedSignature), bitmap: bcs.byteVector(),
	pk_map: bcs.vector(bcs.struct('Member', { key: bcs.string(), weight: bcs.u8() })), threshold: bcs.u16() });
const roaring = Uint8Array.of(0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0);
refuse('multisig, legacy', 'unsupported', { address: one.address, transaction: '03' + toHex(legacyType.serialize({ sigs: [{ ED25519: Uint8Array.from(Buffer.from(one.transaction, 'hex')).slice(3, 67) }],
	bitmap: roaring, pk_map: [{ key: ed2.getPublicKey().toSuiPublicKey(), weight: 1 }], threshold: 1 }).toBytes()) });
refuse('zkLogin', 'unsupported', { address: address(7), transaction: '05' + '00'.repeat(300) });
refuse('BLS', 'unsupported', { address: address(7), transaction: '04' + '00'.repeat(144) });

const client = (fields) => (c) => JSON.stringify({ type: 'webauthn.get', challenge: base64url(c), origin: 'https://floe.example', ...fields(c) });
const clientData = {
	'of a registration': client(() => ({ type: 'webauthn.create' })),
	'without type': client(() => ({ type: undefined })),
	'without challenge': client(() => ({ challenge: undefined })),
	'without origin': client(() => ({ origin: undefined })),
	'with another challenge': client((c) => ({ challenge: base64url(sha256(c)) })),
	'with a padded challenge': client((c) => ({ challenge: base64url(c) + '=' })),
	'with a long challenge': client((c) => ({ challenge: base64url(concatBytes(c, c)) })),
	'with a challenge in plain base64': (c) => client(() => ({ challenge: toBase64(c).replace(/=/g, '') }))(c),
	'with a number as origin': client(() => ({ origin: 1 })),
	'in other letters': (c) => client(() => ({}))(c).replace('"type"', '"Type"'),
	'with two types': (c) => client(() => ({}))(c).replace('{', '{"type":"webauthn.create",'),
	'with a tail': (c) => client(() => ({}))(c) + '{}',
	'cut off': (c) => client(() => ({}))(c).slice(0, -1),
	'with crossOrigin as text': client(() => ({ crossOrigin: 'no' })),
	'with half a surrogate pair': (c) => client(() => ({ more: 'x' }))(c).replace('"x"', '"\\ud800"'),
	'with an endless number': (c) => client(() => ({ more: 'x' }))(c).replace('"x"', '1e999'),
	'too deep': (c) => client(() => ({ more: 'x' }))(c).replace('"x"', '['.repeat(200) + ']'.repeat(200)),
	'as an array': (c) => '[' + client(() => ({}))(c) + ']',
	empty: () => '',
};
for (const [name, data] of Object.entries(clientData)) refuse('passkey, client data ' + name, 'bad', await alone(passkey(6, data)));
const pk = (name, change) => refuse('passkey, ' + name, 'bad', again('06', bcs.PasskeyAuthenticator, valid.passkey, change));
pk('other authenticator data', (p) => { p.authenticatorData[0] ^= 1; });
pk('signed as secp256k1', (p) => { p.userSignature[0] = 1; });
pk('short signature', (p) => { p.userSignature = p.userSignature.slice(0, -1); });

// What ZIP 215 takes and RFC 8032's strict reading doesn't: R or the key with
// a part of small order. The digest of the transaction is what is signed.
const digest = digestOf(transaction);
const torsion = ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[1]), L = ed25519.Point.Fn.ORDER;
const number = (b) => b.reduceRight((n, x) => (n << 8n) | BigInt(x), 0n);
const little = (n) => Uint8Array.from({ length: 32 }, (_, i) => Number((n >> BigInt(8 * i)) & 255n));
const a = 1234567n;
function signAs(A, r, at = (R) => R, s = (k) => (r + k * a) % L) {
	const R = at(ed25519.Point.BASE.multiply(r)).toBytes?.() ?? at();
	const sig = concatBytes(R, little(s(number(sha512(concatBytes(R, A, digest))) % L)));
	return { bytes: sig, address: '0x' + toHex(blake2b(concatBytes(Uint8Array.of(0), A), { dkLen: 32 })), transaction: '00' + toHex(sig) + toHex(A), zip215: ed25519.verify(sig, digest, A, { zip215: true }), strict: strict(sig, A) };
}
// RFC 8032's equation without the cofactor, R compared as bytes.
function strict(sig, key) {
	const k = number(sha512(concatBytes(sig.slice(0, 32), key, digest))) % L;
	const at = ed25519.Point.fromBytes(key, true).multiplyUnsafe(k).negate().add(ed25519.Point.BASE.multiplyUnsafe(number(sig.slice(32)) % L));
	return toHex(at.toBytes()) === toHex(sig.slice(0, 32));
}
const A = ed25519.Point.BASE.multiply(a), r = 7654321n;
const oneNotCanonical = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0xee : i === 31 ? 0x7f : 0xff)); // y = p + 1, the neutral element
const mixed215 = A.add(torsion).toBytes();
const zip215 = {
	'mixed order R': signAs(A.toBytes(), r, (R) => R.add(torsion)),
	// A key of mixed order passes the strict equation by chance, one time in eight.
	'mixed order key': [0n, 1n, 2n, 3n, 4n].map((i) => signAs(mixed215, r + i)).find((v) => !v.strict),
	'small order key': signAs(torsion.toBytes(), r, undefined, () => r),
	'key not canonical': signAs(oneNotCanonical, r, undefined, () => r),
	'R not canonical': signAs(A.toBytes(), r, () => oneNotCanonical, (k) => (k * a) % L),
};
for (const [name, v] of Object.entries(zip215)) {
	if (!v.zip215 || (v.strict && name !== 'small order key' && name !== 'key not canonical')) throw new Error(name + ' says nothing about ZIP 215');
	refuse('ed25519, ' + name, 'bad', v);
}
const high = signAs(A.toBytes(), r, undefined, (k) => ((r + k * a) % L) + L);
if (high.zip215) throw new Error('high S');
refuse('ed25519, high S', 'bad', high);
valid['ed25519 by hand'] = (({ address, transaction }) => ({ address, transaction, scheme: 0 }))(signAs(A.toBytes(), r));

console.log(JSON.stringify({ message: toHex(message), transaction: toHex(transaction), valid, refused }, null, '\t'));
