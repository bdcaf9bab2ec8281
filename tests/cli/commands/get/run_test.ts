/** `crit get`: values by the paths that `crit edit` writes. */

import assert from "node:assert/strict";
import { imageToJson } from "../../../../mod.ts";
import { ownFixtures } from "../../../fixtures.ts";
import { tar } from "../../../images/archive/archives.ts";
import { crit, isInstalled, ROOT } from "../../../programs.ts";
import { Scratch } from "../../../scratch.ts";

const PYAPP = `${ROOT}fixtures/dumps/pyapp`;

async function lines(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await crit(["get", ...args]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  return stdout.split("\n").slice(0, -1);
}

Deno.test("whole entries of every fixture match decode, including extras", async () => {
  let entries = 0;
  for (const { name, file, bytes: image } of ownFixtures()) {
    const path = `${ROOT}fixtures/images/${name}`;
    for (const pretty of [false, true]) {
      const decoded = JSON.parse(imageToJson(image, { name: file, pretty })).entries as unknown[];
      if (decoded.length === 0) continue;
      const got = await lines(path, "[*]", ...pretty ? ["--pretty"] : []);
      assert.deepEqual(got.map((line) => JSON.parse(line)), decoded, path);
      entries += decoded.length;
    }
  }
  assert.ok(entries > 500, `${entries}`);
});

Deno.test("setting the values that get prints changes nothing", async () => {
  using scratch = new Scratch();
  const cases: Array<[image: string, ...paths: string[]]> = [
    ["core-2496.img", "[0].tc", "[0].tc.comm", "[0].tc.rlimits.rlimits[3].cur", "[0].thread_core"],
    ["mm-2496.img", "[0].vmas", "[0].vmas[2]", "[0].vmas[-1].start", "[0].mm_saved_auxv"],
    [
      "files.img",
      "[0]",
      "[-1]",
      "[reg.name~/usr/bin/*].reg.name",
      "[isk.state=LISTEN].isk.src_addr",
    ],
    ["pagemap-2496.img", "[0]", "[1].vaddr"],
  ];
  for (const [name, ...paths] of cases) {
    const before = Deno.readFileSync(`${PYAPP}/${name}`);
    for (const pretty of [[], ["--pretty"]]) {
      for (const path of paths) {
        const [value, ...more] = await lines(`${PYAPP}/${name}`, path, ...pretty);
        if (more.length > 0) continue;
        const image = `${scratch.path}/${name}`;
        Deno.writeFileSync(image, before);
        const set = `${path}=${value}`;
        const { code, stderr } = await crit(["edit", image, "--in-place", "--set", set]);
        assert.equal(code, 0, stderr);
        assert.deepEqual(Deno.readFileSync(image), before, set);
      }
    }
  }
});

Deno.test("values come in the order of images, entries and paths", async () => {
  assert.deepEqual(await lines(PYAPP, "core-*.img:[0].thread_core.comm"), [
    '"python3"',
    '"worker-0"',
    '"worker-1"',
    '"worker-2"',
    '"worker-3"',
  ]);
  const pstree = `${PYAPP}/pstree.img`;
  assert.deepEqual(await lines(pstree, "[0].threads[*]", "[0].pid"), [
    "2496",
    "2529",
    "2530",
    "2531",
    "2532",
    "2496",
  ]);
  assert.deepEqual(await lines(pstree, "[0].threads"), ["[2496, 2529, 2530, 2531, 2532]"]);
  const [json] = await lines(PYAPP, "pstree.img:[-1].pid", "--json");
  assert.deepEqual(JSON.parse(json!), {
    image: "pstree.img",
    entry: 0,
    path: "pstree.img:[-1].pid",
    value: 2496,
  });
});

Deno.test("extras are printed whole, by part, by number and by field", async () => {
  const fixture = (name: string) => `${ROOT}fixtures/images/${name}`;
  const decoded = (name: string) =>
    JSON.parse(imageToJson(Deno.readFileSync(fixture(name)), { name })).entries;
  const sem = "ipcns-sem-9.img";
  const [{ extra }] = decoded(sem);
  assert.deepEqual(await lines(fixture(sem), "[0].extra[*]"), extra.map(String));
  assert.deepEqual((await lines(fixture(sem), "[0].extra")).map((l) => JSON.parse(l)), [extra]);
  assert.deepEqual(await lines(fixture(sem), "[0].extra[-1]"), [`${extra.at(-1)}`]);
});

Deno.test("--raw prints text as bytes, also from an archive", async () => {
  using scratch = new Scratch();
  const path = "[reg.name~**bad-utf8*].reg.name";
  const [program, ...words] = (await import("../../../programs.ts")).CRIT;
  const { stdout } = await new Deno.Command(program, {
    args: [...words, "get", `${PYAPP}/files.img`, path, "--raw"],
  }).output();
  assert.deepEqual(
    [...stdout.subarray(stdout.length - 7)],
    [0xff, 0xfe, ...new TextEncoder().encode(".txt\n")],
  );
  if (!isInstalled("tar")) return;
  const archive = await tar(`${scratch.path}/a.tar`, PYAPP);
  assert.deepEqual(
    await lines(archive, `files.img:${path}`),
    await lines(PYAPP, `files.img:${path}`),
  );
});

Deno.test("a path without matches exits with 1, an impossible path with 2", async () => {
  const cases: Array<[args: string[], code: number, stderr: RegExp]> = [
    [
      [PYAPP, "core-*.img:[tc.comm=none].tc.comm"],
      1,
      /matches nothing: no entry has tc\.comm=none/,
    ],
    [[PYAPP, "core-2529.img:[0].tc.comm"], 1, /matches nothing: there is no tc in it/],
    [[PYAPP, "tty-info.img:[0].id"], 1, /matches no image/],
    [[`${PYAPP}/pstree.img`, "[9].pid"], 1, /there is no \[9\]: it has 1 entry/],
    [[`${PYAPP}/pstree.img`, "[0].pidd"], 1, /no field pidd \(did you mean pid\?\)/],
    [[PYAPP, "core-*.img:[0].tc.cmm"], 2, /no field cmm \(did you mean comm\?\)/],
    [[PYAPP, "nosuch-*.img:[0].x"], 2, /no image of the name nosuch/],
    [[PYAPP, "[0].pid"], 2, /it names no image of the dump/],
    [[`${PYAPP}/pstree.img`, "[+]"], 2, /\[\+\] cannot be read/],
    [[`${PYAPP}/pstree.img`], 2, /PATH is missing/],
    [[`${PYAPP}/none.img`, "[0]"], 4, /no such file/],
  ];
  for (const [args, code, stderr] of cases) {
    const ended = await crit(["get", ...args]);
    assert.match(ended.stderr, stderr);
    assert.match(ended.stderr, /^crit: [^\n]*\n$/);
    assert.deepEqual([ended.code, ended.stdout], [code, ""], args.join(" "));
  }
});
