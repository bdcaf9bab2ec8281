import { deepEqual, equal, throws } from "node:assert/strict";
import { areaOf, type BackingFile, type MemorySources } from "../../../images/coredump/areas.ts";
import type { Placed } from "../../../images/coredump/memory.ts";
import type { VmaEntry } from "../../../proto/types.ts";
import { sourceOf } from "./synthetic.ts";

const PAGE = 4096;
const REGULAR = 1;
const STACK = 1 << 1;
const VDSO = 1 << 3;
const VVAR = 1 << 12;
const FILE_PRIVATE = 1 << 6;
const FILE_SHARED = 1 << 7;
const ANON_SHARED = 1 << 8;
const ANON_PRIVATE = 1 << 9;
const MEMFD = 1 << 14;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MAP_HUGETLB = 0x40000;

/** An area of 4 pages. */
function vma(status: number, more: Partial<VmaEntry> = {}): VmaEntry {
  const isShared = (status & (FILE_SHARED | ANON_SHARED)) !== 0;
  return {
    start: 0x10000n,
    end: 0x14000n,
    pgoff: 0n,
    shmid: 1n,
    prot: 1,
    flags: isShared ? MAP_SHARED : MAP_PRIVATE,
    status: REGULAR | status,
    fd: -1n,
    ...more,
  };
}

const pages = sourceOf(new Uint8Array(16 * PAGE));
const shared = sourceOf(new Uint8Array(16 * PAGE));
const page = (at: number, source = pages): Placed => ({
  at: at * PAGE,
  extent: { kind: "bytes", length: PAGE, source, offset: 0 },
});

/** A file of so many bytes; an ELF file by its first bytes, if it is to be one. */
function file(size: number, more: Partial<BackingFile> & { isElf?: boolean } = {}): BackingFile {
  const bytes = new Uint8Array(size);
  if (more.isElf) bytes.set([0x7f, 0x45, 0x4c, 0x46]);
  return {
    isNamed: true,
    isExecutable: false,
    bytes: { size, ...sourceOf(bytes) },
    ...more,
  };
}

/** What an area is made of: a letter a page. */
function drawn(
  vma: VmaEntry,
  parts: { own?: Placed[]; shared?: Placed[]; file?: BackingFile } = {},
  filter?: number,
): string {
  const sources: MemorySources = {
    pageSize: PAGE,
    pagesOf: () => parts.own ?? [],
    sharedPagesOf: () => parts.shared ?? [],
    fileOf: () => parts.file,
  };
  return areaOf(vma, sources, filter).extents.map((extent) => {
    const count = Math.ceil(extent.length / PAGE);
    if (extent.kind === "absent") return "-".repeat(count);
    if (extent.kind !== "bytes") return extent.length < PAGE ? "" : "0".repeat(count);
    const letter = extent.source === pages ? "p" : extent.source === shared ? "s" : "f";
    return letter.repeat(count);
  }).join("");
}

Deno.test("all that is known of an area, later sources over earlier ones", () => {
  equal(drawn(vma(ANON_PRIVATE)), "", "never touched");
  equal(drawn(vma(ANON_PRIVATE), { own: [page(1)] }), "0p00");
  equal(drawn(vma(ANON_PRIVATE | STACK), { own: [page(3)] }), "000p");
  equal(drawn(vma(FILE_PRIVATE), { own: [page(1)], file: file(4 * PAGE) }), "fpff");
  equal(drawn(vma(FILE_PRIVATE), { own: [page(1)] }), "-p--");
  equal(drawn(vma(FILE_PRIVATE), { file: file(PAGE + 1) }), "ff--", "beyond the file's end");
  equal(drawn(vma(FILE_PRIVATE, { pgoff: 8192n }), { file: file(3 * PAGE) }), "f---");
  equal(drawn(vma(FILE_PRIVATE, { pgoff: 2n ** 63n }), { file: file(PAGE) }), "----");
  equal(drawn(vma(FILE_SHARED), { file: file(4 * PAGE) }), "ffff");
  equal(drawn(vma(ANON_SHARED), { shared: [page(2, shared)] }), "00s0");
  equal(drawn(vma(ANON_SHARED)), "0000");
  equal(drawn(vma(FILE_SHARED | MEMFD), { shared: [page(0, shared)] }), "s000");
  equal(
    drawn(vma(FILE_PRIVATE | MEMFD), {
      shared: [page(0, shared), page(1, shared)],
      own: [page(1)],
    }),
    "sp00",
  );
  equal(drawn(vma(ANON_PRIVATE | VDSO), { own: [page(0), page(1)] }), "pp--");
  equal(drawn(vma(ANON_PRIVATE | VVAR)), "");
});

