// Compiles the Move package offline with Sui's own compiler and runs its unit
// tests in Sui's own VM:
//
//	node build.mjs BUILDER PACKAGE FRAMEWORK
//
// BUILDER is the directory of npm's @zktx.io/sui-move-builder, PACKAGE that of
// the Move package, FRAMEWORK that of the framework's stub. Prints one JSON
// object: digest (hex), modules (base64), dependencies, passed, output.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const [builder, root, framework] = process.argv.slice(2);
const move = await import(pathToFileURL(join(builder, "dist/full/index.js")));

function read(dir, wanted) {
  const files = {};
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(dir, path);
    if (entry.isFile() && wanted(name)) files[name] = readFileSync(path, "utf8");
  }
  return files;
}

// The compiler asks for the framework by its place in Sui's repository.
class Stub extends move.MovePackageFetcher {
  async fetch(_url, _rev, subdir) {
    return read(join(framework, subdir.split("/").pop()), () => true);
  }
  async fetchFile() {
    return null;
  }
  getResolvedSha() {
    return undefined;
  }
}

const files = () => read(root, (name) => name === "Move.toml" || /^(sources|tests)\/[^/]+\.move$/.test(name));
await move.initMovePackageBuilder();
const built = await move.dumpMovePackage({ files: files(), fetcher: new Stub() });
if (built.error) throw new Error(built.error);
if (built.warnings) throw new Error(built.warnings);
const tested = await move.testMovePackage({ files: files(), fetcher: new Stub(), ansiColor: false });
if (tested.error) throw new Error(tested.error);
console.log(JSON.stringify({
  digest: Buffer.from(built.digest).toString("hex"),
  modules: built.modules,
  dependencies: built.dependencies,
  passed: tested.passed,
  output: tested.output,
}));
