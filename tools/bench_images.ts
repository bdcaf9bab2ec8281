/** Writes synthetic images for benchmarks: large, seeded, in pieces. @module */

import { encodeImage, type Image } from "../mod.ts";

/** The object of one entry. */
type Entry = Image["entries"][number];

/** Mulberry32: a sequence of u32 numbers that a seed determines. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

function randomBytes(random: () => number, size: number): Uint8Array {
  const words = new Uint32Array(size / 4);
  for (let index = 0; index < words.length; index++) words[index] = random();
  return new Uint8Array(words.buffer);
}

/**
 * Writes an image's entries a thousand at a time. Each batch is encoded as an image; all but the
 * first lose their magic numbers and head.
 */
function writeImage(path: string, magic: string, entries: Iterable<Entry>, head?: Entry): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const start = head === undefined ? [] : [head];
  const beginning = encodeImage({ type: magic, entries: start });
  writeAll(file, beginning);
  const flush = (batch: Entry[]) => {
    const image = encodeImage({ type: magic, entries: [...start, ...batch] });
    writeAll(file, image.subarray(beginning.length));
  };
  let batch: Entry[] = [];
  for (const entry of entries) {
    if (batch.push(entry) < 1000) continue;
    flush(batch);
    batch = [];
  }
  flush(batch);
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** A page map of many ranges that are not adjacent. */
export function writePagemap(path: string, ranges: number): void {
  const random = randomNumbers(1);
  writeImage(
    path,
    "PAGEMAP",
    (function* () {
      let page = 0x55d0_0000_0000n >> 12n;
      for (let index = 0; index < ranges; index++) {
        const pages = 1 + random() % 64;
        yield { vaddr: page << 12n, compat_nr_pages: pages, flags: 4 };
        page += BigInt(pages + 1 + random() % 256);
      }
    })(),
    { pages_id: 1 },
  );
}

/** `files.img` of regular files. */
export function writeFiles(path: string, files: number): void {
  const random = randomNumbers(2);
  writeImage(
    path,
    "FILES",
    (function* () {
      const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };
      for (let id = 1; id <= files; id++) {
        const reg = {
          id,
          flags: 0o100000 | random() % 3,
          pos: BigInt(random()),
          fown,
          name: `/var/lib/service-${random() % 1000}/data/${random().toString(16)}.db`,
          mnt_id: 1 + random() % 40,
          size: BigInt(random()) << 4n,
          mode: 0o100644,
        };
        yield { type: "REG", id, reg };
      }
    })(),
  );
}

/** `mm-N.img`: one entry with many memory areas. */
export function writeMemoryMap(path: string, areas: number): void {
  const random = randomNumbers(3);
  let at = 0x7f00_0000_0000n;
  const vmas = Array.from({ length: areas }, () => {
    const start = at;
    const end = start + BigInt((1 + random() % 512) * 4096);
    at = end + BigInt((random() % 16) * 4096);
    const shared = random() % 4 === 0;
    return {
      start,
      end,
      pgoff: BigInt(random() % 1024 * 4096),
      shmid: BigInt(random() % 500),
      prot: random() % 8,
      flags: shared ? 1 : 0x22,
      status: shared ? 0x81 : 0x201,
      fd: -1n,
      madv: BigInt(random() % 2 * 0x4000),
    };
  });
  const code = {
    mm_start_code: 0x55d0_0000_0000n,
    mm_end_code: 0x55d0_0010_0000n,
    mm_start_data: 0x55d0_0020_0000n,
    mm_end_data: 0x55d0_0030_0000n,
    mm_start_stack: 0x7ffc_0000_0000n,
    mm_start_brk: 0x55d0_0100_0000n,
    mm_brk: 0x55d0_0200_0000n,
    mm_arg_start: 0x7ffc_0000_1000n,
    mm_arg_end: 0x7ffc_0000_1100n,
    mm_env_start: 0x7ffc_0000_1100n,
    mm_env_end: 0x7ffc_0000_1f00n,
  };
  const auxv = Array.from({ length: 40 }, (_, index) => BigInt(index));
  writeImage(path, "MM", [{ ...code, exe_file_id: 1, mm_saved_auxv: auxv, vmas, dumpable: 1 }]);
}

/** `pipes-data.img` with full pipes of 1 MiB each. */
export function writePipesData(path: string, mebibytes: number): void {
  const random = randomNumbers(4);
  const bytes = 1 << 20;
  writeImage(
    path,
    "PIPES_DATA",
    (function* () {
      for (let pipe = 1; pipe <= mebibytes; pipe++) {
        yield { pipe_id: pipe, bytes, size: bytes, extra: randomBytes(random, bytes) };
      }
    })(),
  );
}

/** A ghost file: a deleted file's attributes, then its contents. */
export function writeGhostFile(path: string, mebibytes: number): void {
  const random = randomNumbers(5);
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const attributes = { uid: 0, gid: 0, mode: 0o100644, dev: 0x800002, ino: 4242n };
  const head = { ...attributes, extra: new Uint8Array(0) };
  writeAll(file, encodeImage({ type: "GHOST_FILE", entries: [head] }));
  const chunk = randomBytes(random, 1 << 20);
  for (let index = 0; index < mebibytes; index++) writeAll(file, chunk);
}

/** `inventory.img`: one small entry, for measuring start-up. */
export function writeInventory(path: string): void {
  const entry = { img_version: 2, fdinfo_per_id: true, ns_per_id: true, root_cg_set: 1 };
  writeImage(path, "INVENTORY", [entry]);
}
