// Writes keys.json with @mysten/sui alone: secrets as its wallets export them.
// Deterministic. Run with .ci as working directory:
//   cd .ci && node --input-type=module - < ../codec/suitx/testdata/keys.mjs > ../codec/suitx/testdata/keys.json
import { decodeSuiPrivateKey, encodeSuiPrivateKey } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { toHex } from '@mysten/bcs';

const kinds = { ED25519: Ed25519Keypair, Secp256k1: Secp256k1Keypair, Secp256r1: Secp256r1Keypair };
const keys = [];
for (const [name, Keypair] of Object.entries(kinds)) {
	for (const seed of [1, 2, 0x7f, 0xfe]) {
		const secret = new Uint8Array(32).fill(seed);
		const pair = Keypair.fromSecretKey(secret);
		const text = pair.getSecretKey();
		if (text !== encodeSuiPrivateKey(secret, name) || toHex(decodeSuiPrivateKey(text).secretKey) !== toHex(secret)) throw new Error(name);
		keys.push({ scheme: pair.getPublicKey().flag(), secret: toHex(secret), text, key: toHex(pair.getPublicKey().toRawBytes()), address: pair.toSuiAddress() });
	}
}
console.log(JSON.stringify(keys, null, '\t'));
