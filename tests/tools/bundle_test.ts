/** What the executable is made of. */

import assert from "node:assert/strict";
import { plainImports } from "../../tools/bundle.ts";
import { ROOT } from "../programs.ts";

/** Where imports for later are declared. */
const DECLARED = ["cli/line/lazy_specifier.ts", "cli/commands/load.ts"];

/** Every file of the command line. */
function* filesIn(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}${path}`)) {
    if (isDirectory) yield* filesIn(`${path}${name}/`);
    else yield `${path}${name}`;
  }
}

Deno.test("the bundler can read every lazy import", () => {
  let count = 0;
  for (const path of filesIn("cli/")) {
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    for (const [, specifier] of text.matchAll(/\b(?:later|lazy)\(\s*"(\.[^"]+)"/g)) {
      count++;
      assert(Deno.statSync(new URL(specifier!, `file://${ROOT}${path}`)).isFile, specifier);
    }
    if (!DECLARED.includes(path)) {
      assert.doesNotMatch(plainImports(text), /\blazySpecifier\(/, path);
    }
    assert.doesNotMatch(plainImports(text), /\blazy\("/, path);
  }
  assert(count > 30, `${count} imports`);
});
