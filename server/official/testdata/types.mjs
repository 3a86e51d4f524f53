// The types of Walrus' package as its client has them, generated from the Move
// sources, against those that our package declares: fields and variants in
// order, and the parameters of the functions that the client calls.
import { readdirSync, readFileSync } from 'node:fs';

const folder = `${process.cwd()}/node_modules/@mysten/walrus/dist/contracts/walrus`;
const service = ledger().movePackageService;
const primitives = ['', '', 'bool', 'u8', 'u16', 'u32', 'u64', 'u128', 'u256', 'vector', 'datatype'];
const fieldsOf = (kind, body) => {
	if (kind !== 'Tuple') return [...body.matchAll(/(?:^|\n)\s*(\w+):/g)].map((m) => m[1]);
	let depth = 0;
	const fields = [...body].reduce((n, c) => ((depth += '([{'.includes(c) - ')]}'.includes(c)), n + (c === ',' && depth === 0)), 1);
	return Array.from({ length: fields }, (_, i) => `pos${i}`);
};
let types = 0;
let functions = 0;
for (const file of readdirSync(folder).filter((f) => f.endsWith('.mjs'))) {
	const source = readFileSync(`${folder}/${file}`, 'utf8');
	const moduleName = file.slice(0, -4);
	for (const [, kind, name, body] of source.matchAll(/new Move(Struct|Enum|Tuple)\(\{\n\tname: `\$\{\$moduleName\}::(\w+)(?:<.*?>)?`,\n\tfields: [[{]([\s\S]*?)[\]}]\n\}\)/g)) {
		types++;
		const { datatype } = (await service.getDatatype({ packageId: input.walrus, moduleName, name })).response;
		let want = fieldsOf(kind, body);
		// Move gives a struct without fields a bool of this name; the client's tuple has no name for it.
		if (`${moduleName}::${name}` === 'extended_field::Key') want = ['dummy_field'];
		check(`${moduleName}::${name}`, (kind === 'Enum' ? datatype.variants : datatype.fields).map((f) => f.name), want);
	}
	// Parameters that aren't pure are null in the client's list; TxContext is in the function's alone.
	for (const [, list, name] of source.matchAll(/const argumentsTypes = \[([\s\S]*?)\];[\s\S]*?function: "(\w+)"/g)) {
		functions++;
		const f = (await service.getFunction({ packageId: input.walrus, moduleName, name })).response.function;
		const parameters = f.parameters.filter((p) => !p.body.typeName?.endsWith('::tx_context::TxContext'));
		const pure = (p) => {
			if (p.body.typeName?.endsWith('::string::String')) return '0x1::string::String';
			if (p.body.typeName) return null;
			return primitives[p.body.type] + (p.body.type === 9 ? `<${primitives[p.body.typeParameterInstantiation[0].type]}>` : '');
		};
		const want = [...list.matchAll(/null|"([^"]+)"/g)].map((m) => m[1] ?? null);
		check(`${moduleName}::${name}`, parameters.map(pure), want);
	}
}
check('all were found', [types, functions], [30, 8]);
// What isn't there has a name.
await fails('no such type', 'Nothing', () => service.getDatatype({ packageId: input.walrus, moduleName: 'blob', name: 'Nothing' }));
await fails('no such function', 'certify_event_blob', () => service.getFunction({ packageId: input.walrus, moduleName: 'system', name: 'certify_event_blob' }));
const me = await funded();
const tx = new Transaction();
tx.moveCall({ target: `${input.walrus}::system::epoch_of_nothing`, arguments: [tx.object(input.system)] });
await fails('a call to it', 'epoch_of_nothing', () => run(tx, me));
done();
