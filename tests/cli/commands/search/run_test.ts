/** `crit search` as a program; grep on the pages is the judge. */

import assert from "node:assert/strict";
import type { Dump } from "../../../../images/dump/dump.ts";
import { fixture } from "../../../images/dump/sources.ts";
import { crit, lacks, ROOT, runProgram } from "../../../programs.ts";

const SHLOOP = `${ROOT}fixtures/dumps/shloop`;
const NOTE = /^crit: not searched, as the dump does not have it: .* of mapped files \(--sysroot/;

interface Line {
  pid: number;
  address: string;
  area: string;
  pattern: string;
  match: string;
  hex: string;
  before?: string;
}

async function jsonLines(args: string[]): Promise<Line[]> {
  const { stdout, code } = await crit(["search", ...args, "--json"]);
  assert(code === 0 || code === 1, `${code}`);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** Addresses of bytes at offsets of the file of pages of a task that has all its pages there. */
function addressesOf(dump: Dump, pid: number, offsets: number[]): string[] {
  const { addresses, lengths, stored, count } = dump.task(pid)!.memory.pageMap;
  return offsets.map((offset) => {
    const page = Math.floor(offset / 4096);
    const range = Array.from({ length: count }, (_, i) => i)
      .find((i) => stored[i]! <= page && page < stored[i]! + lengths[i]!)!;
    const address = addresses[range]! + (page - stored[range]!) * 4096 + offset % 4096;
    return `0x${address.toString(16)}`;
  });
}

for (
  const [how, grep, pattern] of [
    [[], ["-F"], "sleep"],
    [["--regex"], ["-P"], "[a-z]{4,}[-/][a-z0-9]+"],
    [["-i"], ["-F", "-i"], "PaTh"],
    [["--hex"], ["-P"], "7f 45 4c 46"],
  ] as const
) {
  Deno.test({
    name: `crit search ${how.join(" ")} finds what grep finds in the pages`,
    ignore: lacks("grep"),
    async fn() {
      using dump = fixture("shloop");
      const [task] = dump.tasks;
      const pages = `pages-${task!.memory.pageMap.pagesId}.img`;
      const expression = how.includes("--hex" as never) ? "\\x7fELF" : pattern;
      const { stdout } = await runProgram("grep", [
        ...["-aob", ...grep, "-e", expression, `${SHLOOP}/${pages}`],
      ], { env: { LC_ALL: "C" } });
      const offsets = [...stdout.matchAll(/^(\d+):/gm)].map(([, offset]) => Number(offset));
      assert(offsets.length > 0);
      // Memory that is shared or a memfd is in other files of pages.
      const private_ = ["anon", "heap", "stack", "vdso", "file"].join(",");
      const found = await jsonLines([
        ...[SHLOOP, ...how, pattern, "--area", private_, "-p", `${task!.pid}`],
      ]);
      assert.deepEqual(
        found.map(({ address }) => address).sort(),
        addressesOf(dump, task!.pid, offsets).sort(),
      );
    },
  });
}

Deno.test({
  name: "crit search finds what gdb finds in the core file",
  ignore: lacks("gdb"),
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const core = `${directory}/core`;
      const { code } = await crit(["coredump", SHLOOP, "-p", "1517", "-o", core]);
      assert.equal(code, 0);
      using dump = fixture("shloop");
      // Memory of files that is not in the dump is not in the core file either.
      const areas = dump.task(1517)!.memory.areas.filter(({ status }) => (status & 0x200) !== 0);
      const bytes = [..."ELF"].map((letter) => `'${letter}'`).join(", ");
      const { stdout } = await runProgram("gdb", [
        ...["-nx", "-batch", "-c", core],
        ...areas.flatMap(({ start, end }) => {
          return ["-ex", `find /b 0x${start.toString(16)}, 0x${(end - 1n).toString(16)}, ${bytes}`];
        }),
      ]);
      const expected = [...stdout.matchAll(/^(0x[0-9a-f]+)/gm)].map(([, address]) => address!);
      const found = await jsonLines([SHLOOP, "ELF", "-p", "1517"]);
      const inAreas = found.map(({ address }) => address).filter((address) => {
        return areas.some(({ start, end }) => start <= BigInt(address) && BigInt(address) < end);
      });
      assert(expected.length > 0, stdout);
      assert.deepEqual(inAreas, expected);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test("a line a match, with what is around it, and a note of what was not searched", async () => {
  const { code, stdout, stderr } = await crit([
    "search",
    SHLOOP,
    "bin/sleep",
    "-C",
    "5",
  ]);
  assert.equal(code, 0);
  assert.equal(
    stdout.split("\n")[0],
    "1517 0x559458d8593d [anon]: /usr/bin/sleep\\x00\\x00\\x00\\x00\\x00",
  );
  assert.match(stderr, NOTE);
  const coloured = await crit(["search", SHLOOP, "bin/sleep", "-C0", "--color=always"]);
  assert(coloured.stdout.includes("\x1b[31mbin/sleep\x1b[39m\n"));
});

Deno.test("counts and tasks; nothing found is 1, as of grep", async () => {
  const answer = async (...args: string[]) => {
    const { code, stdout } = await crit(["search", SHLOOP, ...args]);
    return [code, stdout];
  };
  assert.deepEqual(await answer("-c", "bin/sleep"), [0, "1517:1\n1520:1\n"]);
  assert.deepEqual(await answer("-c", "while :;"), [0, "1517:1\n1520:0\n"]);
  assert.deepEqual(await answer("-l", "while :;"), [0, "1517\n"]);
  assert.deepEqual(await answer("-c", "-m1", "l"), [0, "1517:1\n1520:1\n"]);
  assert.deepEqual(await answer("-l", "--json", "while :;"), [0, '{"pid":1517}\n']);
  assert.deepEqual(await answer("-c", "no such text"), [1, "1517:0\n1520:0\n"]);
});

Deno.test("patterns from files, several of them, and context in JSON", async () => {
  const directory = await Deno.makeTempDir();
  try {
    Deno.writeTextFileSync(`${directory}/patterns`, "bin/sleep\n\nno such text\r\nPWD=\n");
    const found = await jsonLines([SHLOOP, "-f", `${directory}/patterns`, "-C", "4"]);
    assert.deepEqual(new Set(found.map(({ pattern }) => pattern)), new Set(["bin/sleep", "PWD="]));
    for (const { match, hex, before, pattern } of found) {
      assert.equal(match, pattern);
      assert.equal(hex, new TextEncoder().encode(pattern).toHex());
      assert.equal(before!.length, 8);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("what is no pattern, no choice or no dump is said in one line", async () => {
  const cases: Array<[code: number, args: string[]]> = [
    [2, [SHLOOP]],
    [2, [SHLOOP, "--hex", "xy"]],
    [2, [SHLOOP, "--regex", "("]],
    [5, [SHLOOP, "--regex", "(a)\\1"]],
    [2, [SHLOOP, "a", "-p", "999999"]],
    [2, [SHLOOP, "a", "--perm", "q"]],
    [2, [SHLOOP, "a", "--range", "1"]],
    [2, [SHLOOP, "a", "--hex", "--regex"]],
    [4, [SHLOOP, "-f", "/nowhere/at/all"]],
    [4, ["/nowhere/at/all", "a"]],
  ];
  for (const [expected, args] of cases) {
    const { code, stdout, stderr } = await crit(["search", ...args]);
    assert.equal(code, expected, `${args.join(" ")}: ${stderr}`);
    assert.equal(stdout, "");
    assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  assert.equal((await crit(["search", SHLOOP, "no such text at all"])).code, 1);
});

Deno.test("mapped files are searched below --sysroot, and told for all who map them", async () => {
  using dump = fixture("shloop");
  const file = [...dump.files.ofType("REG").values()]
    .find(({ reg }) => reg!.name.endsWith("/libc.so.6"))!.reg!;
  const root = await Deno.makeTempDir();
  try {
    const path = `${root}${file.name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    const bytes = new Uint8Array(Number(file.size));
    bytes.set(new TextEncoder().encode("a text in the file"), 100);
    Deno.writeFileSync(path, bytes);
    const { code, stdout, stderr } = await crit([
      ...["search", SHLOOP, "a text in the file", "--sysroot", root],
    ]);
    // A build id tells that it is another file.
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /libc\.so\.6 has another build id than when dumped/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
