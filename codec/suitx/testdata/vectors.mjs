// Writes vectors.json with @mysten/sui alone. Deterministic. Run with .ci as
// working directory:
//   cd .ci && node --input-type=module - < ../codec/suitx/testdata/vectors.mjs > ../codec/suitx/testdata/vectors.json
import { bcs, TypeTagSerializer } from '@mysten/sui/bcs';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Transaction, TransactionDataBuilder } from '@mysten/sui/transactions';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { toBase58, toHex } from '@mysten/bcs';
import { blake2b } from '@noble/hashes/blake2.js';

const address = (n) => '0x' + n.toString(16).padStart(2, '0').repeat(32);
const digest = (n) => toBase58(new Uint8Array(32).fill(n));
const ref = (n) => ({ objectId: address(n), version: String(1000 + n), digest: digest(n) });
const input = (i) => ({ Input: i });
const coin = '0x2::coin::Coin<0x2::sui::SUI>';

// Transactions: every input, command, argument and expiration.
const inputs = [
	{ Pure: { bytes: 'AQIDBA==' } },
	{ Pure: { bytes: '' } },
	{ Object: { ImmOrOwnedObject: ref(0x11) } },
	{ Object: { SharedObject: { objectId: address(0x22), initialSharedVersion: '7', mutable: true } } },
	{ Object: { SharedObject: { objectId: address(0x23), initialSharedVersion: '8', mutable: false } } },
	{ Object: { Receiving: ref(0x33) } },
	{ FundsWithdrawal: { reservation: { MaxAmountU64: '5' }, typeArg: { Balance: '0x2::sui::SUI' }, withdrawFrom: { Sender: true } } },
	{ FundsWithdrawal: { reservation: { MaxAmountU64: '6' }, typeArg: { Balance: 'u64' }, withdrawFrom: { Sponsor: true } } },
	{ FundsWithdrawal: { reservation: { MaxAmountU64: '7' }, typeArg: { Balance: 'u8' }, withdrawFrom: { SenderAllowance: { funder: address(1), allowance: address(2) } } } },
];
const commands = [
	{ MoveCall: { package: address(0xaa), module: 'parcel', function: 'create', typeArguments: [coin, 'vector<vector<u8>>', 'bool', 'u16', 'u32', 'u128', 'u256', 'address', 'signer'], arguments: [input(0), { Result: 1 }, { NestedResult: [2, 3] }, { GasCoin: true }] } },
	{ MoveCall: { package: '0x2', module: 'm', function: 'f', typeArguments: [], arguments: [] } },
	{ TransferObjects: { objects: [input(2), { Result: 0 }], address: input(0) } },
	{ SplitCoins: { coin: { GasCoin: true }, amounts: [input(0), input(1)] } },
	{ MergeCoins: { destination: { GasCoin: true }, sources: [{ NestedResult: [3, 0] }] } },
	{ Publish: { modules: ['AAEC', ''], dependencies: ['0x1', '0x2'] } },
	{ MakeMoveVec: { type: null, elements: [input(2)] } },
	{ MakeMoveVec: { type: 'u64', elements: [] } },
	{ Upgrade: { modules: ['AwQ='], dependencies: ['0x1'], package: address(0xbb), ticket: { Result: 4 } } },
];
const validity = { minEpoch: '1', maxEpoch: null, minTimestamp: '3', maxTimestamp: '4', chain: digest(9), nonce: 77 };
const expirations = {
	none: { None: true },
	epoch: { Epoch: 12 },
	validDuring: { ValidDuring: validity },
	validity: { Validity: { ...validity, allowedProposers: { epoch: '5', proposers: [1, 2, 300] } } },
	validityAny: { Validity: { ...validity, allowedProposers: null } },
};
const gas = { payment: [ref(0x44), ref(0x45)], owner: address(0x55), price: '1000', budget: '5000000' };
const signer = Ed25519Keypair.fromSecretKey(new Uint8Array(32).fill(7));
const sender = signer.toSuiAddress();

