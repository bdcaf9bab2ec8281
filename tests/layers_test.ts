/** The rules of ARCHITECTURE.md on who imports whom, kept by reading the imports themselves. */

import assert from "node:assert/strict";
import { ROOT, runProgram } from "./programs.ts";

/** One import: `types` ones vanish when the program runs. */
interface Import {
  from: string;
  to: string;
  types: boolean;
}

/**
 * Parts of images/ from the ground up. A file belongs to the first part that names it or its
 * directory; a part imports those before it, and itself.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["errors"],
  ["wire", "utf8"],
  ["json_writer", "json_reader", "base64", "quoted_printable", "nearest"],
  ["schema"],
  ["tables", "hints"],
  ["codec/"],
  ["plugin", "registry"],
  ["extra", "image"],
  ["decode", "encode_extra", "long_extra", "encode", "objects", "info"],
  ["library", "io", "aligned_bytes"],
  ["proto_text", "declaration"],
];

/** Where `Deno.*` may be used, beside cli/, main.ts and what reads directories. */
const USES_DENO = [
  /^main\.ts$/,
  /^cli\//,
  /^images\/io(\.ts$|_)/,
  /^images\/stream\/ffi\.ts$/,
  /^images\/dump\/directory\.ts$/,
];

/** What a module imports, in its text. */
const SPECIFIER = /(?:\bfrom|\bimport\(?)\s*"([^"\n]+)"/g;

interface Dependency {
  specifier: string;
  code?: { specifier?: string };
  type?: { specifier?: string };
}

interface Module {
  specifier: string;
  dependencies?: Dependency[];
}

const nameOf = (specifier: string) =>
  specifier.startsWith(`file://${ROOT}`) ? specifier.slice(`file://${ROOT}`.length) : specifier;

/** Every import below the two front doors. */
async function importsOf(...doors: string[]): Promise<Import[]> {
  const found = new Map<string, Import>();
  for (const door of doors) {
    const { code, stdout } = await runProgram(Deno.execPath(), ["info", "--json", ROOT + door]);
    assert.equal(code, 0);
    const { modules } = JSON.parse(stdout) as { modules: Module[] };
    for (const { specifier, dependencies = [] } of modules) {
      for (const dependency of dependencies) {
        const to = dependency.code?.specifier ?? dependency.type?.specifier;
        assert(
          to !== undefined,
          `${specifier} imports ${dependency.specifier}, which is not there`,
        );
        const types = dependency.code === undefined;
        const edge = { from: nameOf(specifier), to: nameOf(to), types };
        found.set(`${edge.from} ${edge.to}`, edge);
      }
    }
  }
  return [...found.values()];
}

const imports = await importsOf("main.ts", "mod.ts");
const files = [...new Set(imports.flatMap(({ from, to }) => [from, to]))]
  .filter((name) => name.endsWith(".ts") && !/^(npm|node):/.test(name));

/** Imports that break a rule, as text. */
function broken(isWrong: (edge: Import) => boolean): string[] {
  return imports.filter(isWrong).map(({ from, to }) => `${from} imports ${to}`);
}

Deno.test("the imports are really those of the program", () => {
  assert(files.length > 80, `${files.length} files`);
  for (const name of ["plugins/mod.ts", "cli/decode_run.ts", "images/wire.ts"]) {
    assert(files.includes(name), name);
  }
});

Deno.test("plugins import only the plugin contract", async () => {
  const names = [...Deno.readDirSync(`${ROOT}plugins`)].map(({ name }) => name);
  assert(names.length > 70, `${names.length} plugins`);
  for (const name of names) {
    const text = withoutComments(await Deno.readTextFile(`${ROOT}plugins/${name}`));
    const imported = [...text.matchAll(SPECIFIER)].map(([, specifier]) => specifier);
    const expected = name === "mod.ts" ? "../images/registry.ts" : "../images/plugin.ts";
    assert.deepEqual(imported, [expected], name);
  }
});

Deno.test("nothing in images/ imports plugins/, cli/ or a front door", () => {
  const isAbove = (name: string) => /^(plugins|cli)\/|^[^/]+\.ts$/.test(name);
  assert.deepEqual(broken(({ from, to }) => from.startsWith("images/") && isAbove(to)), []);
});

Deno.test("each part of images/ imports only those above it in the list", () => {
  const layerOf = (name: string): number => {
    const part = name.slice("images/".length);
    const index = LAYERS.findIndex((parts) =>
      parts.some((one) => one.endsWith("/") ? part.startsWith(one) : part === `${one}.ts`)
    );
    // What stands on the core (stream/, dump/, …) comes after all of it.
    return index === -1 ? LAYERS.length : index;
  };
  const isUpward = ({ from, to, types }: Import) =>
    !types && from.startsWith("images/") && to.startsWith("images/") && layerOf(to) > layerOf(from);
  assert.deepEqual(broken(isUpward), []);
});

Deno.test("no module imports itself by a detour", () => {
  const targets = new Map<string, string[]>();
  for (const { from, to, types } of imports) {
    if (!types) targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const finished = new Set<string>();
  const visit = (name: string, path: string[]) => {
    assert(!path.includes(name), `a circle: ${[...path, name].join(" → ")}`);
    if (finished.has(name)) return;
    for (const target of targets.get(name) ?? []) visit(target, [...path, name]);
    finished.add(name);
  };
  for (const name of files) visit(name, []);
});

Deno.test("what runs is imported by path, from node: or from npm: at one version", async () => {
  const allowed = /^(\.{1,2}\/|node:|npm:(@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+$)/;
  for (const name of files) {
    const text = withoutComments(await Deno.readTextFile(ROOT + name));
    for (const [, imported] of text.matchAll(SPECIFIER)) {
      assert.match(imported!, allowed, `${name} imports ${imported}`);
    }
  }
});

Deno.test("the runtime is called from the edges only", async () => {
  const wrong: string[] = [];
  for (const name of files.filter((name) => !USES_DENO.some((edge) => edge.test(name)))) {
    const text = withoutComments(await Deno.readTextFile(ROOT + name));
    if (/\bDeno\./.test(text)) wrong.push(name);
  }
  assert.deepEqual(wrong, []);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
