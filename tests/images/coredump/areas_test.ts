import { deepEqual, equal, throws } from "node:assert/strict";
import { areaOf, type AreaSources, type BackingFile } from "../../../images/coredump/areas.ts";
import { type ByteSource, Contents } from "../../../images/coredump/memory.ts";
import type { Dump } from "../../../images/dump/dump.ts";
import { cutExtent, type Extent, type Span } from "../../../images/dump/extent.ts";
import { dataError } from "../../../images/errors.ts";
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

/**
 * What a dump says of an area, a letter a page: `p` in an image, `0` zeros, `f` the file's, `k` the
 * kernel's, `z` to be fetched later, `l` lost.
 */
function said(letters: string, { shmid, pgoff }: VmaEntry): Extent[] {
  return [...letters].map((letter, i): Extent => {
    const place = { at: i * PAGE, length: PAGE };
    const kinds = { 0: "zeros", k: "kernel", z: "lazy", l: "lost" } as const;
    if (letter === "p") {
      return { kind: "image", dump: {} as Dump, name: "pages-1.img", offset: 0, ...place };
    }
    if (letter === "f") {
      return { kind: "file", id: Number(shmid), offset: Number(pgoff) + i * PAGE, ...place };
    }
    return { kind: kinds[letter as keyof typeof kinds], ...place };
  });
}

/** A file of so many bytes; an ELF file by its first bytes, if it is to be one. */
function file(size: number, more: Partial<BackingFile> & { isElf?: boolean } = {}): BackingFile {
  const bytes = new Uint8Array(size);
  if (more.isElf) bytes.set([0x7f, 0x45, 0x4c, 0x46]);
  const contents = new Contents([
    { kind: "bytes", length: size, source: sourceOf(bytes), offset: 0 },
  ]);
  return { isNamed: true, isExecutable: false, contents: () => contents, ...more };
}

function sourcesOf(letters: string, file?: BackingFile): AreaSources {
  return {
    pageSize: PAGE,
    extentsOf: (vma, { from, to }: Span = { from: 0, to: 4 * PAGE }) =>
      said(letters, vma)
        .filter(({ at }) => at < to && at >= from)
        .map((extent) => cutExtent(extent, 0, PAGE)),
    hasPages: () => letters.includes("p"),
    imageOf: () => pages,
    fileOf: () => file,
    onImage: () => {},
    onAbsent: () => {},
    lossOf: () => dataError("lost"),
  };
}

/** What an area is made of in a core file, a letter a page; `-` for absent ones. */
function drawn(vma: VmaEntry, letters: string, file?: BackingFile, filter?: number): string {
  const { extents } = areaOf(vma, sourcesOf(letters, file), filter);
  return [...extents].map((extent) => {
    const count = Math.ceil(extent.length / PAGE);
    if (extent.kind === "absent") return "-".repeat(count);
    if (extent.kind !== "bytes") return extent.length < PAGE ? "" : "0".repeat(count);
    const source: ByteSource = extent.source;
    return (source === pages ? "p" : "f").repeat(count);
  }).join("");
}

Deno.test("areas are filled from pages, mapped files and zeros", () => {
  const missing = file(0, { contents: () => undefined });
  equal(drawn(vma(ANON_PRIVATE), "0000"), "", "never touched");
  equal(drawn(vma(ANON_PRIVATE), "0p00"), "0p00");
  equal(drawn(vma(ANON_PRIVATE | STACK), "000p"), "000p");
  equal(drawn(vma(FILE_PRIVATE), "fpff", file(4 * PAGE)), "fpff");
  equal(drawn(vma(FILE_PRIVATE), "fpff", missing), "-p--");
  equal(drawn(vma(FILE_PRIVATE), "ffff", file(PAGE + 1)), "ff--", "beyond the file's end");
  equal(drawn(vma(FILE_PRIVATE, { pgoff: 8192n }), "ffff", file(3 * PAGE)), "f---");
  equal(drawn(vma(FILE_PRIVATE, { pgoff: 2n ** 63n }), "ffff", file(PAGE)), "----");
  equal(drawn(vma(FILE_SHARED), "ffff", file(4 * PAGE)), "ffff");
  equal(drawn(vma(ANON_SHARED), "00p0"), "00p0");
  equal(drawn(vma(ANON_SHARED), "0000"), "0000");
  equal(drawn(vma(FILE_SHARED | MEMFD), "p000"), "p000");
  equal(drawn(vma(ANON_PRIVATE | VDSO), "ppkk"), "pp--");
  equal(drawn(vma(ANON_PRIVATE | VVAR), "kkkk"), "");
  equal(drawn(vma(0), "kkkk"), "----", "an AIO ring");
  equal(drawn(vma(ANON_PRIVATE), "pz00"), "p-00", "pages to be fetched later");
});

