/**
 * Moves the contents of System V segments between ipcns-shm-%u.img and separate page maps.
 *
 * @module
 */

import type { IpcShmEntry } from "../../proto/types.ts";
import { encodeMessage } from "../codec/objects.ts";
import { typedList } from "../codec/typed.ts";
import type { Dump } from "../dump/dump.ts";
import { pagesName, readExtent } from "../dump/extent.ts";
import { readImage } from "../dump/image.ts";
import { sharedPageMapName } from "../dump/shared_memory.ts";
import type { ImageFile } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import { paddingOf } from "../image/extra.ts";
import { headOf, type ImageVersion } from "../image/head.ts";
import { PAGES } from "../kernel/memory.ts";
import type { DumpContext } from "../releases/dump_context.ts";
import { typeByFileName } from "../types/registry.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";
import type { ConversionReport } from "./report.ts";
import { ipcShm } from "./steps/ipc_shm.ts";

/** Largest segment in bytes: the user address space of x86-64. */
const LARGEST = 2 ** 47;
/** Bytes that are read at a time; a multiple of every page size. */
const CHUNK = 1 << 20;
/** Contents are padded with zeros to a multiple of this. */
const PAD = 4;

/** The parts of the conversion that segments need. */
export interface SegmentContext {
  readonly dump: Dump;
  readonly facts: DumpContext;
  readonly products: ConversionOutput;
  readonly version: ImageVersion;
  readonly report: ConversionReport;
  /** Converts an entry of an image, which may become none or several. */
  payload(image: string, message: string, payload: Uint8Array, index: number): Uint8Array[];
}

/** A segment in an image. */
interface Segment {
  readonly entry: IpcShmEntry;
  readonly index: number;
  /** Offsets of its contents in the image; equal if there are none. */
  readonly from: number;
  readonly to: number;
}

/**
 * Whether an image has segments to move.
 *
 * @param inside whether those with contents in the image move
 */
export function hasSegments(dump: Dump, name: string, inside: boolean): boolean {
  using file = dump.source.open(name);
  return segmentsOf(file).some((segment) => isInside(segment) === inside && canMove(dump, segment));
}

function isInside({ entry }: Segment): boolean {
  return entry.in_pagemaps !== true;
}

/** A segment stays in the image if the name of its page map is taken. */
function canMove(dump: Dump, segment: Segment): boolean {
  return !isInside(segment) || !dump.has(sharedPageMapName(segment.entry.desc.id));
}

function segmentsOf(file: ImageFile): Segment[] {
  const { entries, offsets, extraSizes, size, error } = readImage(file);
  if (error !== undefined) throw error;
  return typedList<"ipc_shm_entry">(entries).map((entry, index) => {
    if (entry.size > LARGEST) {
      const place = { image: file.name, entry: index, field: "size" };
      throw dataError(`a segment of ${entry.size} bytes is impossible`, place);
    }
    const to = offsets[index + 1] ?? size;
    return { entry, index, from: to - extraSizes[index]!, to };
  });
}

/** Writes an image of segments with all contents inside it. */
export function inlineSegments(name: string, context: SegmentContext): void {
  const { dump, products, version } = context;
  using file = dump.source.open(name);
  const writer = new ImageWriter(products.create(name));
  writer.begin(headOf(typeByFileName(name)!, version, dump.byteOrder));
  for (const segment of segmentsOf(file)) {
    const { in_pagemaps, ...entry } = segment.entry;
    const payloads = context.payload(name, "ipc_shm_entry", bytesOf(entry), segment.index);
    for (const payload of payloads) writer.entry(payload);
    if (payloads.length === 0) continue;
    if (in_pagemaps) copyContents(writer, context, name, segment);
    else writer.copy(file, segment.from, segment.to);
  }
  writer.end();
}

function copyContents(
  writer: ImageWriter,
  { dump, facts, report }: SegmentContext,
  image: string,
  { entry, index }: Segment,
): void {
  const id = entry.desc.id;
  const size = Number(entry.size);
  const map = sharedPageMapName(id);
  const chunk = new Uint8Array(CHUNK);
  for (const extent of dump.sharedMemory.extents(id, { from: 0, to: size }, facts.dump.pageSize)) {
    if (extent.kind === "zeros") {
      writer.zeros(extent.length);
      continue;
    }
    for (let done = 0; done < extent.length;) {
      const count = readExtent(extent, done, chunk);
      if (count === 0) throw dataError(`its contents are not in ${map}`, { image, entry: index });
      writer.raw(chunk.subarray(0, count));
      done += count;
    }
  }
  writer.zeros(paddingOf(size, PAD));
  if (!dump.has(map)) return;
  for (const name of [map, pagesName(dump.pageMap(map))]) {
    if (!dump.has(name)) continue;
    report.fate(name, "gone");
    report.change(name, ipcShm.name);
  }
}

/** Writes an image of segments, with page maps for the contents that were inside it. */
export function outlineSegments(
  name: string,
  context: SegmentContext,
  nextPagesId: () => number,
): void {
  const { dump, products, version } = context;
  using file = dump.source.open(name);
  const writer = new ImageWriter(products.create(name));
  writer.begin(headOf(typeByFileName(name)!, version, dump.byteOrder));
  for (const segment of segmentsOf(file)) {
    const moves = isInside(segment) && canMove(dump, segment);
    const entry = moves ? { ...segment.entry, in_pagemaps: true } : segment.entry;
    for (const payload of context.payload(name, "ipc_shm_entry", bytesOf(entry), segment.index)) {
      writer.entry(payload);
    }
    if (moves) writePages(file, segment, context, nextPagesId());
    else writer.copy(file, segment.from, segment.to);
  }
  writer.end();
}

/** Writes the page map and the pages of a segment, without pages of zeros. */
function writePages(file: ImageFile, segment: Segment, context: SegmentContext, id: number): void {
  const { products, report, version, facts } = context;
  const mapName = sharedPageMapName(segment.entry.desc.id);
  const pages = pagesNameOf(id);
  const map = new ImageWriter(products.create(mapName));
  const contents = new ImageWriter(products.create(pages));
  report.fate(mapName, "made");
  report.fate(pages, "made");
  map.begin(headOf(typeByFileName(mapName)!, version, context.dump.byteOrder));
  map.entry(encodeMessage("pagemap_head", { pages_id: id }));
  const pageSize = facts.dump.pageSize;
  let start = -1;
  let index = 0;
  const endRange = (end: number) => {
    if (start < 0) return;
    const range = {
      vaddr: BigInt(start),
      compat_nr_pages: (end - start) / pageSize,
      flags: PAGES.PRESENT,
    };
    const payload = encodeMessage("pagemap_entry", range);
    for (const one of context.payload(mapName, "pagemap_entry", payload, ++index)) map.entry(one);
    start = -1;
  };
  const size = Number(segment.entry.size);
  const page = new Uint8Array(pageSize);
  for (let at = 0; at < size; at += pageSize) {
    page.fill(0);
    file.read(segment.from + at, page.subarray(0, Math.min(pageSize, size - at)));
    if (page.every((byte) => byte === 0)) endRange(at);
    else {
      if (start < 0) start = at;
      contents.raw(page);
    }
  }
  endRange(Math.ceil(size / pageSize) * pageSize);
  map.end();
  contents.end();
}

function pagesNameOf(id: number): string {
  return `pages-${id}.img`;
}

function bytesOf(entry: object): Uint8Array {
  return encodeMessage("ipc_shm_entry", entry);
}
