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

Deno.test("what is wrong with a plugin is one line that names its file, and exit code 2, 3 or 5", () =>
  inDirectory(async (cwd) => {
    const cases: Array<[text: string, code: number, message: RegExp]> = [
      ["export const x = 1;", 2, /not an image type/],
      ["export default { name: 'X' };", 2, /needs name, files and summary/],
      ["throw new Error('out of order');", 2, /cannot be loaded as a plugin: .*out of order/],
      ["export default {", 2, /cannot be loaded as a plugin/],
      [THING.replace("MYTHING", "CORE"), 2, /the name already belongs to CORE/],
      [THING.replace("0x12345678", "0x55053847"), 2, /magic 0x55053847 already belongs to CORE/],
      [THING.replace("mything-%u.img", "core-%u.img"), 2, /core-%u\.img already belongs to CORE/],
      [THING.replace("mything_entry {\n      enum", "core_entry {\n      enum"), 2, /core_entry/],
      [THING.replace("address:", "adress:"), 2, /hints\.mything_entry\.adress: .*no field adress/],
      [THING.replace("required uint32 id", "requred uint32 id"), 3, /requred.*line 5/],
      [THING.replace("optional uint32 kind", "optional float kind"), 5, /float/],
    ];
    for (const [text, code, message] of cases) {
      await Deno.writeTextFile(`${cwd}/bad.js`, text);
      const ended = await crit(["--plugin", "bad.js", "types"], { cwd });
      assert.deepEqual([ended.code, ended.stdout], [code, ""], ended.stderr);
      assert.match(ended.stderr, message);
      assert.match(ended.stderr, /^crit: bad\.js: [^\n]*\n$/);
    }
    const missing = await crit(["--plugin", "none.js", "types"], { cwd });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^crit: none\.js: cannot be loaded as a plugin: [^\n]*\n$/);
  }));

Deno.test("whatever a user's module does is told as its file's doing, in one line", () =>
  inDirectory(async (cwd) => {
    const core = `${ROOT}fixtures/dumps/aio00.h/core-66.img`;
    const plugin = (file: string) => ["types", "--plugin", file];
    const edit = (file: string) => ["edit", core, "-o", "o.img", "--transform", file];
    const cases: Array<[file: string, text: string, args: string[], code: number, said: RegExp]> = [
      [
        "proxy.js",
        "export default new Proxy({}, {get() {throw new TypeError('no')}})",
        plugin("proxy.js"),
        2,
        /not plain data/,
      ],
      ["holes.js", "export default [,]", plugin("holes.js"), 2, /not an image type/],
      [
        "files.js",
        "export default {name: 'A', summary: 'a', files: [,]}",
        plugin("files.js"),
        2,
        /not an image type/,
      ],
      [
        "getter.js",
        "export default {get name() {throw new RangeError('no')}}",
        plugin("getter.js"),
        2,
        /not plain data: no/,
      ],
      ["throws.js", "throw {toString() {throw 1}}", plugin("throws.js"), 2, /threw something/],
      [
        "then.js",
        "export default {then() {throw new Error('no')}}",
        plugin("then.js"),
        2,
        /not plain data/,
      ],
      [
        "get.js",
        "export default (i) => {Object.defineProperty(i.entries[0], 'tc', {get() {throw new RangeError('no')}, enumerable: true})}",
        edit("get.js"),
        3,
        /get\.js failed: RangeError: no/,
      ],
      [
        "wrong.js",
        "export default () => new Proxy({}, {get() {throw new RangeError('no')}})",
        edit("wrong.js"),
        3,
        /wrong\.js failed: RangeError: no/,
      ],
      [
        "hole.js",
        "export default (i) => {i.entries = [,]}",
        edit("hole.js"),
        3,
        /hole\.js gave no image/,
      ],
      ["null.js", "export default () => {throw null}", edit("null.js"), 3, /null\.js failed: null/],
    ];
    for (const [file, text, args, code, said] of cases) {
      await Deno.writeTextFile(`${cwd}/${file}`, text);
      const ended = await crit(args, { cwd });
      assert.equal(ended.code, code, ended.stderr);
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
