/** Core files of dumps whose images are missing, cut short or damaged. @module */

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { CritError } from "../../../mod.ts";
import { rounds, THOROUGH } from "../../dumps.ts";
import { ROOT } from "../../programs.ts";
import { coreFile, madeVma, writeDump } from "./dump_maker.ts";
import { readCore } from "./elf_reader.ts";
import { syntheticCore } from "./synthetic.ts";

/** Dumps with a task each, and the images that its core file is made from. */
const DUMPS = [
  {
    name: "shloop",
    pid: 1517,
    needed: [
      ...["core-1517.img", "mm-1517.img", "pagemap-1517.img", "pages-1.img", "files.img"],
      "pstree.img",
    ],
  },
  {
    name: "shm.ns",
    pid: 5,
    needed: [
      ...["core-5.img", "mm-5.img", "pagemap-5.img", "pages-2.img", "files.img", "pstree.img"],
      ...["memfd.img", "pagemap-shmem-0.img", "pagemap-shmem-7446.img", "pages-3.img"],
      "pages-4.img",
    ],
  },
];

async function withCopy(name: string, action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const entry of Deno.readDirSync(`${ROOT}fixtures/dumps/${name}`)) {
      const from = `${ROOT}fixtures/dumps/${name}/${entry.name}`;
      Deno.writeFileSync(`${directory}/${entry.name}`, Deno.readFileSync(from));
    }
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** What is wrong with a dump; undefined when a core file could be made. */
async function failureOf(directory: string, pid: number): Promise<CritError | undefined> {
  try {
    readCore(await coreFile(directory, pid));
    return undefined;
  } catch (error) {
    ok(error instanceof CritError, String((error as Error).stack));
    ok(!error.message.includes("\n"));
    return error;
  }
}

