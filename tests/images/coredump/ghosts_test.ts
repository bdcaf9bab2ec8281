/** Mapped files that had lost their names. @module */

import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { coreFile, madeVma, writeDump, writeImage } from "./dump_maker.ts";
import { memoryAt, readCore } from "./elf_reader.ts";
import { syntheticCore } from "./synthetic.ts";

const PAGE = 4096;
const START = 0x10000000n;
const FILE_PRIVATE = 0x41;
const FILE_SHARED = 0x81;
const NT_FILE = 0x46494c45;
const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };

const reg = (id: number, name: string, size: number) => ({
  type: "REG",
  id,
  reg: { id, flags: 0, pos: 0n, fown, name, size: BigInt(size), mode: 0o100644 },
});

const filled = (size: number, value: number) => new Uint8Array(size).fill(value);

/** A dump of a task that maps four pages of file 1 from its second one on, twice. */
async function withDump(action: (dump: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const core = syntheticCore("X86_64", 1);
  core.tc = { task_state: 1, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm: "x" };
  const area = (page: number, status: number) => {
    const start = START + BigInt(page * PAGE);
    const end = start + BigInt(4 * PAGE);
    return madeVma({ start, end, status, shmid: 1n, pgoff: BigInt(PAGE), flags: 1 });
  };
  try {
    writeDump(directory, [{
      pid: 100,
      cores: [[100, core]],
      mm: {},
      vmas: [area(0, FILE_SHARED), area(8, FILE_PRIVATE)],
      // The second of the private pages was changed.
      ranges: [{ vaddr: START + BigInt(9 * PAGE), bytes: filled(PAGE, 9) }],
    }], { files: [reg(1, "/tmp/gone", 4 * PAGE), reg(2, "/tmp/link", 4 * PAGE)] });
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes what became of file 1. */
function remap(dump: string, remap_id: number, remap_type?: string): void {
  const entry = { orig_id: 1, remap_id, ...remap_type === undefined ? {} : { remap_type } };
  writeImage(dump, "remap-fpath.img", "REMAP_FPATH", [entry]);
}

/** The first byte of each page of both areas; undefined where nobody knows it. */
async function pagesIn(dump: string, sysroot: string | null): Promise<Array<number | undefined>> {
  const core = readCore(await coreFile(dump, 100, { sysroot }));
  return [0, 1, 2, 3, 8, 9, 10, 11].map((page) => {
    const found = memoryAt(core, START + BigInt(page * PAGE), PAGE);
    ok(found === undefined || found.every((byte, i) => i > 99 || byte === found[0]));
    return found?.[0];
  });
}

/** Names in NT_FILE. */
async function namesIn(dump: string): Promise<string[]> {
  const { view } = readCore(await coreFile(dump, 100)).notes.find(({ type }) => type === NT_FILE)!;
  const from = 8 * (2 + 3 * Number(view.getBigUint64(0, true)));
  const bytes = new Uint8Array(view.buffer, view.byteOffset + from, view.byteLength - from);
  return new TextDecoder().decode(bytes).split("\0").slice(0, -1);
}

Deno.test("the contents of a ghost file come from the dump", async () => {
  await withDump(async (dump) => {
    deepEqual(await namesIn(dump), ["/tmp/gone", "/tmp/gone"]);
    remap(dump, 0x1f, "GHOST");
    await rejects(coreFile(dump, 100), { message: "ghost-file-1f.img: the image is missing" });
    const contents = new Uint8Array(2 * PAGE + 100);
    contents.fill(1, PAGE, 2 * PAGE).fill(2, 2 * PAGE);
    const entry = { uid: 0, gid: 0, mode: 0o100644, extra: contents };
    writeImage(dump, "ghost-file-1f.img", "GHOST_FILE", [entry]);
    deepEqual(await pagesIn(dump, null), [1, 2, undefined, undefined, 1, 9, undefined, undefined]);
    deepEqual(await namesIn(dump), ["/tmp/gone (deleted)", "/tmp/gone (deleted)"]);
    // CRIU before 1.4.
    remap(dump, 0x8000001f);
    deepEqual(await pagesIn(dump, null), [1, 2, undefined, undefined, 1, 9, undefined, undefined]);
  });
});

Deno.test("a sparse ghost file has holes", async () => {
  await withDump(async (dump) => {
    remap(dump, 1, "GHOST");
    const chunk = (page: number, pages: number, value: number) => ({
      len: BigInt(pages * PAGE),
      off: BigInt(page * PAGE),
      extra: filled(pages * PAGE, value),
    });
    const head = { uid: 0, gid: 0, mode: 0o100644, chunks: true, size: BigInt(4 * PAGE) };
    const write = (...chunks: unknown[]) =>
      writeImage(dump, "ghost-file-1.img", "GHOST_FILE", [head, ...chunks]);
    write(chunk(0, 2, 7), chunk(3, 1, 8));
    deepEqual(await pagesIn(dump, null), [7, 0, 8, undefined, 7, 9, 8, undefined]);
    write();
    deepEqual(await pagesIn(dump, null), [0, 0, 0, undefined, 0, 9, 0, undefined]);
    write(chunk(2, 1, 7), chunk(1, 2, 8));
    await rejects(coreFile(dump, 100), {
      message: "ghost-file-1.img: entry 2: the chunks overlap",
    });
    writeImage(dump, "ghost-file-1.img", "PSTREE", []);
    await rejects(coreFile(dump, 100), {
      message: "ghost-file-1.img: it has no entry of a ghost file",
    });
  });
});

Deno.test("a file that CRIU linked to another name is found by that name", async () => {
  await withDump(async (dump) => {
    remap(dump, 2, "LINKED");
    const root = `${dump}/root`;
    Deno.mkdirSync(`${root}/tmp`, { recursive: true });
    Deno.writeFileSync(`${root}/tmp/link`, filled(4 * PAGE, 5));
    deepEqual(await pagesIn(dump, root), [5, 5, 5, undefined, 5, 9, 5, undefined]);
    deepEqual(await namesIn(dump), ["/tmp/gone (deleted)", "/tmp/gone (deleted)"]);
  });
});

Deno.test("a path of a dump does not lead out of the sysroot", async () => {
  await withDump(async (dump) => {
    const root = `${dump}/root`;
    Deno.mkdirSync(root);
    Deno.writeFileSync(`${dump}/outside`, filled(4 * PAGE, 5));
    writeImage(dump, "files.img", "FILES", [reg(1, "/../outside", 4 * PAGE)]);
    equal((await pagesIn(dump, root))[0], undefined);
    writeImage(dump, "files.img", "FILES", [reg(1, "outside", 4 * PAGE)]);
    equal((await pagesIn(dump, root))[0], undefined);
    Deno.renameSync(`${dump}/outside`, `${root}/outside`);
    writeImage(dump, "files.img", "FILES", [reg(1, "/outside", 4 * PAGE)]);
    equal((await pagesIn(dump, root))[0], 5);
  });
});
