/** `crit edit --write` and `--env`: a real CRIU restores what was written; core files show the rest. */

import assert from "node:assert/strict";
import { openDump } from "../../../../images/dump/open.ts";
import type { Task } from "../../../../images/dump/task.ts";
import { lacksCriu } from "../../../criu.ts";
import { fixture } from "../../../images/dump/sources.ts";
import { Held } from "../../../inside/held.ts";
import { isDirectory, SHARED } from "../../../dumps.ts";
import { crit, isWithout, lacks, ROOT } from "../../../programs.ts";
import { Running } from "../../running.ts";

const DUMPS = `${ROOT}fixtures/dumps`;

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test({
  name: "a process that a real CRIU restores sees what was written",
  ignore: lacksCriu() || lacks("gcc"),
  async fn() {
    await using held = await Held.start();
    const { pid } = held;
    await held.dump();
    const text = held.place("text").toString(16);
    const out = `${held.directory}/new`;
    const ended = await crit([
      ...["edit", held.images, "-o", out, "--write", `${pid}:${text}="text as it is now"`],
      ...["--write", `${pid}:${(held.place("text") + 17n).toString(16)}=00`],
      ...["--env", `${pid}:TOLD=is now`],
    ]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stderr, /^crit: 3 edits in \d images?\n$/);
    assert.equal((await crit(["check", out])).code, 0);
    assert.equal(await held.restored(out), "text as it is now|is now\n");
    assert.equal(await held.restored(held.images), "text as it was|as it was\n", "the old dump");
  },
});

