/** crit check as people and programs meet it. */

import assert from "node:assert/strict";
import { RULES } from "../../../../images/check/rules/mod.ts";
import { DumpCopy } from "../../../dumps.ts";
import { crit, ROOT } from "../../../programs.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;
const PAGE = Deno.readTextFileSync(`${ROOT}docs/CHECK.md`);

Deno.test("a good dump: one line, exit code 0", async () => {
  const { code, stdout, stderr } = await crit(["check", SHLOOP]);
  assert.equal(stdout, `${SHLOOP}: nothing is wrong (18 images, ${RULES.length} rules)\n`);
  assert.deepEqual([code, stderr], [0, ""]);
});

Deno.test("a broken dump: a line a finding, errors first, exit code 1", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.removeSync(`${copy.path}/core-1520.img`);
  Deno.truncateSync(`${copy.path}/pages-1.img`, 4096);
  Deno.writeTextFileSync(`${copy.path}/note\u001b[2J.txt`, "");
  const { code, stdout, stderr } = await crit(["check", copy.path]);
  assert.deepEqual(stdout.split("\n"), [
    "error    core-present  core-1520.img: it is missing: process 1520 needs it",
    "error    pages-exact   pages-1.img: it has 4096 bytes, but pagemap-1517.img says 126976: " +
    "122880 missing",
    "note     stray-file    note\\x1b[2J.txt: no image type has such a name",
    "not all of the dump is here, as after a copy that was cut off or on a disk that was full: " +
    "pages-1.img is 122880 bytes short",
    `${copy.path}: 2 errors, 1 note (17 images, ${RULES.length} rules)`,
    "",
  ]);
  assert.deepEqual([code, stderr], [1, ""]);
});

Deno.test("warnings and notes alone: exit code 0", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.writeTextFileSync(
    `${copy.path}/dump.log`,
    "(00.1) Error (criu/files.c:9): Can't dump it\n(00.1) Error (a.c:1): Dumping FAILED.\n",
  );
  const { code, stdout } = await crit(["check", copy.path]);
  assert.match(
    stdout,
    /^warning {2}log-failed {2}dump.log: it says that the dump failed: .*Can't dump it/,
  );
  assert.match(stdout, /: 1 warning \(/);
  assert.equal(code, 0);
});

Deno.test("hints say what can be done, with the image's name", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.removeSync(`${copy.path}/mm-1520.img`);
  const { stdout } = await crit(["check", copy.path, "--fix-hints"]);
  const [finding, hint] = stdout.split("\n");
  assert.match(finding!, /^error {4}mm-present {2}mm-1520.img: /);
  assert.equal(
    hint,
    " ".repeat(21) +
      "hint: fetch mm-1520.img from where the dump was made, or make the dump again",
  );
});

Deno.test("colours where they are asked for", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.removeSync(`${copy.path}/mm-1520.img`);
  const { stdout } = await crit(["check", copy.path, "--color", "always"]);
  assert(stdout.startsWith("\x1b[31merror\x1b[39m    mm-present  mm-1520.img: "), stdout);
});

Deno.test("JSON has the keys that docs/CHECK.md lists, and no others", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.truncateSync(`${copy.path}/fs-1520.img`, 14);
  const { code, stdout } = await crit(["check", copy.path, "--json", "--fix-hints"]);
  const report = JSON.parse(stdout);
  assert.equal(code, 1);
  assert.deepEqual(report.findings[0], {
    rule: "image-whole",
    severity: "error",
    image: "fs-1520.img",
    entry: 0,
    offset: 8,
    field: null,
    message: "payload is 6 bytes, 2 remain",
    hint: "fetch fs-1520.img again from where the dump was made, or make the dump again",
  });
  assert.equal(report.errors, report.findings.length);
  assert.match(report.unfinished, /fs-1520.img ends inside an entry$/);
  const documented = [...PAGE.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key);
  assert.deepEqual([...Object.keys(report), ...Object.keys(report.findings[0])], documented);
});

Deno.test("JSON of a good dump", async () => {
  const { code, stdout } = await crit(["check", SHLOOP, "--json"]);
  assert.deepEqual(JSON.parse(stdout), {
    dump: SHLOOP,
    kind: "dump",
    unfinished: null,
    findings: [],
    left_out: 0,
    errors: 0,
    warnings: 0,
    notes: 0,
  });
  assert.equal(code, 0);
});

Deno.test("rules are chosen and left out by name", async () => {
  using copy = new DumpCopy(SHLOOP);
  Deno.removeSync(`${copy.path}/mm-1520.img`);
  Deno.removeSync(`${copy.path}/fs-1520.img`);
  const lines = async (...options: string[]) => {
    const { code, stdout } = await crit(["check", copy.path, ...options]);
    return [code, ...stdout.split("\n").filter((line) => line.startsWith("error"))];
  };
  const [fs, mm] = ["fs-present  fs-1520.img", "mm-present  mm-1520.img"]
    .map((text) => `error    ${text}: it is missing: process 1520 needs it`);
  assert.deepEqual(await lines(), [1, mm, fs]);
  assert.deepEqual(await lines("--only", "fs-present,pages-exact"), [1, fs]);
  assert.deepEqual(await lines("--ignore", "fs-present"), [1, mm]);
  assert.deepEqual(await lines("--ignore", "fs-present", "--ignore", "mm-present"), [0]);
});

