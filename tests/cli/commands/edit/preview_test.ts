/** `crit edit --dry-run`: what would change, and nothing written. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { CRIT, crit, ROOT, runProgram } from "../../../programs.ts";
import { readDirectory, Scratch } from "../../../scratch.ts";

const DUMP = `${ROOT}fixtures/dumps/shloop`;

/** A sum over names and bytes of a directory's files. */
function sumOf(path: string): string {
  const hash = createHash("sha256");
  for (const [name, bytes] of Object.entries(readDirectory(path))) hash.update(name).update(bytes);
  return hash.digest("hex");
}

const EDITS: readonly string[][] = [
  ["--set", "core-1517.img:[0].tc.comm=worker", "--delete", "files.img:[0]"],
  ["--filter", "pstree.img=sed s/1520/1999/g"],
  ["--pid", "1520=5200"],
  ["--env", "1517:PATH=/bin"],
  ["--set", "core-1517.img:[0].tc.comm=sh"],
];

for (const edits of EDITS) {
  Deno.test(`-n prints the same as diff with the edited dump: ${edits.join(" ")}`, async () => {
    using scratch = new Scratch();
    const dump = scratch.directory("dump", readDirectory(DUMP));
    const before = sumOf(dump);
    const edited = `${scratch.path}/edited`;
    assert.equal((await crit(["edit", dump, "-o", edited, ...edits])).code, 0);
    for (const json of [[], ["--json"]]) {
      const expected = await crit(["diff", dump, edited, ...json]);
      const inPlace = edits[0] === "--pid" ? [] : ["--in-place"];
      for (const how of [[], ["-o", `${scratch.path}/none`], inPlace]) {
        const { code, stdout } = await crit(["edit", "-n", dump, ...edits, ...how, ...json]);
        assert.equal(code, 0);
        const named = stdout.replace('"b": "edited"', `"b": ${JSON.stringify(edited)}`);
        assert.equal(named, expected.stdout);
      }
    }
    assert.equal(sumOf(dump), before);
    const names = [...Deno.readDirSync(scratch.path)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["dump", "edited"]);
  });
}

Deno.test("-n works on one image, from a file or standard input", async () => {
  const image = `${DUMP}/core-1517.img`;
  const edit = ["--set", "[0].tc.comm=x"];
  const said = '[0].tc.comm: "sh" → "x"\n';
  assert.deepEqual(await crit(["edit", "-n", image, ...edit]), {
    code: 0,
    stdout: said,
    stderr: "",
  });
  const words = CRIT.map((word) => `'${word}'`).join(" ");
  const line = `${words} edit -n - --set '[0].tc.comm=x' <${image}`;
  assert.equal((await runProgram("sh", ["-c", line])).stdout, said);
});

Deno.test("-n refuses the same edits as edit", async () => {
  for (
    const [edit, code] of [
      ["core-1517.img:[0].tc.nosuch=1", 3],
      ["core-1.img:[0].tc.comm=x", 3],
      ["[0].tc.comm=x", 2],
    ] as const
  ) {
    const dry = await crit(["edit", "-n", DUMP, "--set", edit]);
    using scratch = new Scratch();
    const wet = await crit(["edit", DUMP, "-o", `${scratch.path}/o`, "--set", edit]);
    assert.deepEqual(dry, wet);
    assert.equal(dry.code, code);
  }
});
