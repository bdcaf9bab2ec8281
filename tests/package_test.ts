/** What `deno publish` would publish: the library, with nothing of tests, tools or commands. */

import assert from "node:assert/strict";
import { ROOT, runProgram } from "./programs.ts";

/** What the package is made of. */
const PUBLISHED =
  /^((images|lib|plugins|proto)\/([\w-]+\/)*\w+\.ts|docs\/\w+\.md|(mod|version)\.ts|[A-Z]+\.md|LICENSE|deno\.json)$/;

/** Address of a module of the checkout, up to its path. */
const OWN = `file://${ROOT}`;

Deno.test("the package is whole, without warnings, and holds the library only", async () => {
  // Types are checked by the test command; --dry-run needs no network.
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { code, stdout, stderr } = await runProgram(Deno.execPath(), args, { cwd: ROOT });
  const text = stdout + stderr;
  assert.equal(code, 0, text);
  assert.doesNotMatch(text, /^(warning|error)\b/m);
  const files = [...text.matchAll(/file:\/\/(\S+) \(/g)]
    .map(([, path]) => path!.slice(ROOT.length));
  assert.deepEqual(files.filter((path) => !PUBLISHED.test(path)), []);
  const { exports } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  for (const path of ["LICENSE", "README.md", "deno.json", ...Object.values<string>(exports)]) {
    assert(files.includes(path.replace("./", "")), path);
  }
  const entryPoints = [...Deno.readDirSync(`${ROOT}lib`)].map(({ name }) => `./lib/${name}`);
  assert.deepEqual(Object.values<string>(exports).sort(), [...entryPoints, "./mod.ts"].sort());
});

Deno.test("what the package imports is in it", async () => {
  const entryPoints = [...Deno.readDirSync(`${ROOT}lib`)].map(({ name }) => `lib/${name}`);
  for (const entryPoint of ["mod.ts", ...entryPoints]) {
    const { stdout } = await runProgram(Deno.execPath(), ["info", "--json", ROOT + entryPoint]);
    const { modules } = JSON.parse(stdout) as { modules: { specifier: string }[] };
    const own = modules.map(({ specifier }) => specifier)
      .filter((specifier) => specifier.startsWith(OWN)).map((path) => path.slice(OWN.length));
    assert(own.length > 100, entryPoint);
    assert.deepEqual(own.filter((path) => !PUBLISHED.test(path)), [], entryPoint);
  }
});
