// Parses Move structs with the definitions that @mysten/walrus generated from
// Walrus' own contracts. Standard input: one JSON array of {module, name, bcs}
// (bcs in hex). Standard output: one JSON array of what they hold.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const contracts = join(process.argv[2], '@mysten', 'walrus', 'dist', 'contracts', 'walrus');
let text = '';
for await (const part of process.stdin) text += part;
const out = [];
for (const { module, name, bcs } of JSON.parse(text)) {
	const definition = (await import(pathToFileURL(join(contracts, `${module}.mjs`))))[name];
	const bytes = Buffer.from(bcs, 'hex');
	const value = definition.parse(new Uint8Array(bytes));
	const again = Buffer.from(definition.serialize(value).toBytes()).toString('hex');
	if (again !== bcs) throw new Error(`${name}: written again it differs`);
	out.push(value);
}
process.stdout.write(JSON.stringify(out, (_, v) => (typeof v === 'bigint' ? v.toString() : v)));
