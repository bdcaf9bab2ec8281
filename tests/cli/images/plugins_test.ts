/** Image types that the user brings: `--plugin` and `$CRIT_PLUGINS`. */

import assert from "node:assert/strict";
import { transformStage } from "../../../cli/editing/transform_stage.ts";
import { settled } from "../../../cli/images/user_module.ts";
import "../../../plugins/mod.ts";
import { crit, ROOT, runProgram } from "../../programs.ts";

/** A plugin as CONTRIBUTING.md shows it: one object, nothing imported. */
const THING = `export default {
  name: "MYTHING",
  magic: 0x12345678,
  files: ["mything-%u.img"],
  summary: "a thing and its bytes",
  entry: "mything_entry",
  extra: { kind: "bytes", length: ["size"] },
  hints: { mything_entry: { address: "hex", kind: { dict: [["ROUND", 1]] } } },
  proto: \`
    syntax = "proto2";
    message mything_entry {
      enum state { OFF = 0; ON = 1; }
      required uint32 id = 1;
      required uint64 address = 2;
      required uint32 size = 3;
      optional uint32 kind = 4;
      optional state now = 5;
      optional fown_entry owner = 6;
    }
  \`,
};
`;

const COMPACT = '{"magic": "MYTHING", "entries": [{"id": 7, ' +
  '"address": 18446744073709551615, "size": 3, "kind": 1, "now": "ON", ' +
  '"owner": {"uid": 1, "euid": 2, "signum": 0, "pid_type": 0, "pid": 0}, "extra": "YWJj\\n"}]}';

