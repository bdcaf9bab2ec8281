/** What the executable is made of. */

import assert from "node:assert/strict";
import { plainImports } from "../../tools/bundle.ts";
import { ROOT } from "../programs.ts";

Deno.test("every import for later is one that the bundler can read", () => {
  let count = 0;
  for (const { name } of Deno.readDirSync(`${ROOT}cli`)) {
    if (!name.endsWith(".ts") || name === "later.ts") continue;
    const text = Deno.readTextFileSync(`${ROOT}cli/${name}`);
    count += [...text.matchAll(/\blater\(/g)].length;
    assert.doesNotMatch(plainImports(text), /\blater\(/, name);
    for (const [, path] of text.matchAll(/later\(\s*"([^"]+)"/g)) {
      assert(Deno.statSync(new URL(path!, `file://${ROOT}cli/`)).isFile, path);
    }
  }
  assert(count > 30, `${count} imports`);
});