Deno.test("the last page of a file is filled up with zeros", () => {
  const sources: MemorySources = {
    pageSize: PAGE,
    pagesOf: () => [],
    sharedPagesOf: () => [],
    fileOf: () => file(PAGE + 100),
  };
  deepEqual(
    areaOf(vma(FILE_PRIVATE), sources).extents.map(({ kind, length }) => [kind, length]),
    [["bytes", PAGE + 100], ["zeros", PAGE - 100], ["absent", 2 * PAGE]],
  );
});

Deno.test("of what should not be dumped, the dumped pages alone", () => {
  const madv = 1n << 16n;
  equal(drawn(vma(ANON_PRIVATE, { madv }), { own: [page(2)] }), "--p-");
  equal(drawn(vma(ANON_PRIVATE, { madv }), { own: [page(2)] }, 0x7f), "");
});

Deno.test("pages that are nowhere are absent", () => {
  const lazy: Placed = { at: PAGE, extent: { kind: "absent", length: PAGE } };
  equal(drawn(vma(ANON_PRIVATE), { own: [page(0), lazy] }), "p-00");
});

Deno.test("with a filter, an area has what the kernel would write", () => {
  const own = [page(1)];
  const whole = file(4 * PAGE);
  const cases: Array<[string, VmaEntry, Parameters<typeof drawn>[1], number, string]> = [
    ["anonymous memory", vma(ANON_PRIVATE), { own }, 0x01, "0p00"],
    ["anonymous memory, not asked for", vma(ANON_PRIVATE), { own }, 0x7e, ""],
    ["anonymous memory, never touched", vma(ANON_PRIVATE), {}, 0x01, ""],
    ["shared memory", vma(ANON_SHARED), { shared: own }, 0x02, "0p00"],
    ["shared memory, not asked for", vma(ANON_SHARED), { shared: own }, 0x7d, ""],
    ["a memfd", vma(FILE_SHARED | MEMFD), { shared: own }, 0x02, "0p00"],
    ["a file", vma(FILE_PRIVATE), { file: whole }, 0x04, "ffff"],
    ["a file that was written to", vma(FILE_PRIVATE), { file: whole, own }, 0x01, "fpff"],
    ["a file that was written to, neither", vma(FILE_PRIVATE), { file: whole, own }, 0x72, ""],
    ["a shared file", vma(FILE_SHARED), { file: whole }, 0x08, "ffff"],
    ["a shared file, not asked for", vma(FILE_SHARED), { file: whole }, 0x77, ""],
    [
      "a shared file without a name",
      vma(FILE_SHARED),
      { file: file(4 * PAGE, { isNamed: false }) },
      0x02,
      "ffff",
    ],
    ["a library", vma(FILE_PRIVATE), { file: file(4 * PAGE, { isElf: true }) }, 0x10, "f"],
    ["a program", vma(FILE_PRIVATE), { file: file(4 * PAGE, { isExecutable: true }) }, 0x10, "f"],
    ["a data file", vma(FILE_PRIVATE), { file: whole }, 0x10, ""],
    [
      "a library's second part",
      vma(FILE_PRIVATE, { pgoff: 4096n }),
      { file: file(9 * PAGE, { isElf: true }) },
      0x10,
      "",
    ],
    [
      "a library that nobody may read",
      vma(FILE_PRIVATE, { prot: 0 }),
      { file: file(4 * PAGE, { isElf: true }) },
      0x10,
      "",
    ],
    ["a program that is not here", vma(FILE_PRIVATE), { own: [page(0)] }, 0x10, ""],
    ["huge pages", vma(ANON_PRIVATE, { flags: MAP_PRIVATE | MAP_HUGETLB }), { own }, 0x20, "0p00"],
    ["huge pages, not asked for", vma(ANON_PRIVATE, { flags: MAP_HUGETLB }), { own }, 0x5f, ""],
    [
      "shared huge pages",
      vma(FILE_SHARED | MEMFD, { flags: MAP_SHARED | MAP_HUGETLB }),
      { shared: own },
      0x40,
      "0p00",
    ],
    ["the vDSO", vma(ANON_PRIVATE | VDSO), { own }, 0, "-p--"],
  ];
  for (const [name, area, parts, filter, expected] of cases) {
    equal(drawn(area, parts, filter), expected, name);
  }
});

Deno.test("areas that are not made of pages are an error", () => {
  const bad = [
    { start: 0x10001n },
    { end: 0x14001n },
    { end: 0x10000n },
    { start: 0x14000n, end: 0x10000n },
  ];
  for (const bounds of bad) {
    throws(() => drawn(vma(ANON_PRIVATE, bounds)), { name: "CritError", kind: "data" });
  }
});
