/** Assembles mapped files from their pages in the dump. @module */

import type { VmaEntry } from "../../proto/types.ts";
import type { MappedFiles } from "../coredump/mapped_files.ts";
import type { CoreExtent } from "../coredump/memory.ts";
import { fileKey } from "../dump/descriptors.ts";
import type { Extent } from "../dump/extent.ts";
import type { TaskMemory } from "../dump/memory.ts";
import { filePartsOf, PT_LOAD } from "../dump/program_headers.ts";
import { mapsFile } from "../dump/vma.ts";
import type { ExtractContext } from "./files.ts";
import { type Item, limited, type Piece, piecesOf } from "./item.ts";
import { numbered } from "./names.ts";

/** Size of the beginning of a file that is searched for program headers, in bytes. */
const HEADERS = 1 << 16;

/** An area that maps a file, with its memory. */
interface MappedArea {
  readonly memory: TaskMemory;
  readonly vma: VmaEntry;
}

/** A run of a file in a dump. */
interface Run {
  /** Offset in the file, in bytes. */
  readonly at: number;
  readonly bytes: CoreExtent & { readonly kind: "bytes" };
}

/**
 * Mapped files with pages in the dump: assembled from these pages, and from the files themselves,
 * if available.
 */
export function* programItems(files: ExtractContext, mapped?: MappedFiles): Generator<Item> {
  const { dump, tasks } = files;
  const byFile = Map.groupBy(
    tasks.flatMap(({ memory }) => memory.areas.filter(mapsFile).map((vma) => ({ memory, vma }))),
    ({ vma }) => Number(vma.shmid),
  );
  for (const [id, areas] of byFile) {
    const file = dump.files.get("REG", id)?.reg;
    // The dump contains deleted files completely.
    if (file === undefined || files.ghosts.remapOf(id)?.kind === "ghost") continue;
    const runs = areas.flatMap((area) => [...runsOf(files, area)]).sort((a, b) => a.at - b.at);
    if (runs.length === 0) continue;
    /** Parts of the file itself. */
    const between = (from: number, to: number): Piece[] => {
      const extents = mapped?.find(file)?.slice(from, to) ?? [];
      const there = extents.reduce((sum, { length }) => sum + length, 0);
      const known = [...piecesOf(extents)];
      return there < to - from ? [...known, { length: to - from - there, missing: "file" }] : known;
    };
    const end = runs.reduce((end, { at, bytes }) => Math.max(end, at + bytes.length), 0);
    const size = Number(file.size ?? end);
    yield {
      kind: "program",
      path: numbered(id, file.name),
      image: "files.img",
      ids: { file: id },
      pids: files.pidsOf(fileKey("REG", id)),
      name: file.name,
      size,
      mode: file.mode === undefined ? undefined : file.mode & 0o7777,
      contents: () => {
        const head = headOf(limited(assembled(runs, size, between), Math.min(size, HEADERS)));
        const own = withoutUnfiled(runs, head, files.pageSize);
        return limited(assembled(own, size, between), size);
      },
    };
  }
}

/** The runs of an area's own pages in the dump. */
function* runsOf(files: ExtractContext, { memory, vma }: MappedArea): Generator<Run> {
  const unwritten = ({ from, to }: { from: number; to: number }): Extent[] => [
    { kind: "zeros", at: 0, length: to - from },
  ];
  for (const extent of memory.extents(vma, undefined, unwritten)) {
    if (extent.kind !== "image") continue;
    const { dump, name, offset, length } = extent;
    const source = files.images.of(dump, name);
    yield { at: Number(vma.pgoff) + extent.at, bytes: { kind: "bytes", length, source, offset } };
  }
}

/** The first bytes of a file, up to a gap. */
function headOf(pieces: Iterable<Piece>): Uint8Array {
  const head = new Uint8Array(HEADERS);
  let filled = 0;
  for (const { length, source, offset = 0, missing } of pieces) {
    if (missing !== undefined) break;
    source?.read(offset, head.subarray(filled, filled + length));
    filled += length;
  }
  return head.subarray(0, filled);
}

/**
 * Removes the part of a program's last data page that is beyond the file: memory that was zero when
 * the program started, while the file has other bytes there.
 */
function withoutUnfiled(runs: readonly Run[], head: Uint8Array, pageSize: number): Run[] {
  const file = {
    read(offset: number, into: Uint8Array) {
      const bytes = head.subarray(offset, offset + into.length);
      into.set(bytes);
      return bytes.length;
    },
  };
  let left = [...runs];
  for (const { type, offset, fileSize, memorySize } of filePartsOf(file, HEADERS)) {
    const from = offset + fileSize;
    const to = Math.ceil(from / pageSize) * pageSize;
    if (type !== PT_LOAD || memorySize <= fileSize || from >= to) continue;
    left = left.flatMap((run) => [...without(run, from, to)]);
  }
  return left;
}

/** The parts of a run outside a range. */
function* without(run: Run, from: number, to: number): Generator<Run> {
  const { at, bytes } = run;
  const end = at + bytes.length;
  if (end <= from || at >= to) {
    yield run;
    return;
  }
  if (at < from) yield { at, bytes: { ...bytes, length: from - at } };
  if (end > to) {
    yield { at: to, bytes: { ...bytes, length: end - to, offset: bytes.offset + to - at } };
  }
}

/** Pieces of sorted runs: of overlapping runs the first one counts, and `between` fills gaps. */
function* assembled(
  runs: readonly Run[],
  size: number,
  between: (from: number, to: number) => Iterable<Piece>,
): Generator<Piece> {
  let done = 0;
  for (const { at, bytes } of runs) {
    if (at >= size) break;
    if (at > done) yield* between(done, at);
    const skipped = Math.max(0, done - at);
    if (skipped >= bytes.length) continue;
    yield {
      length: bytes.length - skipped,
      source: bytes.source,
      offset: bytes.offset + skipped,
    };
    done = at + bytes.length;
  }
  if (done < size) yield* between(done, size);
}