Deno.test({
  name: "a process that is served to a real CRIU sees written memory",
  ignore: lacksCriu() || lacks("gcc"),
  async fn() {
    await using held = await Held.start();
    const { pid } = held;
    await held.dump();
    const place = `${held.directory}/socket`;
    Deno.mkdirSync(place);
    const serve = new Running([
      ...["serve", held.images, "--socket-dir", place, "--connect-timeout", "60"],
      ...["--write", `${pid}:${held.place("text").toString(16)}="served!"`],
      ...["--env", `${pid}:TOLD=is now`],
    ]);
    while (!exists(`${place}/streamer-serve.sock`)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const command = ["restore", "--stream", "-D", place];
    assert.equal(await held.runRestore(command, `${place}/log`), "served! it was|is now\n");
    const { code, stderr } = await serve.ended();
    assert.equal(code, 0, stderr);
  },
});

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** All bytes of a task's private memory that are known, by area. */
function memoryOf({ memory }: Task): Map<string, Uint8Array> {
  return new Map(memory.areas.map((vma) => {
    const bytes = new Uint8Array(Math.min(Number(vma.end - vma.start), 1 << 22));
    return [vma.start.toString(16), bytes.subarray(0, memory.read(vma.start, bytes))];
  }));
}

Deno.test("written pages of a parent dump are added, and nothing else changes", async () => {
  await withDirectory(async (directory) => {
    const from = `${DUMPS}/incremental`;
    using before = await openDump(`${from}/3-dump`);
    const task = before.tasks.find(({ isDead }) => !isDead)!;
    const { addresses, flags, lengths, count } = task.memory.pageMap;
    const inParent = Array.from({ length: count }, (_, i) => i)
      .find((i) => (flags[i]! & 1) !== 0 && lengths[i]! >= 1)!;
    const address = BigInt(addresses[inParent]!) + 4090n - (lengths[inParent]! > 1 ? 0n : 10n);
    const out = `${directory}/new`;
    const { code, stderr } = await crit([
      ...["edit", `${from}/3-dump`, "-o", out],
      ...["--write", `${task.pid}:0x${address.toString(16)}="brought"`],
      ...["--write", `${task.pid}:${(address + 1n).toString(16)}=52 4F`],
    ]);
    assert.equal(code, 0, stderr);
    using after = await openDump(out, { parent: `${from}/2-predump` });
    const edited = after.task(task.pid)!;
    const written = new Uint8Array(7);
    edited.memory.read(address, written);
    assert.equal(new TextDecoder().decode(written), "bROught");
    const [old, now] = [memoryOf(task), memoryOf(edited)];
    assert.deepEqual([...now.keys()], [...old.keys()]);
    for (const [start, bytes] of old) {
      const found = now.get(start)!;
      const at = Number(address - BigInt(`0x${start}`));
      if (at >= 0 && at < bytes.length) bytes.set(written, at);
      assert(found.length === bytes.length && found.every((byte, i) => byte === bytes[i]), start);
    }
    assert.deepEqual(after.allFaults, []);
  });
});

Deno.test("a page that was never written is added, and an existing page is changed in place", async () => {
  await withDirectory(async (directory) => {
    const shloop = `${DUMPS}/shloop`;
    using dump = fixture("shloop");
    const heap = dump.task(1517)!.memory.areas.find(({ status }) => (status & 0x20) !== 0)!;
    const last = heap.end - 3n;
    const { code, stderr } = await crit([
      ...["edit", shloop, "-o", `${directory}/new`, "--write", `1517:${last.toString(16)}=010203`],
      ...["--write", `1517:${heap.start.toString(16)}=ff`, "--env", "1517:PATH=/bin"],
    ]);
    assert.equal(code, 0, stderr);
    const shown = await crit([
      ...["hexdump", `${directory}/new`, "-p", "1517", `${last.toString(16)}+3`, "--json"],
    ]);
    assert.equal(JSON.parse(shown.stdout)[0].bytes, "010203");
    const env = await crit(["x", `${directory}/new`, "env", "-p", "1517", "--json"]);
    assert.equal(
      JSON.parse(env.stdout).find(({ name }: { name: string }) => name === "PATH").value,
      "/bin",
    );
    assert.equal((await crit(["check", `${directory}/new`])).code, 0);
    assert.equal(Deno.statSync(`${directory}/new/pages-1.img`).size % 4096, 0);
    const again = await crit([
      ...["edit", `${directory}/new`, "--in-place", "--write", `1517:${last.toString(16)}="abc"`],
    ]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(
      (await crit(["search", `${directory}/new`, "abc", "--range", `${last.toString(16)}+3`, "-c"]))
        .stdout,
      "1517:1\n1520:0\n",
    );
  });
});

Deno.test("writes into shared memory change the segment", async () => {
  await withDirectory(async (directory) => {
    using dump = fixture("sysvipc");
    const task = dump.tasks[0]!;
    const area = task.memory.areas.find(({ status }) => (status & 0x400) !== 0)!;
    const { code, stderr } = await crit([
      ...["edit", `${DUMPS}/sysvipc`, "-o", `${directory}/new`],
      ...["--write", `${task.pid}:${area.start.toString(16)}="in the segment"`],
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^crit: 1 edit in 1 image\n$/, "no other task sees it");
    const search = await crit([
      ...["search", `${directory}/new`, "in the segment", "--area", "shared", "-c"],
    ]);
    assert.match(search.stdout, /:1\n/);
  });
});

const CHAIN = `${SHARED}chains/chain/3`;

Deno.test({
  name: "tasks that share written memory are named once per area",
  ignore: isWithout("../shared", isDirectory(CHAIN)),
  async fn() {
    await withDirectory(async (directory) => {
      const out = `${directory}/new`;
      const text = `${directory}/text`;
      Deno.writeFileSync(text, new Uint8Array(9000).fill(0x21));
      // Two tasks share memory at 210000000000, and a memfd at 220000000000.
      const { code, stderr } = await crit([
        ...["edit", CHAIN, "-o", out, "--write", `1119:210000001000=@${text}`],
        ...["--write", '1122:220000003ffc="over the border"', "--write", "1119:200000000000=21"],
      ]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(stderr.split("\n").slice(0, -2), [
        "crit: 0x210000001000 of task 1119 is shared: task 1122 sees it, too",
        "crit: 0x220000003ffc of task 1122 is shared: task 1119 sees it, too",
      ]);
      for (const [address, bytes] of [["210000001000+9000", 9000], ["220000003ffc+15", 15]]) {
        const dumps = await Promise.all(["1119", "1122"].map(async (pid) => {
          return (await crit(["hexdump", out, "-p", pid, `${address}`, "--json"])).stdout;
        }));
        assert.equal(dumps[0], dumps[1]);
        assert.equal(JSON.parse(dumps[0]!)[0].length, bytes);
      }
      // Private memory is each task's own.
      const counts = await crit(["search", out, "--hex", "21", "-c", "--range", "200000000000+1"]);
      assert.equal(counts.stdout, "1119:1\n1122:0\n");
      assert.equal((await crit(["check", out])).code, 0);
    });
  },
});

Deno.test("impossible writes are refused, and no dump is made", async () => {
  await withDirectory(async (directory) => {
    const cases: Array<[code: number, args: string[]]> = [
      [2, ["--write", "1517:0=00"]],
      [2, ["--write", "1:559458d85858=00"]],
      [2, ["--write", "1517:559458d85858=xyz"]],
      [2, ["--write", '1517:559458d85858="']],
      [2, ["--write", "559458d85858=00"]],
      [4, ["--write", "1517:559458d85858=@/nowhere"]],
      [2, ["--env", "1517:NOTHING=x"]],
      [2, ["--env", `1517:PATH=${"x".repeat(100)}`]],
      [3, ["--write", "1517:559458d64000=00"]],
    ];
    for (const [expected, args] of cases) {
      const { code, stderr } = await crit([
        "edit",
        `${DUMPS}/shloop`,
        "-o",
        `${directory}/new`,
        ...args,
      ]);
      assert.equal(code, expected, `${args.join(" ")}: ${stderr}`);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
      assert.deepEqual([...Deno.readDirSync(directory)], []);
    }
  });
});