Deno.test("a rule that is not there: the nearest name, exit code 2", async () => {
  for (const option of ["--only", "--ignore"]) {
    const { code, stderr } = await crit(["check", SHLOOP, option, "pages-exat"]);
    assert.equal(stderr, "crit: there is no rule pages-exat (did you mean pages-exact?)\n");
    assert.equal(code, 2);
  }
  const { stderr } = await crit(["check", SHLOOP, "--only", "xyz"]);
  assert.equal(stderr, "crit: there is no rule xyz (crit check --list names them all)\n");
});

Deno.test("no dump named: exit code 2; none there: 4; an empty directory: 1", async () => {
  const none = await crit(["check"]);
  assert.deepEqual([none.code, none.stderr], [2, "crit: check needs a DUMP, or --list\n"]);
  const gone = await crit(["check", `${SHLOOP}/gone`]);
  assert.equal(gone.code, 4);
  assert.equal(gone.stdout, "");
  const empty = Deno.makeTempDirSync();
  const { code, stdout } = await crit(["check", empty]);
  Deno.removeSync(empty);
  assert.equal(code, 1);
  assert.match(stdout, /^error {4}some-image {2}.*: it has no image\n/);
});

Deno.test("--list and docs/CHECK.md name every rule", async () => {
  const { code, stdout } = await crit(["check", "--list"]);
  assert.equal(code, 0);
  const listed = [...stdout.matchAll(/^([a-z-]+) +(error|warning|note) /gm)].map(([, id]) => id);
  const ids = RULES.map(({ id }) => id);
  assert.deepEqual(listed, ids);
  assert.deepEqual([...PAGE.matchAll(/^### ([a-z-]+)$/gm)].map(([, id]) => id), ids);
  const json = JSON.parse((await crit(["check", "--list", "--json"])).stdout);
  assert.deepEqual(json.map(({ id }: { id: string }) => id), ids);
  assert.deepEqual(Object.keys(json[0]), ["id", "severity", "summary", "explanation", "fix"]);
  const some = await crit(["check", "--list", "--only", "pages-exact"]);
  assert.match(
    some.stdout,
    /^pages-exact +error +the length of a pages file matches its page map$/m,
  );
});

Deno.test("a pre-dump is called one; a parent may be named", async () => {
  const incremental = `${ROOT}fixtures/dumps/incremental`;
  const { stdout } = await crit(["check", `${incremental}/1-predump`]);
  assert.match(stdout, /1-predump \(a pre-dump\): nothing is wrong \(3 images/);
  using copy = new DumpCopy(`${incremental}/3-dump`);
  Deno.removeSync(`${copy.path}/parent`);
  const without = await crit(["check", copy.path]);
  assert.match(without.stdout, /^error {4}parent-present {2}pagemap-26736.img: entry \d+ at \d+: /);
  assert.equal(without.code, 1);
  const named = await crit(["check", copy.path, "--parent", `${incremental}/2-predump`]);
  assert.equal(named.code, 0, named.stdout);
});

Deno.test("a dump of another machine is told", async () => {
  const { code, stdout } = await crit(["check", `${ROOT}fixtures/dumps/s390x`]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^note {5}machine-here {2}core-242.img: entry 0 at 8: mtype: s390x: this machine, \w+, cannot restore it\n/,
  );
  const own = await crit(["check", `${ROOT}fixtures/dumps/shloop`]);
  if (Deno.build.arch === "x86_64") assert.match(own.stdout, /: nothing is wrong/);
});

Deno.test("the halves of a page server's dump are named as what they are", async () => {
  using local = new DumpCopy(`${ROOT}fixtures/chain/3`);
  using server = new DumpCopy(`${ROOT}fixtures/chain/3`);
  using preDump = new DumpCopy(`${ROOT}fixtures/chain/1`);
  for (const { name } of Deno.readDirSync(local.path)) {
    const isMemory = /^(pagemap|pages)-/.test(name);
    Deno.removeSync(`${isMemory ? local.path : server.path}/${name}`);
  }
  for (const { name } of Deno.readDirSync(preDump.path)) {
    if (/^(pagemap|pages)-/.test(name)) Deno.removeSync(`${preDump.path}/${name}`);
  }
  const kinds = [
    [local.path, "a dump without its page maps, as criu dump --page-server leaves it"],
    [server.path, "page maps and pages alone, as criu page-server writes them"],
    [preDump.path, "a pre-dump without its page maps, as criu pre-dump --page-server leaves it"],
  ] as const;
  for (const [path, what] of kinds) {
    for (const command of ["check", "stats"]) {
      const { stdout } = await crit([command, path]);
      assert(stdout.replace(/\s+/g, " ").includes(what), stdout);
    }
  }
  const { stdout } = await crit(["check", local.path]);
  assert.deepEqual(stdout.match(/^error +\S+/gm), ["error    pagemaps-apart"]);
});
