/** The modules that each entry point of the library loads. */

import assert from "node:assert/strict";
import { views } from "../../images/explore/mod.ts";
import * as viewsDoor from "../../lib/views.ts";
import { ROOT, runProgram } from "../programs.ts";

/** Folders that every entry point loads. */
const GROUND = ["bytes", "codec", "image", "kernel", "protobuf", "types"];
/** Folders that every entry point for dumps loads. */
const DUMPS = [...GROUND, "archive", "dump", "oci"];

/** The folders of `images/` that each entry point may load. */
const LOADED: Readonly<Record<string, readonly string[]>> = {
  "mod.ts": GROUND,
  "lib/check.ts": [...DUMPS, "check", "logs", "releases"],
  "lib/container.ts": [...DUMPS, "container"],
  "lib/convert.ts": [...DUMPS, "convert", "releases"],
  "lib/coredump.ts": [...DUMPS, "coredump"],
  "lib/diff.ts": [...DUMPS, "container", "diff", "explore"],
  "lib/dump.ts": DUMPS,
  "lib/edit.ts": [...DUMPS, "edit", "memory"],
  "lib/extract.ts": [...DUMPS, "coredump", "explore", "extract", "memory"],
  "lib/flatten.ts": [...DUMPS, "flatten"],
  "lib/memory.ts": [...DUMPS, "coredump", "memory", "search"],
  "lib/report.ts": [
    ...DUMPS,
    ...["check", "container", "diff", "explore", "logs", "net", "releases", "report", "restore"],
    "stats",
  ],
  "lib/restore.ts": [...DUMPS, "check", "logs", "restore"],
  "lib/stats.ts": [...DUMPS, "releases", "stats"],
  "lib/stream.ts": [...DUMPS, "edit", "stream"],
  "lib/views.ts": [...DUMPS, "container", "explore", "net"],
};

Deno.test("every module of the library loads only the code that it needs", async () => {
  const entryPoints = [...Deno.readDirSync(`${ROOT}lib`)].map(({ name }) => `lib/${name}`);
  assert.deepEqual(["mod.ts", ...entryPoints].sort(), Object.keys(LOADED).sort());
  for (const [entryPoint, allowed] of Object.entries(LOADED)) {
    const { stdout } = await runProgram(Deno.execPath(), ["info", "--json", ROOT + entryPoint]);
    const { modules } = JSON.parse(stdout) as { modules: { specifier: string }[] };
    const folders = modules.flatMap(({ specifier }) =>
      new RegExp(`^file://${ROOT}images/(\\w+)/`).exec(specifier)?.[1] ?? []
    );
    assert.deepEqual([...new Set(folders)].sort(), [...allowed].sort(), entryPoint);
    assert(!modules.some(({ specifier }) => specifier.includes(`${ROOT}cli/`)), entryPoint);
  }
});

Deno.test("images are decoded without permissions", async () => {
  const bytes = Deno.readFileSync(`${ROOT}fixtures/dumps/shloop/pstree.img`);
  const program = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      program,
      `import { decodeImage } from "file://${ROOT}mod.ts";
      console.log(decodeImage(new Uint8Array([${bytes}])).entries.length);`,
    );
    const args = ["run", "--quiet", "--no-check", "--no-prompt", "--deny-env", program];
    const { code, stdout, stderr } = await runProgram(Deno.execPath(), args);
    assert.deepEqual([code, stdout, stderr], [0, "2\n", ""]);
  } finally {
    await Deno.remove(program);
  }
});

Deno.test("every view of crit x is in lib/views.ts", () => {
  for (const [name, view] of Object.entries(views)) {
    assert.equal(new Map<string, unknown>(Object.entries(viewsDoor)).get(name), view, name);
  }
});