const transactions = {};
async function transaction(name, V1) {
	const bytes = bcs.TransactionData.serialize({ V1 }).toBytes();
	transactions[name] = {
		bcs: toHex(bytes),
		kind: toHex(bcs.TransactionKind.serialize(V1.kind).toBytes()),
		digest: TransactionDataBuilder.getDigestFromBytes(bytes),
		sender: V1.sender,
		signature: Buffer.from((await signer.signTransaction(bytes)).signature, 'base64').toString('hex'),
	};
}
for (const [name, expiration] of Object.entries(expirations)) {
	await transaction(name, { kind: { ProgrammableTransaction: { inputs, commands } }, sender, gasData: gas, expiration });
}
await transaction('empty', { kind: { ProgrammableTransaction: { inputs: [], commands: [] } }, sender, gasData: { payment: [], owner: sender, price: '0', budget: '0' }, expiration: { None: true } });

// The SDK's own builder, as a client of ours would be compared with.
const tx = new Transaction();
tx.setSender(sender);
tx.setGasOwner(address(0x55));
tx.setGasPayment([ref(0x44)]);
tx.setGasPrice(1000);
tx.setGasBudget(2000000);
tx.setExpiration({ Epoch: 3 });
const system = tx.sharedObjectRef({ objectId: address(0x22), initialSharedVersion: 7, mutable: true });
const wal = tx.objectRef(ref(0x11));
const [part] = tx.splitCoins(wal, [tx.pure.u64(500n)]);
const blob = tx.moveCall({ target: address(0xaa) + '::system::register_blob', arguments: [system, tx.pure.u256(2n ** 255n + 1n), tx.pure.u32(9), tx.pure.bool(true), tx.pure.vector('u8', [1, 2, 3]), tx.pure.string('größe'), part, wal] });
tx.transferObjects([blob], tx.pure.address(address(0x66)));
await transaction('built', bcs.TransactionData.parse(await tx.build()).V1);

// Other schemes and kinds, to be refused with a name.
const k1 = Secp256k1Keypair.fromSecretKey(new Uint8Array(32).fill(8));
const emptyBytes = Buffer.from(transactions.empty.bcs, 'hex');
const secp256k1 = Buffer.from((await k1.signTransaction(emptyBytes)).signature, 'base64').toString('hex');
const systemKind = toHex(bcs.TransactionData.serialize({ V1: { kind: { ConsensusCommitPrologue: { epoch: '1', round: '2', commitTimestampMs: '3' } }, sender, gasData: gas, expiration: { None: true } } }).toBytes());
const personal = Buffer.from((await signer.signPersonalMessage(emptyBytes)).signature, 'base64').toString('hex');

// Types: what is written, how Sui writes it, its BCS.
const types = ['bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'address', 'signer', 'vector<u8>', 'vector<vector<u64>>', '0x2::sui::SUI', coin,
	'0xabc::m::S<u8, vector<0x1::string::String>,0x2::a::B<bool,u256>>', 'vector<0x2::coin::Coin<0x2::sui::SUI>>'].map((text) => {
	const tag = TypeTagSerializer.parseFromStr(text, true);
	return { text, full: TypeTagSerializer.tagToString(tag), bcs: toHex(bcs.TypeTag.serialize(text).toBytes()) };
});