Deno.test("reading a page that should be in the dump and is not is an error", () => {
  throws(() => drawn(vma(ANON_PRIVATE), "pl00"), { kind: "data", message: "lost" });
  equal(drawn(vma(ANON_PRIVATE), "pl00", undefined, 0), "");
});

Deno.test("a mapped file is opened only if its pages are needed", () => {
  const contents = () => {
    throw new Error("asked for");
  };
  equal(drawn(vma(FILE_PRIVATE), "pppp", file(0, { contents })), "pppp");
  equal(drawn(vma(FILE_PRIVATE), "ffff", file(0, { contents }), 0x01), "");
  throws(() => drawn(vma(FILE_PRIVATE), "pfpp", file(0, { contents })), /asked for/);
});

Deno.test("the last page of a file is filled up with zeros", () => {
  const { extents } = areaOf(vma(FILE_PRIVATE), {
    ...sourcesOf("", file(PAGE + 100)),
    extentsOf: () => [{ kind: "file", id: 1, offset: 0, at: 0, length: 4 * PAGE }],
  });
  deepEqual(
    [...extents].map(({ kind, length }) => [kind, length]),
    [["bytes", PAGE + 100], ["zeros", PAGE - 100], ["absent", 2 * PAGE]],
  );
});

Deno.test("areas that should not be dumped have only their dumped pages", () => {
  const madv = 1n << 16n;
  equal(drawn(vma(ANON_PRIVATE, { madv }), "00p0"), "--p-");
  equal(drawn(vma(ANON_PRIVATE, { madv }), "00p0", undefined, 0x7f), "");
});

Deno.test("with a filter, an area has what the kernel would write", () => {
  const whole = file(4 * PAGE);
  const elf = file(4 * PAGE, { isElf: true });
  const program = file(4 * PAGE, { isExecutable: true });
  const nameless = file(4 * PAGE, { isNamed: false });
  const huge = { flags: MAP_PRIVATE | MAP_HUGETLB };
  const sharedHuge = { flags: MAP_SHARED | MAP_HUGETLB };
  const cases: Array<[string, VmaEntry, string, BackingFile | undefined, number, string]> = [
    ["anonymous memory", vma(ANON_PRIVATE), "0p00", undefined, 0x01, "0p00"],
    ["anonymous memory, not asked for", vma(ANON_PRIVATE), "0p00", undefined, 0x7e, ""],
    ["anonymous memory, never touched", vma(ANON_PRIVATE), "0000", undefined, 0x01, ""],
    ["shared memory", vma(ANON_SHARED), "0p00", undefined, 0x02, "0p00"],
    ["shared memory, not asked for", vma(ANON_SHARED), "0p00", undefined, 0x7d, ""],
    ["a memfd", vma(FILE_SHARED | MEMFD), "0p00", undefined, 0x02, "0p00"],
    ["a file", vma(FILE_PRIVATE), "ffff", whole, 0x04, "ffff"],
    ["a file that was written to", vma(FILE_PRIVATE), "fpff", whole, 0x01, "fpff"],
    ["a file that was written to, neither", vma(FILE_PRIVATE), "fpff", whole, 0x72, ""],
    ["a shared file", vma(FILE_SHARED), "ffff", whole, 0x08, "ffff"],
    ["a shared file, not asked for", vma(FILE_SHARED), "ffff", whole, 0x77, ""],
    ["a shared file without a name", vma(FILE_SHARED), "ffff", nameless, 0x02, "ffff"],
    ["a library", vma(FILE_PRIVATE), "ffff", elf, 0x10, "f"],
    ["a program", vma(FILE_PRIVATE), "ffff", program, 0x10, "f"],
    ["a data file", vma(FILE_PRIVATE), "ffff", whole, 0x10, ""],
    ["a library's second part", vma(FILE_PRIVATE, { pgoff: 4096n }), "ffff", elf, 0x10, ""],
    ["a library that nobody may read", vma(FILE_PRIVATE, { prot: 0 }), "ffff", elf, 0x10, ""],
    ["huge pages", vma(ANON_PRIVATE, huge), "0p00", undefined, 0x20, "0p00"],
    ["huge pages, not asked for", vma(ANON_PRIVATE, huge), "0p00", undefined, 0x5f, ""],
    ["shared huge pages", vma(FILE_SHARED | MEMFD, sharedHuge), "0p00", undefined, 0x40, "0p00"],
    ["the vDSO", vma(ANON_PRIVATE | VDSO), "kpkk", undefined, 0, "-p--"],
  ];
  for (const [name, area, letters, backing, filter, expected] of cases) {
    equal(drawn(area, letters, backing, filter), expected, name);
  }
});

Deno.test("areas that are not aligned to pages are an error", () => {
  const bad = [
    { start: 0x10001n },
    { end: 0x14001n },
    { end: 0x10000n },
    { start: 0x14000n, end: 0x10000n },
  ];
  for (const bounds of bad) {
    throws(() => drawn(vma(ANON_PRIVATE, bounds), "0000"), { name: "CritError", kind: "data" });
  }
});
