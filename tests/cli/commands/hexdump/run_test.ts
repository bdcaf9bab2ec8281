/** `crit hexdump` as a program; gdb and hexdump are the judges. */

import assert from "node:assert/strict";
import { fixture } from "../../../images/dump/sources.ts";
import { crit, lacks, ROOT, runProgram } from "../../../programs.ts";

const CPROG = `${ROOT}fixtures/dumps/cprog/images`;
const SHLOOP = `${ROOT}fixtures/dumps/shloop`;

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  name: "hexdump prints the bytes that gdb finds in the core file",
  ignore: lacks("gdb"),
  async fn() {
    await withDirectory(async (directory) => {
      using dump = fixture("cprog/images");
      const task = dump.tasks.find(({ isDead }) => !isDead)!;
      const areas = task.memory.areas.filter((vma) => (vma.status & 0x20) !== 0);
      assert.equal(areas.length, 1, "it has a heap");
      const range = `0x${areas[0]!.start.toString(16)} 0x${areas[0]!.end.toString(16)}`;
      await crit(["coredump", CPROG, "-p", `${task.pid}`, "-o", `${directory}/core`]);
      const { stderr } = await runProgram("gdb", [
        ...["-nx", "-batch", "-c", `${directory}/core`],
        ...["-ex", `dump binary memory ${directory}/gdb.bin ${range}`],
      ]);
      const written = await crit([
        ...["hexdump", CPROG, "-p", `${task.pid}`, "--area", "heap", "-o", `${directory}/crit.bin`],
      ]);
      assert.deepEqual(written, { code: 0, stdout: "", stderr: "" });
      const expected = Deno.readFileSync(`${directory}/gdb.bin`);
      assert(expected.some((byte) => byte !== 0), stderr);
      assert.deepEqual(Deno.readFileSync(`${directory}/crit.bin`), expected);
    });
  },
});

Deno.test({
  name: "lines match those of hexdump -C",
  ignore: lacks("hexdump"),
  async fn() {
    await withDirectory(async (directory) => {
      const path = `${directory}/bytes`;
      const args = ["hexdump", SHLOOP, "-p", "1517", "55948b402008-55948b40400d"];
      await crit([...args, "-o", path]);
      const { stdout } = await runProgram("hexdump", ["-C", path]);
      const shifted = stdout.replace(/^[\da-f]{8}/gm, (digits) => {
        return (BigInt(`0x${digits}`) + 0x55948b402008n).toString(16).padStart(16, "0");
      });
      assert.equal((await crit(args)).stdout, shifted);
    });
  },
});

Deno.test("memory that is not in the dump is printed with the reason", async () => {
  const lines = async (...args: string[]) => (await crit(["hexdump", ...args])).stdout;
  assert.equal(
    await lines(SHLOOP, "-p", "1517", "ffffffffff5fff00-ffffffffff600040"),
    "ffffffffff5fff00  (256 B: no memory that is meant)\n" +
      "ffffffffff600000  (64 B: made by the kernel)\n" +
      "ffffffffff600040\n",
  );
  assert.match(
    await lines(SHLOOP, "-p", "1517", "--area", "heap"),
    /zero: nobody ever wrote there/,
  );
  assert.match(await lines(SHLOOP, "-p", "1517", "--area", "/**"), /pages of a mapped file/);
  const json = JSON.parse(await lines(SHLOOP, "-p", "1517", "559458d835a0+8", "--json"));
  assert.deepEqual(json, [{ address: "0x559458d835a0", length: 8, bytes: "6563686f20242420" }]);
});

Deno.test("a page in a missing parent dump is reported", async () => {
  await withDirectory(async (directory) => {
    const from = `${ROOT}fixtures/dumps/incremental`;
    const last = [...Deno.readDirSync(from)].map(({ name }) => name).sort().at(-1)!;
    for (const { name, isFile } of Deno.readDirSync(`${from}/${last}`)) {
      if (isFile) Deno.copyFileSync(`${from}/${last}/${name}`, `${directory}/${name}`);
    }
    using dump = fixture(`incremental/${last}`);
    const pid = `${dump.tasks[0]!.pid}`;
    const { stdout } = await crit(["hexdump", directory, "-p", pid, "--perm", "w"]);
    assert.match(stdout, /in a parent dump that is missing/);
  });
});

Deno.test("an invalid address, an unknown task and a huge range are refused", async () => {
  for (
    const args of [
      [SHLOOP, "-p", "1517"],
      [SHLOOP, "559458d835a0"],
      [SHLOOP, "-p", "1517", "xyz"],
      [SHLOOP, "-p", "1", "0+1"],
      [SHLOOP, "-p", "1517", "0+0xffffffffffff", "-o", "/tmp/never-made"],
    ]
  ) {
    const { code, stdout, stderr } = await crit(["hexdump", ...args]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
});