// Objects.
const owners = [{ AddressOwner: address(1) }, { ObjectOwner: address(2) }, { Shared: { initialSharedVersion: '3' } }, { Immutable: true }, { ConsensusAddressOwner: { startVersion: '4', owner: address(5) } }];
const structTag = (s) => TypeTagSerializer.parseFromStr(s, true).struct;
const objectTypes = [{ Other: structTag('0x99::blob::Blob<u8>') }, { GasCoin: true }, { StakedSui: true }, { Coin: '0x77::wal::WAL' }, { Other: structTag('0x2::coin::TreasuryCap<0x77::wal::WAL>') }];
const objects = objectTypes.map((type, i) => ({
	data: { Move: { type, hasPublicTransfer: i % 2 === 0, version: String(40 + i), contents: Array.from({ length: 32 + i }, (_, j) => (i * 50 + j) % 256) } },
	owner: owners[i], previousTransaction: digest(60 + i), storageRebate: String(70 + i),
}));
objects.push({
	data: { Package: { id: address(0x77), version: '1', moduleMap: new Map([['wal', [1, 2, 3]], ['a_longer_name', [4]], ['zz', []]]), typeOriginTable: [{ moduleName: 'wal', datatypeName: 'WAL', package: address(0x77) }],
		linkageTable: new Map([['0x2', { upgradedId: '0x2', upgradedVersion: '9' }], ['0x1', { upgradedId: '0x1', upgradedVersion: '8' }]]) } },
	owner: { Immutable: true }, previousTransaction: digest(1), storageRebate: '0',
});

// Effects: success, every kind of failure but that of upgrades, every change.
const location = (functionName) => ({ module: { address: address(0xaa), name: 'parcel' }, function: 3, instruction: 9, functionName });
const sizes = { objectSize: '10', maxObjectSize: '9' }, sizes2 = { currentSize: '10', maxSize: '9' }, sizes3 = { valueSize: '10', maxScaledSize: '9' };
const argument = (kind) => ({ CommandArgumentError: { argIdx: 2, kind } });
const n = (name) => ({ [name]: true });
const failures = [
	'InsufficientGas', 'InvalidGasObject', 'InvariantViolation', 'FeatureNotYetSupported', 'InsufficientCoinBalance', 'CoinBalanceOverflow', 'PublishErrorNonZeroAddress', 'SuiMoveVerificationError', 'VMVerificationOrDeserializationError', 'VMInvariantViolation',
	'FunctionNotFound', 'ArityMismatch', 'TypeArityMismatch', 'NonEntryFunctionInvoked', 'InvalidTransferObject', 'PublishUpgradeMissingDependency', 'PublishUpgradeDependencyDowngrade', 'CertificateDenied', 'SuiMoveVerificationTimedout',
	'SharedObjectOperationNotAllowed', 'InputObjectDeleted', 'ExecutionCancelledDueToRandomnessUnavailable', 'InvalidLinkage', 'InsufficientBalanceForWithdraw'].map(n).concat([
	{ MoveObjectTooBig: sizes }, { MovePackageTooBig: sizes }, { CircularObjectOwnership: { object: address(6) } }, { MovePrimitiveRuntimeError: null }, { MovePrimitiveRuntimeError: location(null) },
	{ MoveAbort: [location('create'), '7'] }, { MoveAbort: [location(null), '18446744073709551615'] },
	...['TypeMismatch', 'InvalidBCSBytes', 'InvalidUsageOfPureArg', 'InvalidArgumentToPrivateEntryFunction', 'InvalidGasCoinUsage', 'InvalidValueUsage', 'InvalidObjectByValue', 'InvalidObjectByMutRef', 'SharedObjectOperationNotAllowed', 'InvalidArgumentArity',
		'InvalidTransferObject', 'InvalidMakeMoveVecNonObjectArgument', 'ArgumentWithoutValue', 'CannotMoveBorrowedValue', 'CannotWriteToExtendedReference', 'InvalidReferenceArgument', 'InvalidTxContext'].map((k) => argument(n(k))),
	argument({ IndexOutOfBounds: { idx: 4 } }), argument({ SecondaryIndexOutOfBounds: { resultIdx: 4, secondaryIdx: 5 } }), argument({ InvalidResultArity: { resultIdx: 6 } }),
	{ TypeArgumentError: { argumentIdx: 1, kind: n('TypeNotFound') } }, { TypeArgumentError: { argumentIdx: 2, kind: n('ConstraintNotSatisfied') } }, { UnusedValueWithoutDrop: { resultIdx: 1, secondaryIdx: 2 } }, { InvalidPublicFunctionReturnType: { idx: 3 } },
	{ EffectsTooLarge: sizes2 }, { WrittenObjectsTooLarge: sizes2 }, { ExecutionCancelledDueToSharedObjectCongestion: { congested_objects: [address(1), address(2)] } }, { AddressDeniedForCoin: { address: address(1), coinType: 'c' } }, { CoinTypeGlobalPause: { coinType: 'c' } },
	{ MoveVectorElemTooBig: sizes3 }, { MoveRawValueTooBig: sizes3 }, { NonExclusiveWriteInputObjectModified: { id: address(8) } },
]);
const exist = (i) => ({ Exist: [[String(10 + i), digest(i)], owners[i % 5]] });
const effects = (status, full) => ({ V2: {
	status, executedEpoch: '3', gasUsed: { computationCost: '1', storageCost: '2', storageRebate: '3', nonRefundableStorageFee: '4' }, transactionDigest: digest(1),
	gasObjectIndex: full ? 0 : null, eventsDigest: full ? digest(2) : null, dependencies: full ? [digest(3), digest(4)] : [], lamportVersion: '99',
	changedObjects: full ? [
		[address(1), { inputState: exist(0), outputState: { ObjectWrite: [digest(5), owners[0]] }, idOperation: n('None') }],
		[address(2), { inputState: n('NotExist'), outputState: { ObjectWrite: [digest(6), owners[2]] }, idOperation: n('Created') }],
		[address(3), { inputState: exist(4), outputState: n('NotExist'), idOperation: n('Deleted') }],
		[address(4), { inputState: n('NotExist'), outputState: { PackageWrite: ['1', digest(7)] }, idOperation: n('Created') }]] : [],
	unchangedConsensusObjects: full ? [
		[address(5), { ReadOnlyRoot: ['6', digest(8)] }], [address(6), { MutateConsensusStreamEnded: '1' }], [address(7), { ReadConsensusStreamEnded: '2' }], [address(8), { Cancelled: '3' }], [address(9), n('PerEpochConfig')]] : [],
	auxDataDigest: full ? digest(9) : null,
} });
const effectsList = [effects({ Success: true }, true), effects({ Success: true }, false),
	...failures.map((error, i) => effects({ Failure: { error, command: i % 3 ? String(i) : null } }, false))];

