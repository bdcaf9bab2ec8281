/** Writes ghost files with holes in full. @module */

import type { GhostFileEntry } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { encodeMessage } from "../codec/objects.ts";
import { ghostEntries } from "../dump/ghost_entries.ts";
import { readImage } from "../dump/image.ts";
import type { ImageFile } from "../dump/source.ts";
import { dataError } from "../errors.ts";
import { headOf, type ImageVersion } from "../image/head.ts";
import { typeByFileName } from "../types/registry.ts";
import { type ConversionOutput, ImageWriter } from "./output.ts";

/** Whether the contents of a ghost file are chunks between holes. */
export function hasChunks(file: ImageFile): boolean {
  return ghostOf(file)[0].chunks === true;
}

/**
 * Writes a ghost file without chunks.
 *
 * @param payload converts its entry
 * @throws {CritError} `data` if chunks are not in ascending order within the size of the file
 */
export function fillHoles(
  file: ImageFile,
  version: ImageVersion,
  products: ConversionOutput,
  payload: (payload: Uint8Array) => Uint8Array[],
): void {
  const [{ chunks: _, size, ...entry }, chunks, byteOrder] = ghostOf(file);
  const writer = new ImageWriter(products.create(file.name));
  writer.begin(headOf(typeByFileName(file.name)!, version, byteOrder));
  const bytes = encodeMessage("ghost_file_entry", entry);
  for (const one of payload(bytes)) writer.entry(one);
  const end = Number(size ?? 0n);
  let at = 0;
  for (const { from, to, offset, index } of chunks) {
    if (offset < at || offset + to - from > end) {
      const place = { image: file.name, entry: index };
      throw dataError("a chunk lies within another, or beyond the file's end", place);
    }
    writer.zeros(offset - at);
    writer.copy(file, from, to);
    at = offset + to - from;
  }
  writer.zeros(end - at);
  writer.end();
}

/** A chunk, with its offsets in the image and in the ghost file. */
interface Chunk {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

function ghostOf(
  file: ImageFile,
): [entry: GhostFileEntry, chunks: Chunk[], byteOrder: ByteOrder] {
  const { entries, offsets, extraSizes, size, error, byteOrder } = readImage(file);
  if (error !== undefined) throw error;
  const { head, chunks: rest } = ghostEntries(entries);
  if (head === undefined) throw dataError("it has no entry", { image: file.name });
  const chunks = rest.map((entry, i) => {
    const index = i + 1;
    const to = offsets[index + 1] ?? size;
    return { index, from: to - extraSizes[index]!, to, offset: Number(entry.off) };
  });
  return [head, chunks, byteOrder];
}
