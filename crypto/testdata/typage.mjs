// Seals and opens with typage, age's TypeScript implementation:
//   node typage.mjs <node_modules> open <identity>  < sealed > plain
//   node typage.mjs <node_modules> seal <recipient> < plain > sealed
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, what, key] = process.argv.slice(2);
const age = await import(pathToFileURL(`${modules}/age-encryption/dist/index.js`));
const input = new Uint8Array(readFileSync(0));
let output;
if (what === "open") {
  const d = new age.Decrypter();
  d.addIdentity(key);
  output = await d.decrypt(input, "uint8array");
} else {
  const e = new age.Encrypter();
  e.addRecipient(key);
  output = await e.encrypt(input);
}
writeFileSync(1, output);