for (const { name, pid, needed } of DUMPS) {
  Deno.test(`${name}: a missing image is named, if it is needed`, async () => {
    await withCopy(name, async (directory) => {
      const whole = await coreFile(directory, pid);
      const missed: string[] = [];
      for (const { name: image } of [...Deno.readDirSync(directory)]) {
        const bytes = Deno.readFileSync(`${directory}/${image}`);
        Deno.removeSync(`${directory}/${image}`);
        const failure = await failureOf(directory, pid);
        // Without it System V segments have no keys, which are part of their names.
        if (image.startsWith("ipcns-shm")) equal(failure, undefined);
        else if (failure === undefined) deepEqual(await coreFile(directory, pid), whole, image);
        else {
          missed.push(image);
          equal(failure.message, `${image}: the image is missing`);
          equal(failure.kind, "data");
        }
        Deno.writeFileSync(`${directory}/${image}`, bytes);
      }
      deepEqual(missed.sort(), needed.toSorted());
    });
  });

  Deno.test(`${name}: an image that is cut short anywhere is named`, async () => {
    await withCopy(name, async (directory) => {
      for (const image of needed) {
        const bytes = Deno.readFileSync(`${directory}/${image}`);
        for (const share of [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
          const size = Math.min(Math.floor(bytes.length * share), bytes.length - 1);
          Deno.writeFileSync(`${directory}/${image}`, bytes.subarray(0, size));
          const failure = await failureOf(directory, pid);
          // Between two entries, only what is missing then can tell: pages, files, tasks.
          if (failure === undefined) ok(isBetweenEntries(image), `${image}, ${size} bytes`);
          else equal(failure.kind === "data" || failure.kind === "usage", true, failure.message);
        }
        Deno.writeFileSync(`${directory}/${image}`, bytes);
      }
    });
  });

  Deno.test(`${name}: flipped bits give an error of one line or a core file`, async () => {
    await withCopy(name, async (directory) => {
      let random = 1;
      let failures = 0;
      const images = needed.filter((image) => !image.startsWith("pages-"));
      for (const image of images) {
        const bytes = Deno.readFileSync(`${directory}/${image}`);
        for (let round = 0; round < rounds(40); round++) {
          random = (random * 1103515245 + 12345) % 2 ** 31;
          const damaged = bytes.slice();
          damaged[random % bytes.length]! ^= 1 << (random >> 20) % 8;
          Deno.writeFileSync(`${directory}/${image}`, damaged);
          if (await tooLarge(directory, pid)) continue;
          failures += await failureOf(directory, pid) === undefined ? 0 : 1;
        }
        Deno.writeFileSync(`${directory}/${image}`, bytes);
      }
      ok(failures > rounds(20));
    });
  });
}

/** Images whose entries may end anywhere. */
function isBetweenEntries(image: string): boolean {
  return /^(pagemap|files|memfd)/.test(image);
}

/** Whether the core file of a damaged dump has more zeros than this test has memory for. */
async function tooLarge(directory: string, pid: number): Promise<boolean> {
  const { openDump } = await import("../../../images/dump/open.ts");
  const { Core } = await import("../../../images/coredump/core.ts");
  using dump = await openDump(directory);
  const task = dump.task(pid);
  if (task === undefined) return false;
  try {
    using core = new Core(task);
    return core.size > 1 << 28;
  } catch (error) {
    ok(error instanceof CritError, String((error as Error).stack));
    return false;
  }
}

const PAGE = 4096;
const START = 0x10000000n;

/** A dump of one task with these parts, and what is wrong with it. */
async function madeFailure(
  parts: Partial<Parameters<typeof writeDump>[1][number]>,
  change: (directory: string) => void = () => {},
): Promise<string | undefined> {
  const directory = await Deno.makeTempDir();
  try {
    const core = syntheticCore("X86_64", 1);
    core.tc = { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "x" };
    writeDump(directory, [{ pid: 100, cores: [[100, core]], mm: {}, ...parts }]);
    change(directory);
    return (await failureOf(directory, 100))?.message;
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("what cannot be is said", async () => {
  const vma = (from: number, to: number) =>
    madeVma({ start: START + BigInt(from), end: START + BigInt(to) });
  equal(await madeFailure({ vmas: [vma(0, PAGE)] }), undefined);
  equal(
    await madeFailure({ vmas: [vma(0, 2 * PAGE), vma(PAGE, 3 * PAGE)] }),
    "mm-100.img: two memory areas have the address 0x10001000",
  );
  equal(
    await madeFailure({ vmas: [vma(0, PAGE + 1)] }),
    "mm-100.img: the memory area 0x10000000-0x10001001 is not made of pages of 4096 bytes",
  );
  equal(
    await madeFailure({
      vmas: [vma(0, PAGE)],
      ranges: [{ vaddr: START + 8n, bytes: new Uint8Array(PAGE) }],
    }),
    "pagemap-100.img: a range begins at 0x10000008, which is not the beginning of a page",
  );
  equal(
    await madeFailure({ vmas: [{ ...vma(0, PAGE), status: 0x41, shmid: 77n }] }),
    "files.img: there is no regular file 77, which a memory area maps",
  );
  equal(
    await madeFailure({ vmas: [{ ...vma(0, PAGE), status: 0x4081, shmid: 77n }] }),
    "memfd.img: the image is missing",
  );
  equal(
    await madeFailure({ vmas: [{ ...vma(0, PAGE), status: 0x101, shmid: 77n }] }),
    "pagemap-shmem-77.img: the image is missing",
  );
  equal(
    await madeFailure({}, (d) => Deno.copyFileSync(`${d}/core-100.img`, `${d}/mm-100.img`)),
    "mm-100.img: it is a CORE image by its magic",
  );
});

Deno.test("many areas over many pages take time by their number, not its square", async () => {
  // Were each area to look at all ranges, these would be 25 million looks at least.
  const count = THOROUGH ? 20_000 : 5000;
  const vmas = Array.from({ length: count }, (_, i) => {
    const start = START + BigInt(2 * i * PAGE);
    return madeVma({ start, end: start + BigInt(PAGE) });
  });
  const bytes = new Uint8Array(PAGE).fill(1);
  const ranges = vmas.map(({ start }) => ({ vaddr: start, bytes }));
  equal(await madeFailure({ vmas, ranges }), undefined);
});

Deno.test("a dead process has no core file, and a process that is not there neither", async () => {
  const directory = `${ROOT}fixtures/dumps/zombie_leader.ns`;
  await rejects(coreFile(directory, 6), {
    name: "CritError",
    kind: "data",
    message: "process 6 is dead and has no memory",
  });
  await rejects(coreFile(directory, 99), {
    name: "CritError",
    kind: "usage",
    message: "the dump has no process 99 (it has 1, 7, 5, 6)",
  });
});
