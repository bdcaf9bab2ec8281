import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { MappedFiles } from "../../../images/coredump/mapped_files.ts";
import type { Contents } from "../../../images/coredump/memory.ts";
import type { ImageFile } from "../../../images/dump/source.ts";
import type { RegFileEntry } from "../../../proto/types.ts";

/** An ELF file of 200 bytes with a build id of 20 bytes that begin with `first`. */
function elf(first: number): Uint8Array {
  const bytes = new Uint8Array(200);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, 4, true);
  view.setBigUint64(64 + 8, 120n, true);
  view.setBigUint64(64 + 32, 36n, true);
  view.setBigUint64(64 + 48, 4n, true);
  [4, 20, 3].forEach((word, i) => view.setUint32(120 + 4 * i, word, true));
  bytes.set(new TextEncoder().encode("GNU\0"), 132);
  for (let i = 0; i < 20; i++) bytes[136 + i] = first + i;
  return bytes;
}

/** Words of the build id as CRIU reads them on a machine of this byte order. */
function words(first: number, isLittle: boolean): number[] {
  const bytes = elf(first);
  const view = new DataView(bytes.buffer);
  return Array.from({ length: 5 }, (_, i) => view.getUint32(136 + 4 * i, isLittle));
}

let nextId = 1;

function entry(name: string, more: Partial<RegFileEntry> = {}): RegFileEntry {
  const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };
  return { id: nextId++, flags: 0, pos: 0n, fown, name, ...more };
}

/** Files in memory, and which of them are open. */
class Files {
  readonly open: string[] = [];

  constructor(readonly contents: Record<string, Uint8Array>) {}

  readonly openMapped = (path: string): ImageFile | undefined => {
    const bytes = this.contents[path];
    if (bytes === undefined) return undefined;
    this.open.push(path);
    const close = () => void this.open.splice(this.open.indexOf(path), 1);
    return {
      name: path,
      size: bytes.length,
      read: (offset, into) => {
        const found = this.contents[path]!.subarray(offset, offset + into.length);
        into.set(found);
        return found.length;
      },
      [Symbol.dispose]: close,
    };
  };
}

/** Bytes of a file that was found. */
function read(contents: Contents, offset: number, length: number): Uint8Array {
  const [extent] = contents.slice(offset, offset + length);
  ok(extent?.kind === "bytes");
  equal(extent.length, length);
  const bytes = new Uint8Array(length);
  extent.source.read(extent.offset, bytes);
  return bytes;
}

function sizeOf(contents: Contents | undefined): number | undefined {
  return contents?.slice(0, Infinity).reduce((sum, { length }) => sum + length, 0);
}

Deno.test("a file with the size and the build id of the dump's record is used", () => {
  for (const order of ["little", "big"] as const) {
    const files = new Files({ "/lib/a": elf(7) });
    using mapped = new MappedFiles(files.openMapped, order);
    const build_id = words(7, order === "little");
    const found = mapped.find(entry("/lib/a", { size: 200n, build_id }));
    equal(sizeOf(found), 200);
    deepEqual([...read(found!, 137, 2)], [8, 9]);
    deepEqual(mapped.missing, []);
  }
});

Deno.test("a file without a recorded build id is identified by its size", () => {
  using mapped = new MappedFiles(new Files({ "/data": new Uint8Array(9) }).openMapped, "little");
  equal(sizeOf(mapped.find(entry("/data", { size: 9n }))), 9);
});

Deno.test("absent and changed files are reported once, with the reason", () => {
  const files = new Files({ "/small": new Uint8Array(9), "/lib/a": elf(7), "/text": elf(0) });
  using mapped = new MappedFiles(files.openMapped, "little");
  const build_id = words(8, true);
  const entries = [
    entry("/gone", { size: 1n }),
    entry("/gone", { size: 1n }),
    entry("/small", { size: 10n }),
    entry("/lib/a", { size: 200n, build_id }),
    entry("/text"),
  ];
  for (const entry of entries) equal(mapped.find(entry), undefined, entry.name);
  deepEqual(mapped.missing, [
    { name: "/gone", reason: "is not there" },
    { name: "/small", reason: "has 9 bytes, not 10 as when dumped" },
    { name: "/lib/a", reason: "has another build id than when dumped" },
    { name: "/text", reason: "has no size in the dump to compare with" },
  ]);
});

Deno.test("a file that lost its build id is not the same", () => {
  using mapped = new MappedFiles(new Files({ "/a": new Uint8Array(200) }).openMapped, "little");
  equal(mapped.find(entry("/a", { size: 200n, build_id: words(0, true) })), undefined);
});

Deno.test("at most one file is open at a time, and none at the end", () => {
  const files = new Files({ "/a": new Uint8Array(9).fill(1), "/b": new Uint8Array(9).fill(2) });
  const mapped = new MappedFiles(files.openMapped, "little");
  const [a, b] = ["/a", "/b"].map((name) => mapped.find(entry(name, { size: 9n }))!);
  for (const [file, value] of [[a!, 1], [b!, 2], [a!, 1]] as const) {
    deepEqual([...read(file, 0, 1)], [value]);
    equal(files.open.length, 1);
  }
  files.contents["/a"] = new Uint8Array(3);
  throws(() => read(a!, 2, 2), { kind: "file", message: "/a: it was cut short in the meantime" });
  mapped[Symbol.dispose]();
  deepEqual(files.open, []);
  delete files.contents["/a"];
  throws(() => read(a!, 0, 1), { name: "CritError", kind: "file", message: "/a: it is gone" });
});
