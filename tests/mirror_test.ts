/** The tests lie where the program lies: the test of `images/a/b.ts` is `tests/images/a/b_test.ts`. */

import assert from "node:assert/strict";
import { isDirectory } from "./dumps.ts";
import { ROOT } from "./programs.ts";

/** Tests of the checkout as a whole, and of crit beside other programs. */
const APART = ["tests", "tests/docs", "tests/peer", "tests/criu"];

/** Folders below a path, and the path itself. */
function* foldersOf(path: string): Generator<string> {
  yield path;
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}${path}`)) {
    if (isDirectory) yield* foldersOf(`${path}/${name}`);
  }
}

/** Names of the tests that lie in a folder. */
function testsIn(folder: string): string[] {
  if (!isDirectory(`${ROOT}${folder}`)) return [];
  return [...Deno.readDirSync(`${ROOT}${folder}`)].map(({ name }) => name)
    .filter((name) => name.endsWith("_test.ts"));
}

Deno.test("every test lies in the folder of what it tests", () => {
  const folders = [...foldersOf("tests")].filter((path) => testsIn(path).length > 0);
  assert(folders.length > 30);
  const strays = folders.filter((path) =>
    !APART.includes(path) && !isDirectory(`${ROOT}${path.slice("tests/".length)}`)
  );
  assert.deepEqual(strays, []);
});

Deno.test("every folder of the program has tests", () => {
  const folders = ["images", "cli"].flatMap((top) => [...foldersOf(top)]).filter((path) =>
    [...Deno.readDirSync(`${ROOT}${path}`)].some(({ name }) => name.endsWith(".ts"))
  );
  assert(folders.length > 40);
  // A part of a layer may be tested with the layer, a command only on its own.
  const placesOf = (path: string) => {
    const above = path.slice(0, path.lastIndexOf("/"));
    return above.includes("/") && above !== "cli/commands" ? [path, above] : [path];
  };
  const untested = folders.filter((path) =>
    placesOf(path).every((place) => testsIn(`tests/${place}`).length === 0)
  );
  assert.deepEqual(untested, []);
});
