/** Pages that are in parent dumps. @module */

import { deepEqual, equal, rejects } from "node:assert/strict";
import { writeCore } from "../../../lib/coredump.ts";
import { coreFile, type MadeRange, madeVma, writeDump, writePages } from "./dump_maker.ts";
import { memoryAt, readCore } from "./elf_reader.ts";
import { syntheticCore } from "./synthetic.ts";

const PAGE = 4096;
const START = 0x10000000n;
const PID = 100;
const PARENT = 1;

/** So many pages whose bytes tell who wrote them, and which each is. */
function pages(count: number, writer: number): Uint8Array {
  return Uint8Array.from({ length: count * PAGE }, (_, i) => 16 * writer + Math.floor(i / PAGE));
}

const at = (page: number) => START + BigInt(page * PAGE);

function mainCore() {
  const core = syntheticCore("X86_64", 1);
  core.tc = { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "made" };
  return core;
}

/**
 * A dump of eight pages upon three others. Its own are 2 and 6; of the rest, the third link has
 * 1 and 5, the second 0 and 4 (it had 5 too), and the first all.
 */
const LINKS: MadeRange[][] = [
  [{ vaddr: at(0), bytes: pages(8, 1) }],
  [
    { vaddr: at(0), bytes: pages(1, 2) },
    { vaddr: at(1), pages: 3, flags: PARENT },
    { vaddr: at(4), bytes: pages(2, 2) },
    { vaddr: at(6), pages: 2, flags: PARENT },
  ],
  [
    { vaddr: at(0), pages: 1, flags: PARENT },
    { vaddr: at(1), bytes: pages(1, 3) },
    { vaddr: at(2), pages: 3, flags: PARENT },
    { vaddr: at(5), bytes: pages(1, 3) },
    { vaddr: at(6), pages: 2, flags: PARENT },
  ],
];
const OWN: MadeRange[] = [
  { vaddr: at(0), pages: 2, flags: PARENT },
  { vaddr: at(2), bytes: pages(1, 4) },
  { vaddr: at(3), pages: 3, flags: PARENT },
  { vaddr: at(6), bytes: pages(1, 4) },
  { vaddr: at(7), pages: 1, flags: PARENT },
];
/** Writer and number of each page. */
const EXPECTED = [0x20, 0x30, 0x40, 0x13, 0x20, 0x30, 0x40, 0x17];

/** Writes the chain into directories `1` to `4`; gives the path of the last. */
function writeChain(directory: string): string {
  const paths = [1, 2, 3, 4].map((link) => `${directory}/${link}`);
  for (const [index, path] of paths.entries()) {
    Deno.mkdirSync(path);
    const ranges = LINKS[index];
    if (ranges !== undefined) writePages(path, `pagemap-${PID}.img`, 1, ranges, PAGE);
    if (index > 0) Deno.symlinkSync(`../${index}`, `${path}/parent`);
  }
  const vmas = [madeVma({ start: START, end: at(10) })];
  writeDump(paths[3]!, [
    { pid: PID, ppid: 99, cores: [[PID, mainCore()]], mm: {}, vmas, ranges: OWN },
    // The parent process, which has nothing to do with the parent dump, has pages there too.
    {
      pid: 99,
      cores: [[99, mainCore()]],
      mm: {},
      vmas,
      ranges: [{ vaddr: START, bytes: pages(8, 9) }],
    },
  ]);
  return paths[3]!;
}

async function withChain(action: (dump: string, directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  try {
    await action(writeChain(directory), directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function expectPages(dump: string, parent?: string): Promise<void> {
  const core = readCore(await coreFile(dump, PID, { parent }));
  for (const [page, value] of EXPECTED.entries()) {
    deepEqual(memoryAt(core, at(page), PAGE), new Uint8Array(PAGE).fill(value), `page ${page}`);
  }
  deepEqual(memoryAt(core, at(8), 2 * PAGE), new Uint8Array(2 * PAGE), "never touched");
}

Deno.test("each page comes from the last link that wrote it, at any depth", async () => {
  await withChain((dump) => expectPages(dump));
});

Deno.test("the parent may be at another place than its link", async () => {
  await withChain(async (dump, directory) => {
    await Deno.remove(`${dump}/parent`);
    await Deno.rename(`${directory}/3`, `${directory}/moved`);
    await expectPages(dump, `${directory}/moved`);
  });
});

Deno.test("without the parent, the pages of the dump are written and missing ones counted", async () => {
  const damages: Array<(directory: string) => void> = [
    (d) => Deno.removeSync(`${d}/4/parent`),
    (d) => Deno.removeSync(`${d}/3`, { recursive: true }),
  ];
  for (const damage of damages) {
    await withChain(async (dump, directory) => {
      damage(directory);
      const pieces: Uint8Array[] = [];
      const stream = new WritableStream<Uint8Array>({ write: (piece) => void pieces.push(piece) });
      const report = await writeCore(dump, PID, stream, { sysroot: null });
      // OWN leaves pages 0, 1, 3, 4, 5 and 7 to the parent.
      deepEqual(report.absentPages, { parent: 6, lazy: 0 });
      const core = readCore(new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()));
      for (const page of [2, 6]) {
        deepEqual(memoryAt(core, at(page), PAGE), new Uint8Array(PAGE).fill(EXPECTED[page]!));
      }
    });
  }
});

Deno.test("missing or damaged parts of a parent are reported with their place", async () => {
  const damages: Array<[action: (directory: string) => void, message: RegExp]> = [
    [
      (d) => Deno.removeSync(`${d}/3/pagemap-100.img`),
      /^parent\/pagemap-100\.img: the image is missing/,
    ],
    [
      (d) => Deno.removeSync(`${d}/2/pages-1.img`),
      /^parent\/parent\/pages-1\.img: the image is missing/,
    ],
    [
      (d) => Deno.truncateSync(`${d}/1/pages-1.img`, 3 * PAGE),
      /^parent\/parent\/parent\/pages-1\.img: it has 12288 bytes, the page map has 32768/,
    ],
    [
      (d) => writePages(`${d}/1`, "pagemap-100.img", 1, [], PAGE),
      /^pagemap-100\.img: pages of the memory area 0x10000000-0x1000a000 are in no parent dump/,
    ],
    [
      (d) => Deno.truncateSync(`${d}/2/pagemap-100.img`, 29),
      /^parent\/parent\/pagemap-100\.img: /,
    ],
  ];
  for (const [damage, message] of damages) {
    await withChain(async (dump, directory) => {
      damage(directory);
      await rejects(coreFile(dump, PID), (error) => {
        const { name, kind, message: found } = error as Error & { kind: string };
        equal(name, "CritError");
        equal(kind, "data");
        equal(message.test(found), true, `${message}: ${found}`);
        return true;
      });
    });
  }
});
