/** Image types that the user brings: `--plugin` and `$CRIT_PLUGINS`. */

import assert from "node:assert/strict";
import { crit } from "../../programs.ts";

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
      ["export const x = 1;", 2, /no image type/],
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
