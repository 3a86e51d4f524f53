// Reads with @mysten/sui what Go wrote and writes it again; verifies Go's
// signatures. Input is JSON in $SUITX_INPUT; run with .ci as working directory.
import { readFileSync } from 'node:fs';
import { bcs } from '@mysten/sui/bcs';
import { verifyTransactionSignature } from '@mysten/sui/verify';
import { fromHex, toBase64, toHex } from '@mysten/bcs';

const again = (type) => (hex) => toHex(type.serialize(type.parse(fromHex(hex)), { maxSize: 1 << 20 }).toBytes());
const { transactions, signatures, sender, objects, effects } = JSON.parse(readFileSync(process.env.SUITX_INPUT));
const signers = [];
for (let i = 0; i < transactions.length; i++) {
	const key = await verifyTransactionSignature(fromHex(transactions[i]), toBase64(fromHex(signatures[i])), { address: sender });
	signers.push(key.toSuiAddress());
}
console.log(JSON.stringify({
	transactions: transactions.map(again(bcs.TransactionData)),
	objects: objects.map(again(bcs.Object)),
	effects: effects.map(again(bcs.TransactionEffects)),
	signers,
}));
