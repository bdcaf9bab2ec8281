/** The rules of ARCHITECTURE.md on who imports whom, read off the imports themselves. */

import assert from "node:assert/strict";
import { ROOT } from "./programs.ts";

/**
 * Every folder of the program, and the files that stand apart from their folder, from the ground
 * up. A module belongs to the longest name here that it begins with; it imports from its own place
 * and from those above it in this list. Type-only imports and those for later count as well.
 */
const LAYERS: readonly string[] = [
  "version.ts",
  "images/errors.ts",
  "images/bytes/",
  "proto/",
  "images/protobuf/",
  "images/kernel/",
  "images/types/",
  "images/codec/",
  "images/image/",
  "plugins/",
  "images/archive/",
  "images/oci/",
  "images/dump/",
  "images/container/",
  "images/edit/",
  "images/releases/",
  "images/net/",
  "images/explore/",
  "images/logs/",
  "images/check/",
  "images/check/rules/",
  "images/restore/",
  "images/restore/demands/",
  "images/coredump/elf/",
  "images/coredump/arch/",
  "images/coredump/",
  "images/search/",
  "images/memory/",
  "images/extract/",
  "images/convert/steps/",
  "images/convert/",
  "images/flatten/",
  "images/diff/",
  "images/stats/",
  "images/report/data.ts",
  "images/report/client/",
  "images/report/",
  "images/stream/",
  "mod.ts",
  "lib/",
  "cli/terminal/",
  "cli/line/",
  "cli/files/",
  "cli/images/",
  "cli/comparing/",
  "cli/editing/",
  "cli/streaming/",
  "cli/batch/",
  "cli/fleet/",
  "cli/commands/",
  "cli/commands/load.ts",
  "cli/main.ts",
  "main.ts",
];

/** Where `Deno.*` may be used, beside cli/ and main.ts. */
const USES_DENO = [
  "images/bytes/io.ts",
  "images/bytes/staged_directory.ts",
  "images/bytes/written_file.ts",
  "images/stream/ffi.ts",
  "images/dump/directory.ts",
  "images/dump/write_directory.ts",
];

/** A module named in a program's text: for types, at once, or for later. */
const SPECIFIER = /(?:\bfrom|\bimport\(?|\blazySpecifier\(|\blazy\()\s*"([^"\n]+)"/g;

/** One import. */
interface Import {
  readonly from: string;
  readonly to: string;
}

/** Text without its comments. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** Every module of the program by its path, with its text. */
function readModules(): Map<string, string> {
  const modules = new Map<string, string>();
  const visit = (path: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}${path}`)) {
      if (isDirectory) visit(`${path}${name}/`);
      else if (name.endsWith(".ts")) add(`${path}${name}`);
    }
  };
  const add = (path: string) =>
    modules.set(path, withoutComments(Deno.readTextFileSync(`${ROOT}${path}`)));
  for (const path of ["cli/", "images/", "lib/", "plugins/", "proto/"]) visit(path);
  for (const path of ["main.ts", "mod.ts", "version.ts"]) add(path);
  return modules;
}

/** What a module imports, as it is written. */
function specifiersOf(text: string): string[] {
  return [...text.matchAll(SPECIFIER)].map(([, specifier]) => specifier!);
}

/** The imports between modules of the program. */
function importsOf(modules: ReadonlyMap<string, string>): Import[] {
  return [...modules].flatMap(([from, text]) =>
    specifiersOf(text).filter((specifier) => specifier.startsWith(".")).map((specifier) => {
      const to = new URL(specifier, `file:///${from}`).pathname.slice(1);
      return { from, to };
    })
  );
}

/** Index in {@link LAYERS} of a module's place. */
function layerOf(path: string): number {
  let best = -1;
  for (const [index, place] of LAYERS.entries()) {
    const isThere = place.endsWith("/") ? path.startsWith(place) : path === place;
    if (isThere && place.length > (LAYERS[best]?.length ?? -1)) best = index;
  }
  assert(best >= 0, `${path} has no place in the list of layers`);
  return best;
}

/** Imports against the order of the layers, as text. */
function againstLayers(imports: readonly Import[]): string[] {
  return imports.filter(({ from, to }) => layerOf(to) > layerOf(from))
    .map(({ from, to }) => `${from} imports ${to}`);
}

