// Encodes quilts with @mysten/walrus' own encoder. Run with .ci as working
// directory and this on standard input; the cases are JSON in the file that
// $QUILTS names:
//   [{ nShards, files: [{ identifier, tags, data (base64) }] }]
// Prints one line of JSON for each:
//   { sha256, size, patches: [{ identifier, start, end, id }], error }
// where id is the patch ID within the quilt of blob ID 12345.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const at = pathToFileURL(process.cwd() + '/node_modules/@mysten/walrus/dist/utils/quilts.mjs').href;
const { encodeQuilt, encodeQuiltPatchId } = await import(at);
const quiltId = 'OTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
for (const { nShards, files } of JSON.parse(readFileSync(process.env.QUILTS))) {
	try {
		const blobs = files.map((f) => ({ identifier: f.identifier, tags: f.tags, contents: new Uint8Array(Buffer.from(f.data, 'base64')) }));
		const { quilt, index } = encodeQuilt({ blobs, numShards: nShards });
		const patches = index.patches.map((p) => ({
			identifier: p.identifier,
			start: p.startIndex,
			end: p.endIndex,
			id: encodeQuiltPatchId({ quiltId, patchId: { version: 1, startIndex: p.startIndex, endIndex: p.endIndex } }),
		}));
		console.log(JSON.stringify({ sha256: createHash('sha256').update(quilt).digest('hex'), size: quilt.length, patches }));
	} catch (e) {
		console.log(JSON.stringify({ error: String(e.message ?? e) }));
	}
}
