// Prints what a QR reader sees in raw RGBA pixels: node qr.mjs FILE WIDTH HEIGHT NODE_MODULES
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [file, width, height, modules] = process.argv.slice(2);
const jsQR = createRequire(modules + "/")("jsqr");
const code = jsQR(new Uint8ClampedArray(readFileSync(file)), Number(width), Number(height));
if (!code) {
  console.error("no QR code is to be seen");
  process.exit(1);
}
process.stdout.write(code.data);