// Digests and IDs that the SDK doesn't derive itself.
const hash = (...parts) => blake2b(Buffer.concat(parts.map((p) => Buffer.from(p))), { dkLen: 32 });
const coinObject = bcs.Object.serialize(objects[1]).toBytes();
const firstEffects = bcs.TransactionEffects.serialize(effectsList[0]).toBytes();

console.log(JSON.stringify({
	coinDigest: toBase58(hash('Object::', coinObject)),
	effectsDigest: toBase58(hash('TransactionEffects::', firstEffects)),
	created: [0, 1, 258].map((counter) => ({ counter, id: '0x' + toHex(hash([0xf1], new Uint8Array(32).fill(3), bcs.u64().serialize(counter).toBytes())) })),
	transactions, secp256k1, personal, systemKind, types,
	addresses: ['0x2', '0x0', '0xABCDEF', address(0xfe)].map((text) => ({ text, bcs: toHex(bcs.Address.serialize(text).toBytes()) })),
	refs: [ref(0x11), ref(0xff)].map((r) => ({ digest: r.digest, bcs: toHex(bcs.SuiObjectRef.serialize(r).toBytes()) })),
	objects: objects.map((o) => toHex(bcs.Object.serialize(o, { maxSize: 1 << 20 }).toBytes())),
	effects: effectsList.map((e) => toHex(bcs.TransactionEffects.serialize(e, { maxSize: 1 << 20 }).toBytes())),
	fields: [['u64', bcs.u64().serialize(3).toBytes()], ['vector<u8>', bcs.byteVector().serialize([1, 2]).toBytes()], ['0x1::string::String', bcs.string().serialize('größe').toBytes()]]
		.map(([type, key]) => ({ parent: address(0x22), type, key: toHex(key), id: deriveDynamicFieldID(address(0x22), type, key) })),
}, null, '\t'));