async function inDirectory(work: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = await Deno.makeTempDir();
  try {
    await work(cwd);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

Deno.test("an image of a plugin's type goes to JSON and back", () =>
  inDirectory(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/thing.js`, THING);
    await Deno.writeTextFile(`${cwd}/in.json`, COMPACT);
    const plugin = ["--plugin", "thing.js"];
    const encoded = await crit([...plugin, "encode", "-i", "in.json", "-o", "mything-1.img"], {
      cwd,
    });
    assert.deepEqual(encoded, { code: 0, stdout: "", stderr: "" });

    const decoded = await crit([...plugin, "decode", "-i", "mything-1.img"], { cwd });
    assert.deepEqual(decoded, { code: 0, stdout: `${COMPACT}\n`, stderr: "" });
    const shown = await crit(["show", "mything-1.img"], {
      cwd,
      env: { CRIT_PLUGINS: "thing.js" },
    });
    assert.equal(shown.stderr, "");
    assert.match(shown.stdout, /"address": "0xffffffffffffffff",\n/);
    assert.match(shown.stdout, /"kind": "ROUND",\n/);
    const types = await crit([...plugin, "types", "MYTHING"], { cwd });
    assert.match(types.stdout, /a thing and its bytes/);

    const unknown = await crit(["decode", "-i", "mything-1.img"], { cwd });
    assert.deepEqual([unknown.code, unknown.stdout], [3, ""]);
  }));

/** How loading each of these files as a plugin fails: the error's kind and its message. */
async function failures(
  cwd: string,
  files: readonly string[],
): Promise<Array<{ kind: string; message: string }>> {
  // In a process of its own: what a plugin adds before it fails stays.
  await Deno.writeTextFile(
    `${cwd}/load.ts`,
    `import { loadPlugins } from "${ROOT}cli/images/plugins.ts";
    const failures = [];
    for (const file of Deno.args) {
      await loadPlugins([file]).catch(({ kind, message }) => failures.push({ kind, message }));
    }
    console.log(JSON.stringify(failures));`,
  );
  const args = ["run", "-A", "--no-check", "load.ts", ...files];
  const { stdout, stderr } = await runProgram(Deno.execPath(), args, { cwd });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

Deno.test("what is wrong with a plugin is one line that names its file, and exit code 2, 3 or 5", () =>
  inDirectory(async (cwd) => {
    const cases: Array<[text: string, kind: string, message: RegExp]> = [
      ["export const x = 1;", "usage", /not an image type/],
      ["export default { name: 'X' };", "usage", /needs name, files and summary/],
      ["throw new Error('out of order');", "usage", /cannot be loaded as a plugin: .*out of order/],
      ["export default {", "usage", /cannot be loaded as a plugin/],
      [THING.replace("MYTHING", "CORE"), "usage", /the name already belongs to CORE/],
      [
        THING.replace("0x12345678", "0x55053847"),
        "usage",
        /magic 0x55053847 already belongs to CORE/,
      ],
      [
        THING.replace("mything-%u.img", "core-%u.img"),
        "usage",
        /core-%u\.img already belongs to CORE/,
      ],
      [
        THING.replace("mything_entry {\n      enum", "core_entry {\n      enum"),
        "usage",
        /core_entry/,
      ],
      [
        THING.replace("address:", "adress:"),
        "usage",
        /hints\.mything_8\.adress: .*no field adress/,
      ],
      [THING.replace("required uint32 id", "requred uint32 id"), "data", /requred.*line 5/],
      [THING.replace("optional uint32 kind", "optional float kind"), "unsupported", /float/],
    ];
    for (const [i, [text]] of cases.entries()) {
      // Messages of one name would be in each other's way.
      await Deno.writeTextFile(
        `${cwd}/bad${i}.js`,
        text.replaceAll("mything_entry", `mything_${i}`),
      );
    }
    const files = cases.map((_, i) => `bad${i}.js`);
    const found = await failures(cwd, [...files, "none.js"]);
    assert.equal(found.length, cases.length + 1);
    for (const [i, [, kind, message]] of cases.entries()) {
      assert.equal(found[i]!.kind, kind, found[i]!.message);
      assert.match(found[i]!.message, message);
      assert.match(found[i]!.message, new RegExp(`^bad${i}\\.js: [^\n]*$`));
    }
    assert.match(found.at(-1)!.message, /^none\.js: cannot be loaded as a plugin: [^\n]*$/);
    // The last of each kind through the command line.
    for (const [i, code] of [[8, 2], [9, 3], [10, 5]]) {
      const ended = await crit(["--plugin", `bad${i}.js`, "types"], { cwd });
      assert.deepEqual([ended.code, ended.stdout], [code, ""], ended.stderr);
      assert.equal(ended.stderr, `crit: ${found[i!]!.message}\n`);
    }
  }));

Deno.test("whatever a user's module does is told as its file's doing, in one line", () =>
  inDirectory(async (cwd) => {
    const plugins: Array<[file: string, text: string, said: RegExp]> = [
      [
        "proxy.js",
        "export default new Proxy({}, {get() {throw new TypeError('no')}})",
        /not plain data/,
      ],
      ["holes.js", "export default [,]", /not an image type/],
      ["files.js", "export default {name: 'A', summary: 'a', files: [,]}", /not an image type/],
      [
        "getter.js",
        "export default {get name() {throw new RangeError('no')}}",
        /not plain data: no/,
      ],
      ["throws.js", "throw {toString() {throw 1}}", /threw something/],
      ["then.js", "export default {then() {throw new Error('no')}}", /not plain data/],
    ];
    for (const [file, text] of plugins) await Deno.writeTextFile(`${cwd}/${file}`, text);
    const found = await failures(cwd, plugins.map(([file]) => file));
    for (const [i, [file, , said]] of plugins.entries()) {
      assert.equal(found[i]!.kind, "usage");
      assert.match(found[i]!.message, said);
      assert.match(found[i]!.message, new RegExp(`^${file}: [^\n]*$`));
    }
    const core = `${ROOT}fixtures/dumps/aio00.h/core-66.img`;
    const transforms: Array<[file: string, text: string, said: RegExp]> = [
      [
        "get.js",
        "export default (i) => {Object.defineProperty(i.entries[0], 'tc', {get() {throw new RangeError('no')}, enumerable: true})}",
        /get\.js failed: RangeError: no/,
      ],
      [
        "wrong.js",
        "export default () => new Proxy({}, {get() {throw new RangeError('no')}})",
        /wrong\.js failed: RangeError: no/,
      ],
      ["hole.js", "export default (i) => {i.entries = [,]}", /hole\.js gave no image/],
      ["null.js", "export default () => {throw null}", /null\.js failed: null/],
    ];
    for (const [file, text, said] of transforms) {
      await Deno.writeTextFile(`${cwd}/${file}`, text);
      const args = ["edit", core, "-o", `${cwd}/o.img`, "--transform", `${cwd}/${file}`];
      const ended = await crit(args);
      assert.equal(ended.code, 3, ended.stderr);
      assert.match(ended.stderr, said);
      assert.match(ended.stderr, new RegExp(`^crit: [^\n]*${file}[^\n]*\n$`));
    }
  }));

Deno.test("a module that never settles is given up", async () => {
  const never = new Promise<never>(() => {});
  await assert.rejects(settled(never, 20, () => new Error("late")), /late/);
  assert.equal(await settled(Promise.resolve(1), Infinity, () => new Error("late")), 1);
  await inDirectory(async (cwd) => {
    await Deno.writeTextFile(`${cwd}/never.js`, "await new Promise(() => {})");
    // In a process of its own: Deno takes a module that never loads for a failed test.
    await Deno.writeTextFile(
      `${cwd}/load.ts`,
      `import { importDefault } from "${ROOT}cli/images/user_module.ts";
      await importDefault("never.js", "a plugin", 50).catch(({ message }) => console.log(message));
      Deno.exit(0);`,
    );
    const { stdout } = await runProgram(Deno.execPath(), ["run", "-A", "--no-check", "load.ts"], {
      cwd,
    });
    assert.match(
      stdout,
      /^never\.js: cannot be loaded as a plugin: it is not loaded after 0\.05 s/,
    );
    await Deno.writeTextFile(`${cwd}/stays.js`, "export default () => new Promise(() => {})");
    const stage = await transformStage(`${cwd}/stays.js`, { timeout: 50 });
    const core = Deno.readFileSync(`${ROOT}fixtures/dumps/aio00.h/core-66.img`);
    await assert.rejects(
      Promise.resolve(stage.edit("core-66.img", core)),
      /stays\.js had not finished after 0\.05 s/,
    );
  });
});