/** A circle of imports, as the modules on it; undefined when there is none. */
function circleIn(imports: readonly Import[]): string[] | undefined {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
    if (finished.has(name)) return undefined;
    for (const { to } of targets.get(name) ?? []) {
      const circle = visit(to, [...path, name]);
      if (circle !== undefined) return circle;
    }
    finished.add(name);
    return undefined;
  };
  for (const name of targets.keys()) {
    const circle = visit(name, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

const modules = readModules();
const imports = importsOf(modules);

Deno.test("every import leads to a module of the program", () => {
  for (const { from, to } of imports) assert(modules.has(to), `${from} imports ${to}`);
  const targets = new Set(imports.map(({ to }) => to));
  const unused = [...modules.keys()].filter((path) => !targets.has(path));
  const entryPoints = unused.filter((path) => !path.startsWith("lib/"));
  assert.deepEqual(entryPoints, ["images/report/client/main.ts", "main.ts", "mod.ts"]);
});

Deno.test("every folder has a place in the list of layers, and every place is there", () => {
  const folders = new Set(
    [...modules.keys()].filter((path) => path.includes("/"))
      .map((path) => path.slice(0, path.lastIndexOf("/") + 1)),
  );
  const listed = LAYERS.filter((place) => place.endsWith("/"));
  // A command's folder is one of those in cli/commands/.
  const expected = [...folders].filter((folder) => !/^cli\/commands\/\w+\/$/.test(folder))
    .filter((folder) => folder !== "images/" && folder !== "cli/");
  assert.deepEqual(expected.sort(), [...listed].sort());
  for (const place of LAYERS.filter((place) => place.endsWith(".ts"))) {
    assert(modules.has(place), place);
  }
});

Deno.test("each layer imports only from those above it in the list", () => {
  assert.deepEqual(againstLayers(imports), []);
});

Deno.test("an import against the layers is found, whether for types, at once or for later", () => {
  for (
    const line of [
      'import { run } from "../../cli/main.ts";',
      'import type { Run } from "../../cli/line/command.ts";',
      'import "../../plugins/mod.ts";',
      'const module = await import(lazySpecifier("../dump/dump.ts"));',
      'let type: typeof import("../stream/loop.ts");',
    ]
  ) {
    const planted = importsOf(new Map([["images/codec/planted.ts", line]]));
    assert.equal(againstLayers(planted).length, 1, line);
  }
});

Deno.test("no module imports itself by a detour", () => {
  assert.equal(circleIn(imports), undefined);
  const planted = { from: "images/errors.ts", to: "images/dump/dump.ts" };
  assert.notEqual(circleIn([...imports, planted]), undefined);
});

Deno.test("a command imports nothing of another command's", () => {
  const commandOf = (path: string) => /^cli\/commands\/(\w+)\//.exec(path)?.[1];
  const wrong = imports.filter(({ from, to }) =>
    commandOf(from) !== undefined && to.startsWith("cli/commands/") &&
    commandOf(to) !== commandOf(from)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("plugins import only the plugin contract, and mod.ts imports every plugin", () => {
  const names = [...modules.keys()].filter((path) => path.startsWith("plugins/"));
  assert(names.length > 70, `${names.length} plugins`);
  for (const name of names.filter((name) => name !== "plugins/mod.ts")) {
    assert.deepEqual(specifiersOf(modules.get(name)!), ["../images/types/plugin.ts"], name);
  }
  const listed = specifiersOf(modules.get("plugins/mod.ts")!);
  const files = names.filter((name) => name !== "plugins/mod.ts")
    .map((name) => name.replace("plugins/", "./"));
  assert.deepEqual(listed.sort(), files.sort());
});

Deno.test("what runs is imported by path, from node: or from npm: at one version", () => {
  const allowed = /^(\.{1,2}\/|node:|npm:(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+$)/;
  for (const [name, text] of modules) {
    for (const specifier of specifiersOf(text)) {
      assert.match(specifier, allowed, `${name} imports ${specifier}`);
    }
  }
});

Deno.test("the runtime is called from the edges only", () => {
  const isEdge = (name: string) =>
    name === "main.ts" || name.startsWith("cli/") || USES_DENO.includes(name);
  const wrong = [...modules].filter(([name, text]) => !isEdge(name) && /\bDeno\./.test(text));
  assert.deepEqual(wrong.map(([name]) => name), []);
});
